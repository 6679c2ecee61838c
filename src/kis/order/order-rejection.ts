import { orderRefusal } from '../protocol/order-refusals';
import type { KisOrder } from './kis-order';
import { KisOrderRejectedError } from './kis-order.errors';
import type { OrderRecord } from './journal/order-record';

/** The error for an order that KIS refused: KIS's message, its meaning and the remedy, in English and Korean. */
export function rejectedOrder({ kis }: OrderRecord, order: KisOrder): KisOrderRejectedError {
  if (kis === null) {
    const message = "The exchange refused the order, as KIS's list says. The order is not in the book.";
    return new KisOrderRejectedError(message, order, {});
  }
  const { msgCd, msg1 } = kis;
  const said = `KIS refused the order: ${msgCd} ${msg1}`.replace(/[.\s]+$/, '');
  const known = orderRefusal(msgCd, msg1);
  const meaning = known
    ? `${known.meaning.en} ${known.cure.en} (${known.meaning.ko} ${known.cure.ko})`
    : 'KIS gives the reason in its own words; the order is not in its book.';
  return new KisOrderRejectedError(`${said}. ${meaning}`, order, { kis });
}
