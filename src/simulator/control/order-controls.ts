import { type Brokerage } from '../brokerage';
import { type IncomingCall } from '../message';
import { type Order } from '../order/order';
import { maskedAccount } from '../secrecy';
import { BadControlError, type Control, ROOT, membersOf } from './control';

/** Controls of orders. */
export const ORDER_CONTROLS: readonly Control[] = [
  {
    method: 'GET',
    path: `${ROOT}/orders`,
    words: 'every order that reached the book, in order, with what became of it',
    run: listOrders,
  },
  {
    method: 'POST',
    path: `${ROOT}/orders/fill`,
    words:
      'fill an order: {"orderNumber": "0000000001", "quantity": 3, "price": 70000}; by default all of it, at its own price',
    run: fillOrder,
  },
  {
    method: 'POST',
    path: `${ROOT}/orders/reject`,
    words: 'have the exchange reject what is left of an order: {"orderNumber": "0000000001"}',
    run: rejectOrder,
  },
];

/** GET /__sim/orders */
function listOrders(call: IncomingCall, { orders, matching }: Brokerage): object {
  matching.advance(call.at);
  return {
    count: orders.all.length,
    orders: orders.reports.map((order) => ({
      ...order,
      at: new Date(order.at).toISOString(),
      accountNumber: maskedAccount(order.accountNumber),
    })),
  };
}

/** POST /__sim/orders/fill */
function fillOrder(call: IncomingCall, brokerage: Brokerage): object {
  const members = membersOf(call);
  brokerage.matching.advance(call.at);
  const order = orderOf(members, brokerage);
  const quantity = numberOf(members, 'quantity') ?? order.remaining();
  const price =
    numberOf(members, 'price') ?? (order.facts.price || brokerage.market.price(order.facts.stock, call.at));
  if (quantity === 0 || !brokerage.matching.fill(order, { quantity, price }, call.at)) {
    throw new BadControlError(`The order has ${order.remaining()} shares left to fill, not ${quantity}.`);
  }
  return { orderNumber: order.number, filled: order.count('filled'), remaining: order.remaining() };
}

/** POST /__sim/orders/reject */
function rejectOrder(call: IncomingCall, brokerage: Brokerage): object {
  const order = orderOf(membersOf(call), brokerage);
  if (!brokerage.matching.reject(order, call.at)) {
    throw new BadControlError('Nothing is left of the order.');
  }
  return { orderNumber: order.number, rejected: order.count('rejected') };
}

/** The newest order of that number: another branch or day can have the same. */
function orderOf({ orderNumber }: Record<string, unknown>, { orders }: Brokerage): Order {
  if (typeof orderNumber !== 'string') throw new BadControlError('Give {"orderNumber": "0000000001"}.');
  const order = orders.all.findLast(({ number }) => number === orderNumber.padStart(10, '0'));
  if (!order) throw new BadControlError(`There is no order ${orderNumber}.`);
  return order;
}

function numberOf(members: Record<string, unknown>, name: string): number | null {
  const value = members[name];
  if (value === undefined) return null;
  if (typeof value !== 'number' || !(value > 0))
    throw new BadControlError(`"${name}" must be a number above 0.`);
  return value;
}
