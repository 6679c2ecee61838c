import type { ListedOrder } from '../../../src/kis/order/list/listed-order';
import type { OrderRecord } from '../../../src/kis/order/journal/order-record';

/** For specs: an order of ten shares at 70,000 won, as it stands in the journal when it is about to be sent. */
export function orderRecord(change: Partial<OrderRecord> = {}): OrderRecord {
  return {
    account: 'account',
    day: '2026-11-27',
    clientOrderId: 'order',
    action: 'place',
    intent: {
      market: 'domestic',
      symbol: '005930',
      side: 'buy',
      type: 'limit',
      timeInForce: 'day',
      venue: 'KRX',
      session: 'regular',
      quantity: '10',
      price: '70000',
      triggerPrice: null,
      division: '00',
    },
    target: null,
    amount: '700000',
    program: null,
    outcome: 'sending',
    orderNumber: null,
    branch: null,
    kis: null,
    createdAt: Date.parse('2026-11-27T10:00:00.400+09:00'),
    updatedAt: Date.parse('2026-11-27T10:00:00.400+09:00'),
    sendingUntil: Date.parse('2026-11-27T10:00:12.400+09:00'),
    before: [],
    absentSince: null,
    absentLooks: 0,
    version: 1,
    ...change,
  };
}

/** For specs: that order in KIS's list. */
export function listedOrder(change: Partial<ListedOrder> = {}): ListedOrder {
  return {
    day: '2026-11-27',
    orderNumber: '0000000117',
    originalNumber: null,
    branch: '06010',
    symbol: '005930',
    name: '삼성전자',
    side: 'buy',
    division: '00',
    venue: 'KRX',
    quantity: '10',
    price: '70000',
    filledQuantity: '0',
    averageFillPrice: null,
    cancelledQuantity: '0',
    rejectedQuantity: '0',
    openQuantity: '10',
    placedAt: Date.parse('2026-11-27T10:00:00+09:00'),
    cancellation: false,
    ...change,
  };
}
