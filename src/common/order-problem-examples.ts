import {
  KisOrderCapExceededError,
  KisOrderEqualUnsettledError,
  KisOrderIdReusedError,
  KisOrderJournalError,
  KisOrderNotFoundError,
  KisOrderNotOpenError,
  KisOrderNotUnknownError,
  KisOrderRefusedError,
  KisOrderRejectedError,
  KisOrdersDisabledError,
  type KisOrder,
} from '../kis';

const kis = { msgCd: 'APBK0918', msg1: '장운영시간이 아닙니다.(주문불가)', trId: 'VTTC0012U' };

const ORDER: KisOrder = {
  clientOrderId: 'rebalance-1128-3',
  orderNumber: null,
  status: 'rejected',
  source: 'api',
  symbol: '005930',
  side: 'buy',
  type: 'limit',
  timeInForce: 'day',
  venue: 'KRX',
  session: 'regular',
  quantity: '10',
  price: '70000',
  triggerPrice: null,
  filledQuantity: '0',
  openQuantity: '0',
  averageFillPrice: null,
  createdAt: new Date('2026-11-28T04:30:00Z'),
  updatedAt: new Date('2026-11-28T04:30:00Z'),
  replaces: null,
  replacedBy: null,
  kis,
};

/** An example of each problem with orders, for the documentation. */
export const ORDER_EXAMPLES = {
  ORDERS_DISABLED: new KisOrdersDisabledError(
    'Account "main" may not place orders, so nothing was sent. Orders are off: set KIS_ORDERS=true to allow them.',
  ),
  ORDER_REFUSED: new KisOrderRefusedError([
    {
      code: 'TICK_SIZE',
      detail:
        '`price` 70050 is not a multiple of the tick size; the nearest valid prices are 70000 and 70100.',
      nearestPrices: ['70000', '70100'],
    },
  ]),
  ORDER_REJECTED: new KisOrderRejectedError(
    `KIS refused the order: ${kis.msgCd} ${kis.msg1}. The market is closed for this order.`,
    ORDER,
    { kis },
  ),
  ORDER_CAP_EXCEEDED: new KisOrderCapExceededError(
    'The order of account "main" exceeds the cap maxAmount (500000): it counts as 540000 won, after 0 won today and 0 order(s) in the last minute. Nothing was sent.',
  ),
  ORDER_ID_REUSED: new KisOrderIdReusedError(
    '"rebalance-1128-3" already names another order of today, so nothing was sent.',
  ),
  ORDER_EQUAL_UNSETTLED: new KisOrderEqualUnsettledError(
    'An equal order ("first") was sent, and KIS has not said what became of it. Nothing was sent.',
    { retryAt: new Date('2026-11-22T04:30:05Z') },
  ),
  ORDER_NOT_OPEN: new KisOrderNotOpenError('Nothing of order "rebalance-1128-3" is open: it is filled.'),
  ORDER_NOT_UNKNOWN: new KisOrderNotUnknownError(
    'Order "rebalance-1128-3" has an outcome: it is accepted, number 0001569139. Nothing was changed; read the order again.',
  ),
  ORDER_NOT_FOUND: new KisOrderNotFoundError('Account "main" has no order "rebalance-1128-4".'),
  ORDER_JOURNAL_FAILED: new KisOrderJournalError(
    'The order journal ~/KIS/state/orders.db cannot be used: the disk is full. Free some space.',
  ),
} as const;

/** Problems of sending an order, in addition to those of any call. */
export const ORDER_PROBLEMS = [
  'INVALID_REQUEST',
  'SYMBOL_NOT_FOUND',
  'ORDERS_DISABLED',
  'ORDER_REFUSED',
  'ORDER_REJECTED',
  'ORDER_ID_REUSED',
  'ORDER_EQUAL_UNSETTLED',
  'ORDER_JOURNAL_FAILED',
] as const;
