import { isDecimal, scaled, unscaled } from '../decimal-text';
import { statusOf, type ListedOrder } from '../list/listed-order';
import type { KisOrderEvent, KisOrderNotice } from './order-notice';

/** An order as notices have shown it so far, in the form of a row of KIS's lists. */
export interface NoticedOrder {
  readonly row: ListedOrder;
  /** Whether every notice since its receipt was seen: otherwise KIS's lists know more. */
  readonly complete: boolean;
}

/** The row of an order that a notice shows for the first time. @param at when that was; epoch milliseconds. */
export function firstNoticed(notice: KisOrderNotice, day: string, at: number): NoticedOrder {
  const isFill = notice.event === 'filled';
  const quantity = isFill ? '0' : notice.quantity;
  return {
    // A fill does not tell what was ordered.
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
export function filledBy({ row, complete }: NoticedOrder, quantity: string, price: string): NoticedOrder {
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

/** The order after so much of it was cancelled, or became another order. */
export function cancelledBy({ row, complete }: NoticedOrder, quantity: string): NoticedOrder {
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
export function rejectedBy({ row, complete }: NoticedOrder): NoticedOrder {
  return { complete, row: { ...row, rejectedQuantity: row.quantity, openQuantity: '0' } };
}

/** What has happened to an order since KIS's list showed it as `before`; `undefined`: it was not there. */
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
