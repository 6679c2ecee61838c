import type { KisOrderSide, KisOrderVenue } from '../protocol/order-divisions';
import { isDecimal, scaled } from './decimal-text';
import type { OrderRecord } from './order-record';

/** An order as KIS's lists show it. Quantities and prices are decimal strings. */
export interface ListedOrder {
  /** `YYYY-MM-DD` in Korea; for US orders the day at the exchange. */
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

/** KIS's clock and ours may differ by this much, and its times have whole seconds. */
const CLOCK_TOLERANCE_MS = 1000;

/**
 * The listed orders that can be this one: new since it was sent, alike in everything the list shows, and none of the orders
 * whose number is known. More than one means that the list cannot tell, which does not happen while equal orders are sent
 * one after another.
 * @param records of the account and day.
 */
export function candidatesFor(
  record: OrderRecord,
  listed: readonly ListedOrder[],
  records: readonly OrderRecord[],
): ListedOrder[] {
  const known = new Set(records.map(({ day, orderNumber }) => `${day} ${orderNumber ?? ''}`));
  return listed.filter(
    (each) =>
      looksLike(record, each) &&
      !record.before.includes(each.orderNumber) &&
      !known.has(`${each.day} ${each.orderNumber}`),
  );
}

/** Whether a listed order is alike in symbol, side, quantity, price, type, venue and kind, and not older. */
function looksLike({ intent, target, action, createdAt }: OrderRecord, listed: ListedOrder): boolean {
  const original = action === 'place' ? null : (target?.orderNumber ?? null);
  return (
    listed.symbol === intent.symbol &&
    listed.side === intent.side &&
    (listed.originalNumber ?? null) === original &&
    (action === 'cancel') === listed.cancellation &&
    (action === 'cancel' || isEqual(listed.quantity, intent.quantity)) &&
    (action === 'cancel' || isEqual(listed.price, intent.price ?? '0')) &&
    (action === 'cancel' || listed.division === null || listed.division === intent.division) &&
    (listed.venue === null || intent.venue === null || listed.venue === intent.venue) &&
    listed.placedAt >= Math.floor(createdAt / 1000) * 1000 - CLOCK_TOLERANCE_MS
  );
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
