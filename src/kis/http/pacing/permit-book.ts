import type { Pace } from './pace';
import type { AnsweredPermit, PermitAnswer, PermitRequest } from './permit-log';

/**
 * The permits of one app key, as a sliding log.
 *
 * The brokerage counts arrivals. A call arrives after its permit was given and before its answer is there, so a permit
 * counts until a window has passed since the answer: the call that gets the next permit arrives at least a window later.
 * That needs no guess about the network, and no call is refused however unevenly calls are held up on their way.
 */
export class PermitBook {
  /**
   * @param arrivals when each call has arrived at the latest, by the id of its permit.
   * @param owners when each process sent its last request.
   * @param orders the waiting orders, by process.
   */
  constructor(
    readonly arrivals = new Map<string, number>(),
    readonly owners = new Map<string, number>(),
    readonly orders = new Map<string, WaitingOrders>(),
  ) {}

  /** A book without history: all permits may have been granted just now. */
  static full(now: number, pace: Pace): PermitBook {
    const ids = Array.from({ length: pace.calls }, (_, index) => `unknown.${index}`);
    return new PermitBook(new Map(ids.map((id) => [id, now + LATEST_ARRIVAL_MS])));
  }

  /** @param now by the clock that all writers of this book share, milliseconds. */
  look(now: number, pace: Pace, { owner, wanted, answered, urgent = 0 }: PermitRequest): PermitAnswer {
    this.settle(now, answered);
    const sharers = this.sharersWith(owner, now);
    const withheld = this.orders.size > 0 ? this.withheldFrom(owner, now, pace) : 0;
    if (this.arrivals.size + wanted.length + withheld > pace.calls) this.forget(now, pace);
    const room = Math.max(0, pace.calls - this.arrivals.size);
    const allowed = Math.max(Math.min(room, urgent), room - withheld);
    // No more than a fair share in one step, so that no process takes a whole window while others wait.
    const given = Math.min(wanted.length, allowed, Math.ceil(pace.calls / sharers));
    for (const id of wanted.slice(0, given)) this.arrivals.set(id, now + LATEST_ARRIVAL_MS);
    const isFull = given === allowed && given < wanted.length;
    const waitMs = isFull ? this.untilRoom(now, pace, allowed < room) : 0;
    if (urgent > given)
      this.orders.set(owner, { count: urgent - given, until: now + waitMs + ORDERS_LATE_MS });
    return { given, waitMs, sharers };
  }

  /** Notes permits that another book has granted, and answers. */
  note(now: number, pace: Pace, given: readonly string[], answered: readonly AnsweredPermit[]): void {
    for (const id of given) this.arrivals.set(id, now + LATEST_ARRIVAL_MS);
    this.settle(now, answered);
    this.forget(now, pace);
  }

  /** Drops what no longer counts. A clock that was set back makes nothing count for longer than usual. */
  forget(now: number, { windowMs }: Pace): void {
    for (const [id, at] of this.arrivals) {
      if (at + windowMs <= now) this.arrivals.delete(id);
      else if (at > now + LATEST_ARRIVAL_MS) this.arrivals.set(id, now + LATEST_ARRIVAL_MS);
    }
  }

  private sharersWith(owner: string, now: number): number {
    this.owners.set(owner, now);
    for (const [each, at] of this.owners) {
      // If the clock was set back, no process counts as a sharer for long.
      if (Math.abs(now - at) > SHARER_FOR_MS) this.owners.delete(each);
    }
    return this.owners.size;
  }

  /** How many permits are withheld from the reads of this process. Removes entries that are over. */
  private withheldFrom(owner: string, now: number, { windowMs }: Pace): number {
    let count = 0;
    for (const [each, { count: waiting, until }] of this.orders) {
      // If the clock was set back, no permit is withheld for long.
      const isOver = until <= now || until > now + windowMs + ORDERS_LATE_MS;
      if (each === owner || isOver) this.orders.delete(each);
      else count += waiting;
    }
    return count;
  }

  private settle(now: number, answered: readonly AnsweredPermit[]): void {
    for (const { id, agoMs } of answered) {
      const latest = this.arrivals.get(id);
      if (latest !== undefined) this.arrivals.set(id, Math.min(latest, now - agoMs));
    }
  }

  /**
   * Until the first permit can end, or permits are no longer withheld for orders. One without an answer is answered now, or
   * shortly before, at the earliest.
   */
  private untilRoom(now: number, { windowMs }: Pace, isWithheld: boolean): number {
    let soonest = Infinity;
    if (isWithheld)
      for (const { until } of this.orders.values()) soonest = Math.min(soonest, until - windowMs);
    for (const latest of this.arrivals.values()) {
      const unanswered = latest > now;
      soonest = Math.min(
        soonest,
        unanswered ? Math.max(latest - LATEST_ARRIVAL_MS, now - REPORTED_WITHIN_MS) : latest,
      );
    }
    return Math.max(0, soonest + windowMs - now);
  }
}

/**
 * A call without an answer counts as having arrived this long after its permit: counting it until its answer would let
 * a few hanging calls block all others. Most have arrived by then, even the first ones of a cold process on a busy
 * machine, which were observed to take more than 300 ms. A call that is delayed for longer can be one too many.
 */
export const LATEST_ARRIVAL_MS = 1000;
/** Answers are reported to the log as soon as they arrive; a busy process may be this late. */
export const REPORTED_WITHIN_MS = 20;
/** A process that has sent no request for this long does not share the pace. */
export const SHARER_FOR_MS = 30_000;
/**
 * A process whose orders wait requests again as soon as a permit can be free. When it is later than this, it may have been
 * killed, and withholds permits from no other process any more.
 */
export const ORDERS_LATE_MS = 500;

/** Orders of one process that wait for permits. */
export interface WaitingOrders {
  readonly count: number;
  /** Until when permits are withheld for them. */
  readonly until: number;
}
