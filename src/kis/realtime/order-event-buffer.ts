import type { KisOrderEvent } from '../order/notice/order-event';
import type { KisRealtimeEvent } from './realtime-events';

/**
 * Buffers the latest order events of one account in this process, so that a listener that reconnects gets what it has missed.
 * Gives events their ids, which are unique over all processes.
 */
export class OrderEventBuffer {
  private readonly kept: NumberedEvent[] = [];
  private readonly era: string;
  private number = 0;

  /** @param startedAt when this process began to assign ids; epoch milliseconds. */
  constructor(
    private readonly alias: string,
    startedAt: number,
  ) {
    this.era = startedAt.toString(36);
  }

  /** Gives an event its id, and keeps it. */
  add(data: KisOrderEvent): NumberedEvent {
    this.number += 1;
    const event: NumberedEvent = { type: 'order', id: `${this.alias}.${this.era}.${this.number}`, data };
    this.kept.push(event);
    if (this.kept.length > KEPT) this.kept.shift();
    return event;
  }

  /**
   * The events after the one with this id. If that event is from another process or no longer buffered, the result is a gap
   * from the start of its process, because nothing more is known, until `now`.
   */
  since(id: string, now: number): KisRealtimeEvent[] {
    const [alias, era = '', ...rest] = id.split('.');
    if (alias !== this.alias || rest.length !== 1) return [];
    const index = this.kept.findIndex((event) => event.id === id);
    if (index >= 0) return this.kept.slice(index + 1);
    const began = parseInt(era, 36);
    const from = Number.isFinite(began) && began < now ? began : now;
    const data = { channels: [`orders:${this.alias}`], from: new Date(from), to: new Date(now) };
    return [{ type: 'gap', data }];
  }
}

/** Order events that are kept for listeners that reconnect. */
const KEPT = 1000;

type NumberedEvent = Extract<KisRealtimeEvent, { type: 'order' }>;
