import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { KisCredential } from '../kis-credential';
import { KisTokenStoreError } from '../kis.errors';
import type { RedisAddress } from './redis-address';

/** Whoever waits for a token has seconds: a Redis that is slower than this counts as away. */
const PATIENCE_MS = 1000;
/** A process that ends does not wait longer for the other side. */
const FAREWELL_MS = 100;
const LONGEST_RETRY_PAUSE_MS = 500;

/**
 * The connection to Redis that everything here shares. While Redis is away every command fails at once instead of
 * waiting, and the connection comes back by itself; both are told once. No command is ever sent twice.
 */
export class KisRedis implements OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  /** These know the password: what prints this object must not reach them. */
  readonly #redis: Redis;
  #subscription: Redis | null = null;
  /** Why Redis is away; `null` while it is there. */
  private trouble: string | null = null;
  private closing = false;
  /** The connection hangs and is being closed: once is enough, however many commands wait for it. */
  private givenUp = false;

  private constructor(
    private readonly address: RedisAddress,
    redis: Redis,
  ) {
    this.#redis = redis;
    redis.on('error', (error: NodeJS.ErrnoException) => {
      this.tellAway(error.code ?? error.message);
    });
    redis.on('close', () => {
      this.givenUp = false;
      if (this.trouble === null && !this.closing) this.tellAway('the connection was lost');
    });
    redis.on('ready', () => {
      this.tellBack();
    });
  }

  /** Resolves when the connection stands, or when the first attempt has failed; never rejects. */
  static async open(address: RedisAddress): Promise<KisRedis> {
    // Loaded on demand: it costs programs that keep tokens in files a tenth of a second.
    const { Redis: Client } = await import('ioredis');
    const redis = new Client(address.url, {
      lazyConnect: true,
      connectTimeout: PATIENCE_MS,
      commandTimeout: PATIENCE_MS,
      disconnectTimeout: FAREWELL_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      retryStrategy: (attempt) => Math.min(attempt * 50, LONGEST_RETRY_PAUSE_MS),
    });
    const connection = new KisRedis(address, redis);
    // The failure has been told by the listener; the client goes on trying.
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
   * Runs a script as one step: nothing comes between its looks and its changes.
   * @throws KisTokenStoreError when Redis is away; whether the script ran is then not known.
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
   * Hears what is published on one channel, also after a reconnection: then `null` comes first, because something may
   * have been missed.
   */
  listen(channel: string, listener: (message: string | null) => void): void {
    if (this.#subscription) return;
    const subscription = this.#redis.duplicate();
    this.#subscription = subscription;
    let isFirst = true;
    const subscribe = async (): Promise<void> => {
      await subscription.subscribe(channel);
      if (!isFirst) listener(null);
      isFirst = false;
    };
    // The other connection tells what is wrong; this one tries again.
    const ignore = (): void => undefined;
    subscription.on('error', ignore);
    subscription.on('ready', () => void subscribe().catch(ignore));
    subscription.on('message', (_channel: string, message: string) => {
      listener(message);
    });
    void subscription.connect().catch(ignore);
  }

  onApplicationShutdown(): void {
    this.closing = true;
    this.#subscription?.disconnect();
    this.#redis.disconnect();
  }

  private explained(error: Error): KisTokenStoreError {
    // What hangs is given up, so that the commands after it fail at once until Redis answers again.
    if (error.message === 'Command timed out') {
      this.tellAway(`no answer for ${PATIENCE_MS} ms`);
      if (!this.givenUp) this.#redis.disconnect(true);
      this.givenUp = true;
    }
    return new KisTokenStoreError(
      `Redis at ${this.place} cannot be used (${this.trouble ?? error.message}). Check that it runs and that REDIS_URL ` +
        'is right: redis://host:6379, or rediss:// for TLS, with user and password where it wants them.',
      { cause: error },
    );
  }

  private tellAway(why: string): void {
    if (this.trouble === null) {
      this.logger.warn(`Redis at ${this.place} is away (${why}). It is tried again all the time.`);
    }
    this.trouble = why;
  }

  private tellBack(): void {
    if (this.trouble === null) return;
    this.trouble = null;
    this.logger.log(`Redis at ${this.place} is back.`);
  }
}
