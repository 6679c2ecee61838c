import { KisOrderNotOpenError } from './kis-order.errors';
import type { FoundOrder } from './kis-order.book';
import { isClosed } from './kis-order';
import { readOrder, type KisOrderIntent, type KisOrderRequest } from './order-intent';
import type { KisTradingMode } from '../protocol/trading-mode';
import { scaled } from './decimal-text';
import type { OrderTarget } from './journal/order-record';

/** A modification of an order; fields that are not given stay as they are. */
export interface KisOrderChange {
  readonly price?: string | undefined;
  /** Open shares after the modification; at most those that are open now. */
  readonly quantity?: string | undefined;
  readonly type?: KisOrderRequest['type'] | undefined;
}

/** The order that results from a modification of the open part of an order, for `readOrder`. */
export function changedRequest({ order }: FoundOrder, change: KisOrderChange): KisOrderRequest {
  const type = change.type ?? order.type ?? 'limit';
  const keepsPrice = change.type === undefined || change.type === order.type;
  return {
    symbol: order.symbol,
    side: order.side,
    type,
    quantity: change.quantity ?? order.openQuantity,
    price: change.price ?? (keepsPrice ? (order.price ?? undefined) : undefined),
    triggerPrice: order.triggerPrice ?? undefined,
    timeInForce: order.timeInForce ?? undefined,
    venue: order.venue ?? undefined,
    session: order.session ?? undefined,
  };
}

/** The intent of an order, also of one that was placed elsewhere. */
export function intentFound(found: FoundOrder, mode: KisTradingMode): KisOrderIntent {
  const { record, listed, order } = found;
  if (record) return record.intent;
  const { intent } = readOrder(changedRequest(found, {}), mode);
  // An order of a type that this library does not know can still be cancelled.
  return (
    intent ?? {
      market: order.symbol.includes(':') ? 'us' : 'domestic',
      symbol: order.symbol,
      side: order.side,
      type: order.type ?? 'limit',
      timeInForce: order.timeInForce ?? 'day',
      venue: order.venue,
      session: order.session ?? 'regular',
      quantity: order.openQuantity,
      price: order.price,
      triggerPrice: null,
      division: listed?.division ?? '00',
    }
  );
}

/**
 * The original order of a change, as KIS needs it.
 * @param quantity the shares that the change applies to; default: all that are open.
 * @throws KisOrderNotOpenError when nothing of it is open, or not as many shares.
 */
export function targetOf({ order, record, listed }: FoundOrder, quantity: string | undefined): OrderTarget {
  const name = order.clientOrderId ?? order.orderNumber ?? '';
  if (record?.action === 'cancel') {
    throw new KisOrderNotOpenError(
      `"${name}" is a cancellation, which cannot be changed or cancelled. Nothing was sent; name the order itself.`,
    );
  }
  if (order.status === 'unknown' || order.status === 'sending') {
    throw new KisOrderNotOpenError(
      `KIS has not said what became of order "${name}", so it cannot be changed or cancelled yet. Nothing was sent; read the order again until it has an outcome.`,
    );
  }
  if (order.orderNumber === null || isClosed(order.status) || scaled(order.openQuantity) === 0n) {
    throw new KisOrderNotOpenError(
      `Nothing of order "${name}" is open: it is ${order.status}. Nothing was sent; read the order again.`,
    );
  }
  if (quantity !== undefined && scaled(quantity) > scaled(order.openQuantity)) {
    throw new KisOrderNotOpenError(
      `Only ${order.openQuantity} shares of order "${name}" are open, not ${quantity}. Nothing was sent.`,
    );
  }
  return {
    clientOrderId: order.clientOrderId,
    orderNumber: order.orderNumber,
    branch: record?.branch ?? listed?.branch ?? '',
    whole: quantity === undefined || scaled(quantity) === scaled(order.openQuantity),
  };
}
