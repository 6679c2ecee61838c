import type { KisOrderSide, KisOrderVenue } from '../../protocol/order-divisions';
import { koreanDate } from '../korean-date';
import { isDecimal, scaled } from '../decimal-text';
import type { OrderRecord } from '../journal/order-record';

/** An order as KIS's lists show it. Quantities and prices are decimal strings. */
export interface ListedOrder {
  /** `YYYY-MM-DD` in Korea. */
  readonly day: string;
  /** ODNO with its leading zeros. */
  readonly orderNumber: string;
  /** Number of the order that this one modifies or cancels; `null` for a new order. */
  readonly originalNumber: string | null;
  readonly branch: string;
  readonly symbol: string;
  readonly name: string | null;
  readonly side: KisOrderSide;
  /** ORD_DVSN; `null` where the list does not tell. */
  readonly division: string | null;
  readonly venue: KisOrderVenue | null;
  readonly quantity: string;
  /** "0" where the order has no price. */
  readonly price: string;
  readonly filledQuantity: string;
  readonly averageFillPrice: string | null;
  readonly cancelledQuantity: string;
  readonly rejectedQuantity: string;
  /** What is still open. */
  readonly openQuantity: string;
  /** Epoch milliseconds, by the second. */
  readonly placedAt: number;
  /** A line for a cancellation (`cncl_yn` Y). */
  readonly cancellation: boolean;
}

/** KIS's clock and ours may differ by this much without being corrected, and its times have whole seconds. */
const CLOCK_TOLERANCE_MS = 5000;

/** For the way to KIS of an order that left at the last moment. */
const WAY_MS = 60_000;

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
 * The listed orders that can be this one: new since it was sent, alike in everything the list shows, and none of the orders
 * whose number is known. More than one means that the list cannot tell, which does not happen while equal orders are sent
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
 * Whether it is the row of this order. Numbers are unique per account, branch and day, as far as is known, but each market has
 * lists of its own, perhaps with the same numbers; and around midnight the list may have the next day. Venues of a market
 * share its list.
 */
export function isListedAs(record: OrderRecord, row: ListedOrder): boolean {
  const { day, orderNumber } = row;
  return (
    record.orderNumber === orderNumber &&
    record.intent.market === marketOf(row) &&
    listedDays(record).includes(day)
  );
}

/** US symbols name their exchange. */
export function marketOf({ symbol }: { readonly symbol: string }): 'domestic' | 'us' {
  return symbol.includes(':') ? 'us' : 'domestic';
}

/** Days under which KIS may list an order, `YYYY-MM-DD`: two around midnight. */
function listedDays(record: OrderRecord): string[] {
  return [firstListedDay(record), koreanDate(record.sendingUntil)];
}

/** A list that begins later can miss the order. */
export function firstListedDay(record: OrderRecord): string {
  return koreanDate(record.createdAt - clockDoubtMs(record));
}

/**
 * Whether a listed order is alike in symbol, side, quantity, price, type, venue and kind, and placed in the same time.
 * @param correctionMs as in {@link ListSnapshot}.
 */
export function looksLike(record: OrderRecord, listed: ListedOrder, correctionMs: number): boolean {
  const { intent, target, action } = record;
  const original = action === 'place' ? null : (target?.orderNumber ?? null);
  // A change of all that is open concerns as many shares as are open when KIS gets it.
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
    isOfItsTime(record, listed, correctionMs)
  );
}

function isOfItsTime(record: OrderRecord, { placedAt }: ListedOrder, correctionMs: number): boolean {
  const doubtMs = clockDoubtMs(record, correctionMs);
  return placedAt >= record.createdAt - doubtMs && placedAt <= record.sendingUntil + WAY_MS + doubtMs;
}

/**
 * By how much a time in the list can differ from ours: a correction of the wall clock can be wrong itself, and can be found
 * only after the order was dated.
 */
function clockDoubtMs({ clockCorrectionMs: then = 0 }: OrderRecord, now = 0): number {
  return Math.max(Math.abs(then), Math.abs(now), Math.abs(now - then)) + CLOCK_TOLERANCE_MS;
}

export type ListedStatus = 'rejected' | 'filled' | 'cancelled' | 'partially-filled' | 'accepted';

/** What has become of an order, by its row in the day's list. */
export function statusOf({
  quantity,
  rejectedQuantity,
  openQuantity,
  filledQuantity,
  cancelledQuantity,
}: ListedOrder): ListedStatus {
  if (isPositive(rejectedQuantity) && isEqual(rejectedQuantity, quantity)) return 'rejected';
  if (!isPositive(openQuantity) && isEqual(filledQuantity, quantity)) return 'filled';
  if (!isPositive(openQuantity) && isPositive(cancelledQuantity)) return 'cancelled';
  return isPositive(filledQuantity) ? 'partially-filled' : 'accepted';
}

function isEqual(one: string, other: string): boolean {
  return isDecimal(one) && isDecimal(other) ? scaled(one) === scaled(other) : one === other;
}

function isPositive(text: string): boolean {
  return isDecimal(text) && scaled(text) > 0n;
}
