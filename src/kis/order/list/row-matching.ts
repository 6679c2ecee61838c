import { koreanDate } from '../korean-date';
import type { OrderRecord } from '../journal/order-record';
import { isEqual, marketOf, type ListedOrder } from './listed-order';

/** Which row of KIS's lists is, or can be, the order of which record in the journal. */

/** KIS's lists and the records of the journal for the same days, as one reconciliation pass read them. */
export interface ListSnapshot {
  /** All orders of the account on the days of the records; complete lists, not pages of them. */
  readonly listed: readonly ListedOrder[];
  /** All records of the account of these days. */
  readonly records: readonly OrderRecord[];
  /** Milliseconds by which the wall clock is corrected now. */
  readonly correctionMs: number;
}

/**
 * The rows that can be this order: new since it was sent, alike in everything the list shows, and not the row of another
 * record. More than one means that the list cannot distinguish them, which does not happen as long as equal orders are sent
 * one after another.
 */
export function candidatesFor(
  record: OrderRecord,
  { listed, records, correctionMs }: ListSnapshot,
): ListedOrder[] {
  const alike = listed.filter((each) => looksLike(record, each, correctionMs));
  return alike.filter(
    (each) => !record.before.includes(each.orderNumber) && !records.some((other) => isListedAs(other, each)),
  );
}

/**
 * Whether this is the row of the record's order. As far as is known, numbers are unique per account, branch and day, but each
 * market has a list of its own, perhaps with the same numbers, and around midnight the list may show the next day. Venues of
 * a market share its list.
 */
export function isListedAs(record: OrderRecord, row: ListedOrder): boolean {
  const { day, orderNumber } = row;
  return (
    record.orderNumber === orderNumber &&
    record.intent.market === marketOf(row) &&
    listedDays(record).includes(day)
  );
}

/** Days under which KIS may list an order, `YYYY-MM-DD`: two around midnight. */
function listedDays(record: OrderRecord): string[] {
  return [firstListedDay(record), koreanDate(record.sendingUntil)];
}

/** The first day under which KIS may list an order: a list that begins later can miss it. */
export function firstListedDay(record: OrderRecord): string {
  return koreanDate(record.createdAt - clockDoubtMs(record));
}

/**
 * Whether a row has the symbol, side, quantity, price, type, venue and kind of the order, and was placed at its time.
 * @param correctionMs as in {@link ListSnapshot}.
 */
export function looksLike(record: OrderRecord, listed: ListedOrder, correctionMs: number): boolean {
  const { intent, target, action } = record;
  const original = action === 'place' ? null : (target?.orderNumber ?? null);
  // A change of everything open applies to as many shares as are open when KIS receives it.
  const isQuantityGiven = target === null || !target.whole;
  return (
    listed.symbol === intent.symbol &&
    listed.side === intent.side &&
    (listed.originalNumber ?? null) === original &&
    (action === 'cancel') === listed.cancellation &&
    (!isQuantityGiven || isEqual(listed.quantity, intent.quantity)) &&
    (action === 'cancel' || isEqual(listed.price, intent.price ?? '0')) &&
    (action === 'cancel' || listed.division === null || listed.division === intent.division) &&
    (listed.venue === null || intent.venue === null || listed.venue === intent.venue) &&
    isPlacedAtItsTime(record, listed, correctionMs)
  );
}

function isPlacedAtItsTime(record: OrderRecord, { placedAt }: ListedOrder, correctionMs: number): boolean {
  const doubtMs = clockDoubtMs(record, correctionMs);
  return placedAt >= record.createdAt - doubtMs && placedAt <= record.sendingUntil + TRANSIT_MS + doubtMs;
}

/**
 * By how much a time in the list can differ from ours: a correction of the wall clock can be wrong itself, and may be found
 * only after the order was dated.
 */
function clockDoubtMs({ clockCorrectionMs: then = 0 }: OrderRecord, now = 0): number {
  return Math.max(Math.abs(then), Math.abs(now), Math.abs(now - then)) + CLOCK_TOLERANCE_MS;
}

/** KIS's clock and ours may differ by this much without being corrected, and its times have whole seconds. */
const CLOCK_TOLERANCE_MS = 5000;

/** How long an order that was sent at the last moment may take to reach KIS. */
const TRANSIT_MS = 60_000;
