import type { KisOptionNaming } from '../../option-names';
import { statusOf, type ListedOrder } from '../list/listed-order';
import { candidatesFor, looksLike, type ListSnapshot } from '../list/row-matching';
import { isUnsettled, type Moment, type OrderRecord } from '../journal/order-record';

/**
 * The rules by which an order without an outcome gets one, pure functions: what KIS's lists tell of it, what its
 * absence tells, and what a person says.
 */

/** When absence from KIS's lists counts. KIS does not say how late a list shows a new order. */
export interface SettlementRule {
  /** How long an order must be absent, over all looks in a row. */
  readonly absentForMs: number;
  /** How many looks in a row must not find it. */
  readonly looks: number;
  /** Whether the time of the look is certain; otherwise it says nothing of absence. */
  readonly isTimeCertain: boolean;
  /** The moment of the look; `null` where boots have no names. */
  readonly moment: Moment | null;
}

/** Whether lists of these markets, requested then, can say anything of an order. */
export function isCovered(
  { intent, createdAt, clockCorrectionMs = 0, unlisted }: OrderRecord,
  markets: ReadonlySet<'domestic' | 'us'>,
  lookedAt: number,
  correctionMs: number,
): boolean {
  if (unlisted === true || !markets.has(intent.market)) return false;
  // By the wall clock alone, too: that it is ahead may have been found out since.
  return createdAt <= lookedAt || createdAt - clockCorrectionMs <= lookedAt - correctionMs;
}

/**
 * What a look at the lists says of an order whose outcome is not known. Pure; the caller writes the result down with a
 * compare-and-set on the version.
 *
 * @param lookedAt when the list was requested; epoch milliseconds.
 */
export function settledBy(
  record: OrderRecord,
  look: ListSnapshot,
  lookedAt: number,
  rule: SettlementRule,
): OrderRecord {
  if (!isUnsettled(record)) return appearedAfterAll(record, look, lookedAt);
  const [found, ...others] = candidatesFor(record, look);
  if (found && others.length === 0) return foundIn(record, found, lookedAt);
  if (isStillSent(record, lookedAt, rule.moment) || !(found || rule.isTimeCertain)) return record;
  if (found) return ambiguous(record, lookedAt);
  return absent(record, lookedAt, rule);
}

/** An order that counted as not placed because no list showed it, and that a list shows now. */
function appearedAfterAll(record: OrderRecord, look: ListSnapshot, at: number): OrderRecord {
  if (record.outcome !== 'not-placed' || record.absentSince === null) return record;
  const [found, ...others] = candidatesFor(record, look);
  if (!found || others.length > 0) return record;
  // An equal order that was sent afterwards, and whose number is not known yet, can be it as well.
  const { records, correctionMs } = look;
  const rivals = records.filter((other) => isWithoutNumber(other) && looksLike(other, found, correctionMs));
  const isOnlyOne = rivals.every(
    ({ day, clientOrderId }) => day === record.day && clientOrderId === record.clientOrderId,
  );
  return isOnlyOne ? foundIn(record, found, at) : record;
}

/** It may be in the book under a number that is not known. */
function isWithoutNumber(record: OrderRecord): boolean {
  return isUnsettled(record) || (record.outcome === 'not-placed' && record.absentSince !== null);
}

function foundIn(record: OrderRecord, found: ListedOrder, at: number): OrderRecord {
  const outcome = statusOf(found) === 'rejected' ? 'rejected' : 'accepted';
  const { orderNumber, branch } = found;
  return changed(record, { outcome, orderNumber, branch, absentSince: null, absentLooks: 0 }, at);
}

/** Several listed orders can be it, so it is not absent either. */
function ambiguous(record: OrderRecord, at: number): OrderRecord {
  if (record.outcome === 'unknown' && record.absentSince === null) return record;
  return changed(record, { outcome: 'unknown', absentSince: null, absentLooks: 0 }, at);
}

function absent(record: OrderRecord, lookedAt: number, { absentForMs, looks }: SettlementRule): OrderRecord {
  // A first look by a clock that was ahead is none to count from.
  const absentSince = Math.min(record.absentSince ?? lookedAt, lookedAt);
  const absentLooks = record.absentLooks + 1;
  const proven = absentLooks >= looks && lookedAt - absentSince >= absentForMs;
  return changed(record, { outcome: proven ? 'not-placed' : 'unknown', absentSince, absentLooks }, lookedAt);
}

/**
 * Whether the process that sends an order still has the time to write down what KIS answered.
 * @param now epoch milliseconds; counts only where the moments do not compare, because the clock may have been set.
 */
export function isStillSent(
  { outcome, openedAt, createdAt, sendingUntil }: OrderRecord,
  now: number,
  moment: Moment | null,
): boolean {
  if (outcome !== 'sending') return false;
  if (!openedAt || openedAt.bootId !== moment?.bootId) return now < sendingUntil;
  return moment.ms - openedAt.ms < sendingUntil - createdAt;
}

/**
 * An order that a person has settled: it is `chosen`, or none of the `candidates` that the lists show. One that a list shows
 * later for the first time is taken for it after all.
 */
export function settledByHand(
  record: OrderRecord,
  chosen: ListedOrder | null,
  candidates: readonly ListedOrder[],
  at: number,
): OrderRecord {
  if (chosen) return { ...foundIn(record, chosen, at), settledByHand: true };
  const before = [...record.before, ...candidates.map(({ orderNumber }) => orderNumber)];
  const absentSince = record.absentSince ?? at;
  return changed(record, { outcome: 'not-placed', before, absentSince, settledByHand: true }, at);
}

/** The end of a message about an order that stays unknown: how a person can record its outcome. */
export function manualSettlementHint(nameOption: KisOptionNaming): string {
  return (
    'If you know what became of it, because HTS or MTS shows it, record its outcome by hand: ' +
    `${nameOption('settlement', null)}.`
  );
}

/** A changed record: the next version. */
export function changed(record: OrderRecord, change: Partial<OrderRecord>, at: number): OrderRecord {
  return { ...record, ...change, updatedAt: at, version: record.version + 1 };
}
