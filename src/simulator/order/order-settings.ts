import { MANY, type Rules, TEN_MINUTES_MS, chance, flag, nullOr, oneOf, whole } from '../settings-rules';

/** What can go wrong with the answer of an order. */
export type OrderFault =
  /** The connection is destroyed without an answer. */
  | 'drop'
  /** The answer never comes. */
  | 'hang'
  /** Half of the answer comes, then the connection is destroyed. */
  | 'truncated'
  /** 502 with the HTML page of a proxy. */
  | 'html502'
  /** A timeout inside KIS: HTTP 500 and "check the last transaction". */
  | 'EGW00301'
  | 'EGW00302'
  /** `rt_cd` 0 without an order number. */
  | 'noNumber';

/** Settings of orders, their fills and their lists. */
export interface OrderSettings {
  /** What happens to the answers of order calls. */
  orderFault: OrderFault | null;
  /** Whether an order with `orderFault` reaches the book all the same. */
  orderFaultReaches: boolean;
  /** This many further order calls have `orderFault`; null: all of them. Counts down. */
  orderFaultNext: number | null;
  /** Which order calls `orderFault` is for. */
  orderFaultOn: 'all' | 'new' | 'change';
  /** Additional delay of the answers of order calls. The work is done at once. */
  orderLatencyMs: number;
  /** Orders reach the book this much later than they are answered. */
  orderReachesAfterMs: number;

  /** `book`: what the book offers, as it moves; `instant`: all at once, as soon as the price is right; `manual`: by a control only. */
  fills: 'book' | 'instant' | 'manual';
  /** Part of each level of the book that one order may take. */
  fillShare: number;
  /** Most shares of one fill; null: no limit. With `fills: book` an order then fills step by step. */
  largestFill: number | null;

  /** Lists show orders, fills and cancellations this late. */
  orderListLagMs: number;
  /**
   * Whether the day's list has the names of the portal's table (`cnc_cfrm_qty`, `excg_id_dvsn_Cd`) instead of those
   * seen live.
   */
  portalOrderNames: boolean;
  /** Whether modifications and cancellations are answered with lower-case keys, as in the portal's table. */
  lowerCaseRevisions: boolean;
  /** How lists show what is left of an order at the end of its session: still as `rmn_qty`, or as cancelled. */
  expiredRemainder: 'open' | 'cancelled';
  /** ORD_UNPR of 44 to 47, which is not documented: "0", a price, or either. */
  afterMarketPrice: 'zero' | 'price' | 'either';
  /** Whether 41 to 47 may be sent by SOR. */
  afterMarketBySor: boolean;

  /** The id of sales in the United States in mock trading; the portal names both. */
  mockAmericanSale: '1001' | '1006';
  /** The id of cancellations in Shenzhen; python-kis uses another than the portal's. */
  shenzhenRevision: '0306' | '0302';
  /** The mock host lists open overseas orders; the portal says it does not. */
  mockOverseasOpenOrders: boolean;
  /** How the mock host treats filters in the list of overseas orders, which it does not support. */
  mockListFilters: 'refused' | 'ignored';
}

export const ORDER_DEFAULTS: Readonly<OrderSettings> = {
  orderFault: null,
  orderFaultReaches: true,
  orderFaultNext: null,
  orderFaultOn: 'all',
  orderLatencyMs: 0,
  orderReachesAfterMs: 0,
  fills: 'book',
  fillShare: 1,
  largestFill: null,
  orderListLagMs: 0,
  portalOrderNames: false,
  lowerCaseRevisions: false,
  expiredRemainder: 'open',
  afterMarketPrice: 'either',
  afterMarketBySor: false,
  mockAmericanSale: '1001',
  shenzhenRevision: '0306',
  mockOverseasOpenOrders: false,
  mockListFilters: 'refused',
};

export const ORDER_RULES: Rules<OrderSettings> = {
  orderFault: oneOf(null, 'drop', 'hang', 'truncated', 'html502', 'EGW00301', 'EGW00302', 'noNumber'),
  orderFaultReaches: flag,
  orderFaultNext: nullOr(whole(0, MANY)),
  orderFaultOn: oneOf('all', 'new', 'change'),
  orderLatencyMs: whole(0, TEN_MINUTES_MS),
  orderReachesAfterMs: whole(0, TEN_MINUTES_MS),
  fills: oneOf('book', 'instant', 'manual'),
  fillShare: chance,
  largestFill: nullOr(whole(1, MANY)),
  orderListLagMs: whole(0, TEN_MINUTES_MS),
  portalOrderNames: flag,
  lowerCaseRevisions: flag,
  expiredRemainder: oneOf('open', 'cancelled'),
  afterMarketPrice: oneOf('zero', 'price', 'either'),
  afterMarketBySor: flag,
  mockAmericanSale: oneOf('1001', '1006'),
  shenzhenRevision: oneOf('0306', '0302'),
  mockOverseasOpenOrders: flag,
  mockListFilters: oneOf('refused', 'ignored'),
};
