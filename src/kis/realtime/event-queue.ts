import type { KisRealtimeEvent } from './realtime-events';

/**
 * Events that a listener has not taken yet. Of each order book and expected price only the newest is kept; the number of
 * trades is limited; order events are never dropped while the listener stays.
 */
export class EventQueue {
  private events: KisRealtimeEvent[] = [];
  /** By stock: the index in `events` of its newest order book or expected price. */
  private newest = new Map<string, number>();
  private trades = 0;
  private others = 0;

  get isEmpty(): boolean {
    return this.events.length === 0;
  }

  /** Adds an event. Returns false when there are too many: the listener reads too slowly. */
  push(event: KisRealtimeEvent): boolean {
    if (event.type === 'trade') this.trades += 1;
    else if (event.type === 'book' || event.type === 'expected') {
      const subject = `${event.type} ${event.data.symbol}@${event.data.venue}`;
      const index = this.newest.get(subject) ?? this.events.length;
      this.newest.set(subject, index);
      this.events[index] = event;
      return true;
    } else this.others += 1;
    this.events.push(event);
    return this.trades <= MOST_TRADES && this.others <= MOST_OTHERS;
  }

  /** Removes and returns all events, in order. */
  take(): KisRealtimeEvent[] {
    const taken = this.events;
    this.events = [];
    // Not cleared: V8 links a cleared table to the next one, and once the first is old, it keeps all that follow alive.
    if (this.newest.size > 0) this.newest = new Map();
    this.trades = 0;
    this.others = 0;
    return taken;
  }

  /** Drops market data; keeps order events, gaps and states. */
  dropMarketData(): void {
    const kept = this.take().filter(({ type }) => type === 'order' || type === 'gap' || type === 'status');
    for (const event of kept) this.push(event);
  }
}

/** Trades that may wait for a listener; a busy stock has some dozens per second. */
const MOST_TRADES = 2000;
/** Everything else that is not dropped: order events, gaps, states. */
const MOST_OTHERS = 10_000;
