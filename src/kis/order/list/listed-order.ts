import type { KisOrderSide, KisOrderVenue } from '../../protocol/order-divisions';
import { isDecimal, scaled } from '../decimal-text';

/** A row of KIS's lists of orders. Quantities and prices are decimal strings. */
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
  /** ORD_DVSN; `null` where the list does not have it. */
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
  /** Whether this is the row of a cancellation (`cncl_yn` Y). */
  readonly cancellation: boolean;
}

/** The market of an order: symbols of US stocks name their exchange. */
export function marketOf({ symbol }: { readonly symbol: string }): 'domestic' | 'us' {
  return symbol.includes(':') ? 'us' : 'domestic';
}

export type ListedStatus = 'rejected' | 'filled' | 'cancelled' | 'partially-filled' | 'accepted';

/** The status of an order, by its row. */
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

/** Whether two figures are the same number. */
export function isEqual(one: string, other: string): boolean {
  return isDecimal(one) && isDecimal(other) ? scaled(one) === scaled(other) : one === other;
}

function isPositive(text: string): boolean {
  return isDecimal(text) && scaled(text) > 0n;
}
