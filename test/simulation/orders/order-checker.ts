import type { KisOrder } from '../../../src/kis/order/kis-order';
import { isUnsettled, type OrderRecord } from '../../../src/kis/order/journal/order-record';
import { MOST_PER_MINUTE, SECOND, tagOf, type OrderInstance, type OrderSimulation } from './order-simulation';
import type { OrderWitness } from './order-workload';
import type { BookedOrder } from './simulated-order-book';

/** G42, in seconds: after KIS tells it for certain, an outcome is known. */
const KNOWN_WITHIN_MS = 10 * SECOND;
const MINUTE_MS = 60 * SECOND;

/** Compares what arrives at the brokerage with the journal, and what callers are told with both. */
export class OrderChecker implements OrderWitness {
  /** By day and id: when it was written down first, true time. */
  private readonly writtenAt = new Map<string, number>();

  constructor(private readonly simulation: OrderSimulation) {
    simulation.book.onBooked = (order) => {
      this.booked(order);
    };
    simulation.storage.onNew = (record, by) => {
      this.written(record, by);
    };
  }

  placed(id: string, { status, orderNumber }: KisOrder): void {
    const own = this.ordersOf(id);
    this.simulation.history.record(`the caller of ${id} is told: ${status} ${orderNumber ?? ''}`);
    if (status === 'accepted' && !own.some(({ number }) => number === orderNumber))
      this.violated(`${id} was reported as ${orderNumber ?? 'no number'}, which it is not`);
    if (status === 'not-placed' && own.length > 0)
      this.violated(`${id} was reported as not placed, and is number ${own[0]?.number ?? ''}`);
  }

  rejected(id: string): void {
    this.simulation.history.record(`the caller of ${id} is told: rejected`);
    if (this.ordersOf(id).some(({ rejected }) => rejected === 0))
      this.violated(`${id} was reported as rejected, and is in the book`);
  }

  failed(id: string, error: unknown): void {
    this.simulation.history.record(`the caller of ${id} gets ${String(error).slice(0, 90)}`);
  }

  /** Every order that KIS has shown for long enough, while a process ran all the time, has an outcome. */
  checkDelays(lastFaultAt: number): void {
    const { scheduler, book } = this.simulation;
    const since = scheduler.time - KNOWN_WITHIN_MS;
    for (const order of book.orders) {
      const record = this.recordOf(order);
      const shownAt = Math.max(order.at + book.listLagMs, lastFaultAt);
      if (!record || !isUnsettled(record) || shownAt > since) continue;
      if (this.simulation.alive().some((each) => hasRunSince(each, shownAt)))
        this.violated(
          `${order.tag ?? ''} is ${record.outcome}, ${KNOWN_WITHIN_MS / SECOND} s after KIS showed it`,
        );
    }
  }

  /** When all is over, every order has the outcome that it has at KIS. */
  checkEnd(): void {
    const { storage, book } = this.simulation;
    for (const record of storage.records) {
      const booked = book.orders.find(({ tag }) => tag === tagOf(record));
      const isRight =
        record.outcome === 'accepted'
          ? booked?.number === record.orderNumber
          : record.outcome === 'rejected'
            ? !booked || booked.rejected > 0
            : record.outcome === 'not-placed' && !booked;
      if (!isRight)
        this.violated(
          `${tagOf(record)} is ${record.outcome} ${record.orderNumber ?? ''} in the end, at KIS ${booked?.number ?? 'there is none'}`,
        );
    }
  }

  private booked(order: BookedOrder): void {
    const { history, book } = this.simulation;
    const { tag, number } = order;
    if (tag === null) return;
    history.record(`KIS takes ${tag} as number ${number}`);
    if (book.orders.some((each) => each !== order && each.tag === tag))
      this.violated(`${tag} reached KIS twice`);
    if (!this.recordOf(order)) this.violated(`${tag} reached KIS before it was in the journal`);
  }

  private written(record: OrderRecord, by: string): void {
    const { storage, scheduler } = this.simulation;
    const { time } = scheduler;
    this.simulation.history.record(`${tagOf(record)} is written down`);
    this.writtenAt.set(tagOf(record), time);
    if (record.action === 'cancel') return;
    this.checkLeftovers(record, by);
    if (storage.isStopped) this.violated(`${tagOf(record)} was admitted while trading is stopped`);
    const counted = storage.records.filter(
      ({ action, outcome, createdAt }) =>
        action !== 'cancel' &&
        outcome !== 'rejected' &&
        outcome !== 'not-placed' &&
        record.createdAt - createdAt < MINUTE_MS - 2 * SECOND,
    );
    if (counted.length >= MOST_PER_MINUTE)
      this.violated(`${tagOf(record)} is one more than ${MOST_PER_MINUTE} a minute`);
  }

  /** A process that starts settles what it finds without an outcome, and opens orders afterwards. */
  private checkLeftovers(admitted: OrderRecord, by: string): void {
    const writer = this.simulation.alive().find(({ process }) => process.name === by);
    // What a dead process has begun may end after its death.
    if (!writer) return;
    const left = this.simulation.storage.records.find(
      (record) => isUnsettled(record) && (this.writtenAt.get(tagOf(record)) ?? 0) < writer.startedAt,
    );
    if (left) this.violated(`${by} admitted ${tagOf(admitted)} before ${tagOf(left)} had an outcome`);
  }

  private ordersOf(id: string): readonly BookedOrder[] {
    return this.simulation.book.orders.filter(({ tag }) => tag?.slice(11) === id);
  }

  private recordOf({ tag }: BookedOrder): OrderRecord | undefined {
    return tag === null ? undefined : this.simulation.storage.record(tag.slice(0, 10), tag.slice(11));
  }

  private violated(what: string): void {
    this.simulation.history.violated(what);
  }
}

function hasRunSince({ startedAt, stoppedUntil }: OrderInstance, moment: number): boolean {
  return startedAt < moment && stoppedUntil < moment;
}
