import {
  equalityKey,
  isSameIntent,
  isUnsettled,
  type Moment,
  type OrderRecord,
} from './journal/order-record';
import { scaled, unscaled } from './decimal-text';

/**
 * The rules by which an order is written into the journal, pure functions: repetitions, the kill switch, caps, and
 * equal orders without an outcome.
 */

/** Caps of an account; `null`: none. */
export interface KisOrderCaps {
  /** Won for one order. */
  readonly maxAmount: string | null;
  /** Won for all orders of a Korean day. */
  readonly dailyMaxAmount: string | null;
  /** Orders within any 60 seconds. */
  readonly maxPerMinute: number | null;
}

/** What an account has used of its caps. */
export interface KisOrderUsage {
  readonly dailyAmount: string;
  readonly lastMinute: number;
}

/** What becomes of an order that asks to be written into the journal. */
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
  /** Of an order of a program; preparing it takes a while. */
  readonly arrival?: ProgramArrival;
}

/** What was known when the request of a program arrived. */
export interface ProgramArrival {
  readonly at: Moment;
  /** The ids that were in the journal. */
  readonly known: ReadonlySet<string>;
  /** Those of them that the journal said the program was not told the outcome of. */
  readonly unanswered: ReadonlySet<string>;
}

const MINUTE_MS = 60_000;

/** A program that repeats an order within this time, before it was answered, means the first one. */
const REPEATED_WITHIN_MS = 60_000;

/** How long after midnight a repetition is still one, although an id names an order for one Korean day. */
export const LATE_REPEAT_MS = 10 * MINUTE_MS;

/** Whether the same order under the same id is a repetition of this one, whatever day it is. */
export function isFromJustNow({ createdAt }: OrderRecord, now: number): boolean {
  return now - createdAt < LATE_REPEAT_MS;
}

/**
 * Decides whether an order may be written down and sent. Pure, so that every journal decides alike; the caller has to read
 * the facts and write the record in one transaction.
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
 * The order that a program means when it sends an equal one again before it was told what became of the first; `null`
 * when it means a new one. Of two requests under way at the same time the later one may be written down, and answered,
 * first: then the earlier one is the repetition.
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
    // Preparing an order takes no minutes, and of what is older not all need be known.
    return arrival?.known.has(record.clientOrderId) === false && ageMs < LATE_REPEAT_MS;
  };
  const first = records.findLast(
    (each) => each.program === program && isMeant(each) && isSameIntent(each, wanted),
  );
  return first ?? null;
}

/** Whether the program had not been told the outcome when its request arrived. */
function wasUnanswered(
  { answered, answeredAt, clientOrderId }: OrderRecord,
  arrival?: ProgramArrival,
): boolean {
  if (answered === false || !arrival) return answered === false;
  const { at, unanswered } = arrival;
  if (answeredAt?.bootId === at.bootId) return answeredAt.ms > at.ms;
  // The clocks of two machines do not compare: an order is sent rather not than twice.
  return unanswered.has(clientOrderId);
}

/** No list will ever tell what became of it. */
function isBeyondLooking(record: OrderRecord, wanted: OrderRecord): boolean {
  return record.unlisted === true && leastAgeMs(record, wanted) >= REPEATED_WITHIN_MS;
}

/**
 * By how much an order is older than another one, at least: by the corrected clock or by the wall clock alone. Of two
 * processes one may have found out before the other that the wall clock is wrong.
 */
function leastAgeMs(record: OrderRecord, wanted: OrderRecord): number {
  const byCorrectedMs = wanted.createdAt - record.createdAt;
  const byWallMs = byCorrectedMs - (wanted.clockCorrectionMs ?? 0) + (record.clockCorrectionMs ?? 0);
  return Math.min(byCorrectedMs, byWallMs);
}

/** What counts: everything but cancellations, and what KIS refused or never got. */
export function usageOf(records: readonly OrderRecord[], day: string, now: number): KisOrderUsage {
  const counted = records.filter(({ action, outcome }) => {
    return action !== 'cancel' && outcome !== 'rejected' && outcome !== 'not-placed';
  });
  const today = counted.filter((each) => each.day === day);
  const total = today.reduce((sum, { amount }) => sum + scaled(amount), 0n);
  const lastMinute = counted.filter(({ createdAt }) => now - createdAt < MINUTE_MS).length;
  return { dailyAmount: unscaled(total), lastMinute };
}

/** The cap that one more order of `amount` won would exceed; `null` when it exceeds none. */
export function exceededCap(
  amount: string,
  usage: KisOrderUsage,
  { maxAmount, dailyMaxAmount, maxPerMinute }: KisOrderCaps,
): keyof KisOrderCaps | null {
  if (maxAmount !== null && scaled(amount) > scaled(maxAmount)) return 'maxAmount';
  if (dailyMaxAmount !== null && scaled(usage.dailyAmount) + scaled(amount) > scaled(dailyMaxAmount))
    return 'dailyMaxAmount';
  if (maxPerMinute !== null && usage.lastMinute >= maxPerMinute) return 'maxPerMinute';
  return null;
}

/** What a caller is told about a cap that an order of `amount` won would exceed. */
export function describeExceededCap(
  cap: keyof KisOrderCaps,
  caps: KisOrderCaps,
  amount: string,
  { dailyAmount, lastMinute }: KisOrderUsage,
): string {
  return (
    `the cap ${cap} (${String(caps[cap])}): it counts as ${amount} won, after ${dailyAmount} won today and ` +
    `${lastMinute} order(s) in the last minute`
  );
}
