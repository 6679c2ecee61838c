import type { KisRealtimeEvent } from './realtime-events';

/**
 * Events that a listener has not taken yet. Of each order book and expected price only the newest is kept; trades are
 * bounded; order events are never dropped while the listener stays.
 */
export class EventQueue {
  private events: KisRealtimeEvent[] = [];
  /** Where in `events` the newest order book or expected price of a stock is. */
  private newest = new Map<string, number>();
  private trades = 0;
  private others = 0;

  get isEmpty(): boolean {
    return this.events.length === 0;
  }

  /** Whether there was room; otherwise the listener reads too slowly. */
  push(event: KisRealtimeEvent): boolean {
    if (event.type === 'trade') this.trades += 1;
    else if (event.type === 'book' || event.type === 'expected') {
      const about = `${event.type} ${event.data.symbol}@${event.data.venue}`;
      const place = this.newest.get(about) ?? this.events.length;
      this.newest.set(about, place);
      this.events[place] = event;
      return true;
    } else this.others += 1;
    this.events.push(event);
    return this.trades <= MOST_TRADES && this.others <= MOST_OTHERS;
  }

  /** All of them, in their order. */
  take(): KisRealtimeEvent[] {
    const taken = this.events;
    this.events = [];
    // Not cleared: V8 links a cleared table to the next one, and once the first is old, it keeps all that follow alive.
    if (this.newest.size > 0) this.newest = new Map();
    this.trades = 0;
    this.others = 0;
    return taken;
  }

  /** Drops everything that can be had again: only order events, gaps and states stay. */
  dropMarketData(): void {
    const kept = this.take().filter(({ type }) => type === 'order' || type === 'gap' || type === 'status');
    for (const event of kept) this.push(event);
  }
}

/** Trades that wait for a listener; a busy stock has some dozens a second. */
const MOST_TRADES = 2000;
/** Everything else that is not dropped: order events, gaps, states. */
const MOST_OTHERS = 10_000;
