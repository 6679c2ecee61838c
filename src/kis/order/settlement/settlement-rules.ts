import type { KisOptionNaming } from '../../option-names';
import { statusOf, type ListedOrder } from '../list/listed-order';
import { candidatesFor, looksLike, type ListSnapshot } from '../list/row-matching';
import { isUnsettled, type Moment, type OrderRecord } from '../journal/order-record';

/**
 * The rules by which an order without an outcome is settled, as pure functions: by a row of KIS's lists, by its absence from
 * them, or by a person.
 */

/** When absence from KIS's lists counts. KIS does not say how late a list shows a new order. */
export interface SettlementRule {
  /** How long an order must be absent, in all consecutive passes. */
  readonly absentForMs: number;
  /** How many consecutive passes must miss it. */
  readonly looks: number;
  /** Whether the time of the pass is certain; otherwise the pass proves no absence. */
  readonly isTimeCertain: boolean;
  /** The moment of the pass; `null` where the boot has no id. */
  readonly moment: Moment | null;
}

/** Whether lists of these markets, requested at `lookedAt`, can show an order at all. */
export function isCovered(
  { intent, createdAt, clockCorrectionMs = 0, unlisted }: OrderRecord,
  markets: ReadonlySet<'domestic' | 'us'>,
  lookedAt: number,
  correctionMs: number,
): boolean {
  if (unlisted === true || !markets.has(intent.market)) return false;
  // Also by the wall clock alone, because it may have been found to be ahead since.
  return createdAt <= lookedAt || createdAt - clockCorrectionMs <= lookedAt - correctionMs;
}

/**
 * The record of an order after a pass over KIS's lists. The caller writes it with compare-and-set on the version; it is the
 * same object if nothing has changed.
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

/** An order that counted as not placed because no list had shown it, and that a list shows now. */
function appearedAfterAll(record: OrderRecord, look: ListSnapshot, at: number): OrderRecord {
  if (record.outcome !== 'not-placed' || record.absentSince === null) return record;
  const [found, ...others] = candidatesFor(record, look);
  if (!found || others.length > 0) return record;
  // The row can also be that of an equal order that was sent later and has no number yet.
  const { records, correctionMs } = look;
  const rivals = records.filter((other) => isWithoutNumber(other) && looksLike(other, found, correctionMs));
  const isOnlyOne = rivals.every(
    ({ day, clientOrderId }) => day === record.day && clientOrderId === record.clientOrderId,
  );
  return isOnlyOne ? foundIn(record, found, at) : record;
}

/** The order may be in KIS's book under a number that is not known. */
function isWithoutNumber(record: OrderRecord): boolean {
  return isUnsettled(record) || (record.outcome === 'not-placed' && record.absentSince !== null);
}

function foundIn(record: OrderRecord, found: ListedOrder, at: number): OrderRecord {
  const outcome = statusOf(found) === 'rejected' ? 'rejected' : 'accepted';
  const { orderNumber, branch } = found;
  return changed(record, { outcome, orderNumber, branch, absentSince: null, absentLooks: 0 }, at);
}

/** Several rows match, so the order is not absent either. */
function ambiguous(record: OrderRecord, at: number): OrderRecord {
  if (record.outcome === 'unknown' && record.absentSince === null) return record;
  return changed(record, { outcome: 'unknown', absentSince: null, absentLooks: 0 }, at);
}

function absent(record: OrderRecord, lookedAt: number, { absentForMs, looks }: SettlementRule): OrderRecord {
  // A first pass by a clock that was ahead does not count.
  const absentSince = Math.min(record.absentSince ?? lookedAt, lookedAt);
  const absentLooks = record.absentLooks + 1;
  const proven = absentLooks >= looks && lookedAt - absentSince >= absentForMs;
  return changed(record, { outcome: proven ? 'not-placed' : 'unknown', absentSince, absentLooks }, lookedAt);
}

/**
 * Whether the process that sends an order may still be sending it, or writing down KIS's answer.
 * @param now epoch milliseconds; used only where the moments cannot be compared, because the clock may have been set.
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
 * The record of an order that a person has settled: it is the row `chosen`, or, when that is `null`, none of the
 * `candidates`. A matching row that appears later is taken for the order after all.
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

/** The record with a change: its next version. */
export function changed(record: OrderRecord, change: Partial<OrderRecord>, at: number): OrderRecord {
  return { ...record, ...change, updatedAt: at, version: record.version + 1 };
}
