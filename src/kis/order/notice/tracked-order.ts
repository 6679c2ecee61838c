import { isDecimal, scaled, unscaled } from '../decimal-text';
import { statusOf, type ListedOrder } from '../list/listed-order';
import type { KisOrderEvent } from './order-event';
import type { KisOrderNotice } from './order-notice';

/** An order as the notices so far describe it, in the form of a row of KIS's lists. */
export interface TrackedOrder {
  readonly row: ListedOrder;
  /** Whether every notice since its receipt was seen; otherwise KIS's lists know more. */
  readonly complete: boolean;
}

/** An order of which this notice is the first. @param at the time of the notice; epoch milliseconds. */
export function firstTracked(notice: KisOrderNotice, day: string, at: number): TrackedOrder {
  const isFill = notice.event === 'filled';
  const quantity = isFill ? '0' : notice.quantity;
  return {
    // A fill does not say how much was ordered.
    complete: !isFill,
    row: {
      day,
      orderNumber: notice.orderNumber,
      originalNumber: notice.originalNumber,
      branch: '',
      symbol: notice.symbol,
      name: null,
      side: notice.side,
      division: notice.divisionCode,
      venue: null,
      quantity,
      price: isFill ? '0' : notice.price,
      filledQuantity: '0',
      averageFillPrice: null,
      cancelledQuantity: '0',
      rejectedQuantity: '0',
      openQuantity: quantity,
      placedAt: at,
      cancellation: notice.action === 'cancel',
    },
  };
}

/** The order after a fill of it. */
export function filledBy({ row, complete }: TrackedOrder, quantity: string, price: string): TrackedOrder {
  const [before, now] = [scaled(row.filledQuantity), scaled(quantity)];
  const filled = before + now;
  const spent = before * scaled(row.averageFillPrice ?? '0') + now * scaled(price);
  const average = filled === 0n ? null : unscaled(spent / filled);
  return {
    complete,
    row: {
      ...row,
      filledQuantity: unscaled(filled),
      averageFillPrice: average,
      openQuantity: left(row.openQuantity, quantity),
    },
  };
}

/** The order after `quantity` of it was cancelled or moved to another order by a modification; "0" for all that is open. */
export function cancelledBy({ row, complete }: TrackedOrder, quantity: string): TrackedOrder {
  const isWhole = scaled(quantity) === 0n || scaled(quantity) > scaled(row.openQuantity);
  const cancelled = isWhole ? row.openQuantity : quantity;
  return {
    complete,
    row: {
      ...row,
      cancelledQuantity: unscaled(scaled(row.cancelledQuantity) + scaled(cancelled)),
      openQuantity: left(row.openQuantity, cancelled),
    },
  };
}

/** The order after the exchange refused it. */
export function rejectedBy({ row, complete }: TrackedOrder): TrackedOrder {
  return { complete, row: { ...row, rejectedQuantity: row.quantity, openQuantity: '0' } };
}

/** What has happened to an order since its row was `before`; `undefined` when it had none. */
export function changesBetween(
  before: ListedOrder | undefined,
  now: ListedOrder,
): Pick<KisOrderEvent, 'event' | 'fill'>[] {
  const changes: Pick<KisOrderEvent, 'event' | 'fill'>[] = before ? [] : [{ event: 'received', fill: null }];
  const filled = scaled(now.filledQuantity) - scaled(before?.filledQuantity ?? '0');
  if (filled > 0n) {
    const price = now.averageFillPrice ?? now.price;
    changes.push({ event: 'filled', fill: { quantity: unscaled(filled), price } });
  }
  const status = statusOf(now);
  const isNew = !before || statusOf(before) !== status;
  if (isNew && (status === 'cancelled' || status === 'rejected')) changes.push({ event: status, fill: null });
  return changes;
}

function left(open: string, taken: string): string {
  const rest = isDecimal(open) && isDecimal(taken) ? scaled(open) - scaled(taken) : 0n;
  return rest > 0n ? unscaled(rest) : '0';
}
