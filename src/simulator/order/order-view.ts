import { koreanTime } from '../korean-time';
import { type Order } from './order';
import { type OrderSettings } from './order-settings';
import { orderType } from './order-types';

/** What a list shows of an order: what was known at an earlier time, where lists lag behind. */
export interface OrderView {
  readonly order: Order;
  readonly filled: number;
  readonly amount: number;
  readonly remaining: number;
  readonly cancelled: number;
  readonly rejected: number;
  /** Whether it can still be filled, changed or cancelled. */
  readonly isOpen: boolean;
}

/** The orders that lists show at a time, in the order of their numbers. */
export function viewsOf(
  orders: readonly Order[],
  settings: Readonly<OrderSettings>,
  now: number,
): OrderView[] {
  const asOf = now - settings.orderListLagMs;
  return orders.filter(({ facts }) => facts.at <= asOf).map((order) => viewOf(order, settings, asOf));
}

function viewOf(order: Order, { expiredRemainder }: Readonly<OrderSettings>, asOf: number): OrderView {
  const expired = order.count('expired', asOf);
  const staysOpen = expiredRemainder === 'open';
  const remaining = order.remaining(asOf);
  return {
    order,
    filled: order.count('filled', asOf),
    amount: order.amount(asOf),
    remaining: remaining + (staysOpen ? expired : 0),
    cancelled: order.count('cancelled', asOf) + (staysOpen ? 0 : expired),
    rejected: order.count('rejected', asOf),
    isOpen: remaining > 0,
  };
}

/** SLL_BUY_DVSN_CD: 01 sell, 02 buy. */
export function sideCode({ facts }: Order): string {
  return facts.side === 'sell' ? '01' : '02';
}

/** "현금매수", "매도정정*" and the like. */
export function sideName({ facts }: Order): string {
  const side = facts.side === 'sell' ? '매도' : '매수';
  return { new: `현금${side}`, modify: `${side}정정*`, cancel: `${side}취소*` }[facts.action];
}

function typeName({ facts }: Order): string {
  return orderType(facts.type)?.name ?? '';
}

/** Numbers and names that all lists of domestic orders share. */
export function commonFields({ order, filled, amount }: OrderView): Record<string, string> {
  const { facts } = order;
  return {
    ord_gno_brno: order.branch,
    odno: order.number,
    orgn_odno: facts.original?.number ?? '',
    ord_dvsn_name: typeName(order),
    pdno: facts.stock.symbol,
    prdt_name: facts.stock.name,
    ord_qty: String(facts.quantity),
    ord_unpr: String(facts.price),
    ord_tmd: koreanTime(facts.at),
    tot_ccld_qty: String(filled),
    tot_ccld_amt: String(amount),
    sll_buy_dvsn_cd: sideCode(order),
    ord_dvsn_cd: facts.type,
    stpm_cndt_pric: String(facts.trigger),
  };
}

/** Average price of the fills, with decimals only where it has some. */
export function averageOf({ filled, amount }: Pick<OrderView, 'filled' | 'amount'>): string {
  return filled === 0 ? '0' : String(Number((amount / filled).toFixed(4)));
}
