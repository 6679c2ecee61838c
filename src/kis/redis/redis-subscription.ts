import type { Redis } from 'ioredis';
import type { KisClock } from '../clock';
import { isTimeout } from './redis-problem';

/** `null`: messages may have been missed. */
export type ChannelListener = (message: string | null) => void;

const SHORTEST_RETRY_PAUSE_MS = 500;
const LONGEST_RETRY_PAUSE_MS = 30_000;

interface Channel {
  readonly listeners: Set<ChannelListener>;
  /** Whether a message may have been missed since the listeners were added. */
  mayHaveMissed: boolean;
}

/**
 * The connection on which messages arrive; the client restores it when it is lost. A subscription that fails, on
 * whatever connection, is tried again until it succeeds.
 */
export class RedisSubscription {
  /** Private, because it holds the password, which must not appear when this object is printed. */
  readonly #redis: Redis;
  private readonly channels = new Map<string, Channel>();
  private cancelRetry: () => void = () => undefined;
  private retryPauseMs = SHORTEST_RETRY_PAUSE_MS;

  /**
   * @param redis a connection of its own, not yet connected.
   * @param onRefusal when Redis refuses a subscription, such as for a user without the right to.
   */
  constructor(
    redis: Redis,
    private readonly clock: KisClock,
    private readonly onRefusal: (error: Error) => void,
  ) {
    this.#redis = redis;
    // The connection for commands reports what is wrong with the server; the client connects again by itself.
    redis.on('error', () => undefined);
    redis.on('ready', () => {
      this.retryPauseMs = SHORTEST_RETRY_PAUSE_MS;
      void this.subscribeAll();
    });
    redis.on('close', () => {
      this.cancelRetry();
      for (const channel of this.channels.values()) channel.mayHaveMissed = true;
    });
    redis.on('message', (name: string, message: string) => {
      this.channels.get(name)?.listeners.forEach((listener) => {
        listener(message);
      });
    });
  }

  add(name: string, listener: ChannelListener): void {
    const known = this.channels.get(name);
    if (known) {
      known.listeners.add(listener);
      return;
    }
    this.channels.set(name, { listeners: new Set([listener]), mayHaveMissed: false });
    if (this.#redis.status === 'wait') void this.#redis.connect().catch(() => undefined);
    else if (this.#redis.status === 'ready') void this.subscribeAll();
  }

  close(): void {
    this.cancelRetry();
    this.#redis.disconnect();
  }

  private async subscribeAll(): Promise<void> {
    this.cancelRetry();
    try {
      await this.#redis.subscribe(...this.channels.keys());
      this.retryPauseMs = SHORTEST_RETRY_PAUSE_MS;
      this.tellMissed();
    } catch (error) {
      for (const channel of this.channels.values()) channel.mayHaveMissed = true;
      this.afterFailure(error as Error);
    }
  }

  private tellMissed(): void {
    for (const channel of this.channels.values()) {
      if (!channel.mayHaveMissed) continue;
      channel.mayHaveMissed = false;
      for (const listener of channel.listeners) listener(null);
    }
  }

  private afterFailure(error: Error): void {
    if (isTimeout(error)) {
      this.#redis.disconnect(true);
      return;
    }
    // Without a connection the next one subscribes.
    if (this.#redis.status !== 'ready') return;
    this.onRefusal(error);
    this.cancelRetry = this.clock.background(this.retryPauseMs, () => void this.subscribeAll());
    this.retryPauseMs = Math.min(this.retryPauseMs * 2, LONGEST_RETRY_PAUSE_MS);
  }
}
