import {
  equalityKey,
  isSameIntent,
  isUnsettled,
  type Moment,
  type OrderRecord,
} from './journal/order-record';
import { describeExceededCap, exceededCap, usageOf, type KisOrderCaps } from './order-caps';

/**
 * Whether an order is admitted to the journal, and so may be sent. Pure rules: repetitions, the kill switch, caps, and equal
 * orders without an outcome.
 */

/** The decision about an order that is to be written into the journal. */
export type AdmissionDecision =
  | { readonly kind: 'admitted'; readonly record: OrderRecord }
  /** The same order under the same id was given before. */
  | { readonly kind: 'repeated'; readonly record: OrderRecord }
  /** Another order has this id. */
  | { readonly kind: 'id-reused'; readonly record: OrderRecord }
  /** An equal order is unsettled: two of them could not be told apart. */
  | { readonly kind: 'equal-unsettled'; readonly record: OrderRecord }
  | { readonly kind: 'trading-stopped' }
  | { readonly kind: 'capped'; readonly reason: string };

/** What the decision depends on, read in one transaction with the record that it may lead to. */
export interface AdmissionFacts {
  /** All of the account's records of the day, and unsettled ones of earlier days. */
  readonly records: readonly OrderRecord[];
  /** Whether orders are stopped by the kill switch; cancellations are not. */
  readonly stopped: boolean;
  readonly caps: KisOrderCaps;
  /** Epoch milliseconds. */
  readonly now: number;
  /** For an order of a program: preparing it takes time, and what has happened since its arrival must not count. */
  readonly arrival?: ProgramArrival;
}

/** What was known when the request of a program arrived. */
export interface ProgramArrival {
  readonly at: Moment;
  /** The ids that were in the journal. */
  readonly known: ReadonlySet<string>;
  /** Those whose outcome the program had not received yet, according to the journal. */
  readonly unanswered: ReadonlySet<string>;
}

/** An equal order of a program within this time, before the first was answered, is a repetition. */
const REPEATED_WITHIN_MS = 60_000;

/** How long an id given before midnight in Korea still names its order; otherwise an id is valid for one Korean day. */
export const LATE_REPEAT_MS = 600_000;

/** Whether the same order under the same id is a repetition of this one although another day may have begun. */
export function isFromJustNow({ createdAt }: OrderRecord, now: number): boolean {
  return now - createdAt < LATE_REPEAT_MS;
}

/**
 * Decides whether an order may be written into the journal and sent. The caller must read the facts and write the record in
 * one transaction.
 */
export function decideAdmission(wanted: OrderRecord, facts: AdmissionFacts): AdmissionDecision {
  const named = facts.records.filter(({ clientOrderId }) => clientOrderId === wanted.clientOrderId);
  const known =
    named.find(({ day }) => day === wanted.day) ??
    named.find((each) => isSameIntent(each, wanted) && isFromJustNow(each, wanted.createdAt));
  if (known) return { kind: isSameIntent(known, wanted) ? 'repeated' : 'id-reused', record: known };
  const key = equalityKey(wanted);
  const alike = facts.records.filter((each) => equalityKey(each) === key);
  const first = repeatedBy(wanted, alike, facts.arrival);
  if (first) return { kind: 'repeated', record: first };
  const equal = alike.find((each) => isUnsettled(each) && !isBeyondLooking(each, wanted));
  if (equal) return { kind: 'equal-unsettled', record: equal };
  if (wanted.action === 'cancel') return { kind: 'admitted', record: wanted };
  if (facts.stopped) return { kind: 'trading-stopped' };
  const usage = usageOf(facts.records, wanted.day, facts.now);
  const cap = exceededCap(wanted.amount, usage, facts.caps);
  if (!cap) return { kind: 'admitted', record: wanted };
  return { kind: 'capped', reason: describeExceededCap(cap, facts.caps, wanted.amount, usage) };
}

/**
 * The order that a program repeats by sending an equal one before it has received the outcome of the first; `null` when it
 * is a new order. Of two concurrent requests the later one may be written down, and answered, first: then the earlier one
 * is the repetition.
 */
export function repeatedBy(
  wanted: OrderRecord,
  records: readonly OrderRecord[],
  arrival?: ProgramArrival,
): OrderRecord | null {
  const { program } = wanted;
  if (program === null) return null;
  const isMeant = (record: OrderRecord): boolean => {
    const ageMs = leastAgeMs(record, wanted);
    if (wasUnanswered(record, arrival) && ageMs < REPEATED_WITHIN_MS) return true;
    // Not in `known`: written down after the arrival, if it is recent; older ids need not be in `known`.
    return arrival?.known.has(record.clientOrderId) === false && ageMs < LATE_REPEAT_MS;
  };
  const first = records.findLast(
    (each) => each.program === program && isMeant(each) && isSameIntent(each, wanted),
  );
  return first ?? null;
}

/** Whether the program had not received the outcome yet when its request arrived. */
function wasUnanswered(
  { answered, answeredAt, clientOrderId }: OrderRecord,
  arrival?: ProgramArrival,
): boolean {
  if (answered === false || !arrival) return answered === false;
  const { at, unanswered } = arrival;
  if (answeredAt?.bootId === at.bootId) return answeredAt.ms > at.ms;
  // Clocks of different machines cannot be compared: rather no order than one sent twice.
  return unanswered.has(clientOrderId);
}

/** No list of KIS will ever show its outcome, and it is too old to be repeated. */
function isBeyondLooking(record: OrderRecord, wanted: OrderRecord): boolean {
  return record.unlisted === true && leastAgeMs(record, wanted) >= REPEATED_WITHIN_MS;
}

/**
 * By how much `record` is older than `wanted`, at least: by the corrected clock or by the wall clock alone, because one
 * process may have noticed before another that the wall clock is wrong.
 */
function leastAgeMs(record: OrderRecord, wanted: OrderRecord): number {
  const byCorrectedMs = wanted.createdAt - record.createdAt;
  const byWallMs = byCorrectedMs - (wanted.clockCorrectionMs ?? 0) + (record.clockCorrectionMs ?? 0);
  return Math.min(byCorrectedMs, byWallMs);
}
