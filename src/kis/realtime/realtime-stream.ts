import type { KisClock } from '../clock';
import { EventQueue } from './event-queue';
import type { KisRealtimeEvent } from './realtime-events';

/**
 * The events of some channels, for one listener. Read it with `for await`, or with {@link take} whenever {@link onEvents}
 * calls. A listener that does not read is finally disconnected, with the reason in a `status` event; others are not affected.
 */
export class KisRealtimeStream implements AsyncIterable<KisRealtimeEvent> {
  private readonly queue = new EventQueue();
  private wake: (() => void) | null = null;
  private closed = false;
  private readonly releases: (() => void)[] = [];
  private lastState = '';

  constructor(private readonly clock: KisClock) {}

  /** Whether the stream has ended. Events that were queued before can still be taken. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Calls `listener` when the first event is queued after there were none, and when the stream ends; in the same tick. */
  onEvents(listener: () => void): void {
    this.wake = listener;
    if (!this.queue.isEmpty || this.closed) listener();
  }

  /** Removes and returns all queued events. */
  take(): KisRealtimeEvent[] {
    return this.queue.take();
  }

  /** Ends the stream and releases its channels. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const release of this.releases) release();
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<KisRealtimeEvent, void, undefined> {
    try {
      for (;;) {
        yield* this.take();
        if (!this.queue.isEmpty) continue;
        if (this.closed) return;
        await this.next();
      }
    } finally {
      this.close();
    }
  }

  /** For {@link KisRealtime}. */
  onClose(release: () => void): void {
    if (this.closed) release();
    else this.releases.push(release);
  }

  /** For {@link KisRealtime}. */
  push(event: KisRealtimeEvent): void {
    if (this.closed || this.isKnownState(event)) return;
    const wasEmpty = this.queue.isEmpty;
    if (!this.queue.push(event)) {
      this.disconnect();
      return;
    }
    if (wasEmpty) this.wake?.();
  }

  /** Several channels share a session: its state is reported once. */
  private isKnownState(event: KisRealtimeEvent): boolean {
    if (event.type !== 'status' || event.data.channel !== null) return false;
    const state = `${event.data.state} ${event.data.detail}`;
    if (state === this.lastState) return true;
    this.lastState = state;
    return false;
  }

  private disconnect(): void {
    this.queue.dropMarketData();
    this.queue.push({
      type: 'status',
      data: {
        channel: null,
        state: 'disconnected',
        detail:
          'This listener reads too slowly: thousands of events wait. Read faster, or listen to fewer channels.',
      },
    });
    this.close();
  }

  private next(): Promise<void> {
    return new Promise((resolve) => {
      let cancel = (): void => undefined;
      const stay = (): void => {
        cancel = this.clock.after(KEEP_ALIVE_MS, stay);
      };
      stay();
      this.onEvents(() => {
        cancel();
        this.wake = null;
        resolve();
      });
    });
  }
}

/** While a reader waits, a timer of this length is renewed to keep the process alive. */
const KEEP_ALIVE_MS = 60_000;
