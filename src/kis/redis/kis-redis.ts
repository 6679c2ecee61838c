import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { SystemKisClock, type KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisTokenStoreError } from '../kis.errors';
import { nameAsOption } from '../option-names';
import type { RedisAddress } from './redis-address';
import { redisConnector } from './redis-connector';
import { RedisSubscription, type ChannelListener } from './redis-subscription';
import {
  isTimeout,
  lostConnection,
  REDIS_TIMEOUT_MS,
  redisProblem,
  type RedisProblem,
} from './redis-problem';

/** A process that is shutting down waits no longer than this for the server. */
const DISCONNECT_TIMEOUT_MS = 100;
const LONGEST_RETRY_PAUSE_MS = 500;
const NOT_WRITABLE = /^Stream isn't writeable/;

/**
 * The one connection to Redis of this process. While Redis is unavailable every command fails at once instead of
 * waiting, and the client reconnects by itself; both are logged once. No command is ever sent twice.
 */
export class KisRedis implements OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  /** Private, because it holds the password, which must not appear when this object is printed. */
  readonly #redis: Redis;
  private readonly subscription: RedisSubscription;
  /** Why Redis cannot be used; `null` while it can. */
  private problem: RedisProblem | null = null;
  private isClosing = false;
  /** The connection has been given up and is being closed. */
  private isDisconnecting = false;
  private refusedSubscription = '';

  private constructor(
    private readonly address: RedisAddress,
    redis: Redis,
    clock: KisClock,
    private readonly option: string,
  ) {
    this.#redis = redis;
    redis.on('error', (error: Error) => {
      // These write errors are consequences of a problem that has been reported already.
      if (!NOT_WRITABLE.test(error.message)) this.reportProblem(redisProblem(error, this.option));
    });
    redis.on('close', () => {
      this.isDisconnecting = false;
      if (this.problem === null && !this.isClosing) this.reportProblem(lostConnection(this.option));
    });
    redis.on('ready', () => {
      this.reportRecovery();
    });
    this.subscription = new RedisSubscription(redis.duplicate(), clock, (error) => {
      this.reportRefusedSubscription(redisProblem(error, this.option));
    });
  }

  /**
   * Resolves when the connection is established, or when the first attempt has failed; never rejects.
   * @param option what messages call the address.
   */
  static async open(
    address: RedisAddress,
    clock: KisClock = new SystemKisClock(),
    option = nameAsOption('redis', null),
  ): Promise<KisRedis> {
    // Loaded on demand: it costs programs that keep tokens in files a tenth of a second.
    const { AbstractConnector, Redis: Client } = await import('ioredis');
    const redis = new Client(address.url, {
      // The older protocol: it needs no HELLO, which servers before version 6 do not know.
      protocol: 2,
      Connector: redisConnector(AbstractConnector),
      lazyConnect: true,
      connectTimeout: REDIS_TIMEOUT_MS,
      commandTimeout: REDIS_TIMEOUT_MS,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      // A command whose connection is lost fails at once; else it would time out during the next connection and end it.
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 50, LONGEST_RETRY_PAUSE_MS),
    });
    const connection = new KisRedis(address, redis, clock, option);
    // The listener has logged the failure; the client keeps reconnecting.
    await redis.connect().catch(() => undefined);
    return connection;
  }

  /** `host:port`. */
  get place(): string {
    return this.address.place;
  }

  /** The key, or channel, of something that all share. */
  key(what: string): string {
    return `${this.address.keyPrefix}${what}`;
  }

  /** The key of something that belongs to a credential. The braces keep all of them in one slot of a cluster. */
  keyFor(credential: KisCredential, what: string): string {
    return this.key(`{${credential.id}}:${what}`);
  }

  /**
   * Runs a script as one step: nothing happens between its reads and its writes.
   * @throws KisTokenStoreError when Redis is unavailable; whether the script ran is then not known.
   */
  async run(
    script: string,
    keys: readonly string[],
    ...args: readonly (string | number)[]
  ): Promise<unknown> {
    try {
      return await this.#redis.eval(script, keys.length, ...keys, ...args);
    } catch (error) {
      throw this.explained(error as Error);
    }
  }

  /**
   * Passes on what is published on a channel, also after a reconnection: then `null` comes first, because something
   * may have been missed. A channel may have any number of listeners.
   */
  listen(channel: string, listener: ChannelListener): void {
    this.subscription.add(channel, listener);
  }

  onApplicationShutdown(): void {
    this.isClosing = true;
    this.subscription.close();
    this.#redis.disconnect();
  }

  private explained(error: Error): KisTokenStoreError {
    if (isTimeout(error)) {
      this.reportProblem(redisProblem(error, this.option));
      // The commands after it fail at once until Redis answers again on a new connection.
      if (!this.isDisconnecting) this.#redis.disconnect(true);
      this.isDisconnecting = true;
    }
    const { reason, remedy } = this.problem ?? redisProblem(error, this.option);
    return new KisTokenStoreError(`Redis at ${this.place} cannot be used (${reason}). ${remedy}`, {
      cause: error,
    });
  }

  private reportProblem(problem: RedisProblem): void {
    const isNew = this.problem?.remedy !== problem.remedy;
    this.problem = problem;
    if (!isNew || this.isClosing) return;
    const { reason, remedy } = problem;
    this.logger.warn(
      `Redis at ${this.place} cannot be used (${reason}). ${remedy} The connection is retried until it works.`,
    );
  }

  private reportRecovery(): void {
    if (this.problem === null) return;
    this.problem = null;
    this.logger.log(`Redis at ${this.place} can be used again.`);
  }

  private reportRefusedSubscription({ reason, remedy }: RedisProblem): void {
    if (reason === this.refusedSubscription) return;
    this.refusedSubscription = reason;
    this.logger.warn(
      `Redis at ${this.place} does not allow announcements of new tokens (${reason}); the scheduled check finds them later. ${remedy}`,
    );
  }
}
