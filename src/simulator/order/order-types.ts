/** Where a domestic order may go: KRX, Nextrade, or whichever KIS finds better (Smart Order Routing). */
export type KoreanExchange = 'KRX' | 'NXT' | 'SOR';

/** How an order finds its price. */
export type Pricing =
  | 'limit'
  | 'market'
  /** Limit order that becomes a market order in the closing auction. */
  | 'conditional'
  /** The best price of the other side at arrival (최유리). */
  | 'bestOpposite'
  /** The best price of its own side at arrival (최우선). */
  | 'bestOwn'
  /** Between best bid and best ask. */
  | 'mid'
  /** Limit order that sleeps until a price is reached. */
  | 'stopLimit'
  | 'previousClose'
  | 'close';

export interface OrderType {
  readonly code: string;
  readonly name: string;
  readonly pricing: Pricing;
  /** What cannot be filled at once is cancelled: the rest (IOC), or all of it (FOK). */
  readonly immediate: 'IOC' | 'FOK' | null;
  readonly exchanges: readonly KoreanExchange[];
  /** Session that it belongs to; `any` follows the exchange's. */
  readonly session: 'any' | 'preClose' | 'atClose' | 'singlePrice' | 'preMarket' | 'afterMarket';
}

const ALL: readonly KoreanExchange[] = ['KRX', 'NXT', 'SOR'];
const BOTH: readonly KoreanExchange[] = ['KRX', 'NXT'];
const KRX: readonly KoreanExchange[] = ['KRX'];
const NXT: readonly KoreanExchange[] = ['NXT'];
const KRX_AND_SOR: readonly KoreanExchange[] = ['KRX', 'SOR'];

/**
 * ORD_DVSN (KIS portal, 주식주문(현금); 27 to 29 and 41 to 47 from the notice of 2026-09-09).
 * Columns: code, name, pricing, immediate, exchanges, session.
 */
export const ORDER_TYPES: readonly OrderType[] = [
  type('00', '지정가', 'limit', null, ALL),
  type('01', '시장가', 'market', null, KRX_AND_SOR),
  type('02', '조건부지정가', 'conditional', null, KRX),
  type('03', '최유리지정가', 'bestOpposite', null, ALL),
  type('04', '최우선지정가', 'bestOwn', null, ALL),
  type('05', '장전시간외', 'previousClose', null, KRX, 'preClose'),
  type('06', '장후시간외', 'close', null, KRX, 'atClose'),
  type('07', '시간외단일가', 'limit', null, KRX, 'singlePrice'),
  type('11', 'IOC지정가', 'limit', 'IOC', ALL),
  type('12', 'FOK지정가', 'limit', 'FOK', ALL),
  type('13', 'IOC시장가', 'market', 'IOC', ALL),
  type('14', 'FOK시장가', 'market', 'FOK', ALL),
  type('15', 'IOC최유리', 'bestOpposite', 'IOC', ALL),
  type('16', 'FOK최유리', 'bestOpposite', 'FOK', ALL),
  type('21', '중간가', 'mid', null, BOTH),
  type('22', '스톱지정가', 'stopLimit', null, BOTH),
  type('23', '중간가IOC', 'mid', 'IOC', BOTH),
  type('24', '중간가FOK', 'mid', 'FOK', BOTH),
  type('27', 'GTP지정가', 'limit', null, NXT, 'preMarket'),
  type('28', 'GTP최유리', 'bestOpposite', null, NXT, 'preMarket'),
  type('29', 'GTP최우선', 'bestOwn', null, NXT, 'preMarket'),
  type('41', '애프터지정가', 'limit', null, KRX, 'afterMarket'),
  type('42', '애프터IOC지정가', 'limit', 'IOC', KRX, 'afterMarket'),
  type('43', '애프터FOK지정가', 'limit', 'FOK', KRX, 'afterMarket'),
  type('44', '애프터최유리', 'bestOpposite', null, KRX, 'afterMarket'),
  type('45', '애프터IOC최유리', 'bestOpposite', 'IOC', KRX, 'afterMarket'),
  type('46', '애프터FOK최유리', 'bestOpposite', 'FOK', KRX, 'afterMarket'),
  type('47', '애프터최우선', 'bestOwn', null, KRX, 'afterMarket'),
];

/** The only ones of the mock host (python-kis, pykis/api/account/order.py). */
export const MOCK_TYPES = ['00', '01', '02', '03', '04'];

const BY_CODE = new Map(ORDER_TYPES.map((known) => [known.code, known]));

export function orderType(code: string): OrderType | undefined {
  return BY_CODE.get(code);
}

/** Whether the client names a price. */
export function hasPrice({ pricing }: OrderType): boolean {
  return pricing === 'limit' || pricing === 'conditional' || pricing === 'stopLimit';
}

function type(
  code: string,
  name: string,
  pricing: Pricing,
  immediate: OrderType['immediate'],
  exchanges: readonly KoreanExchange[],
  session: OrderType['session'] = 'any',
): OrderType {
  return { code, name, pricing, immediate, exchanges, session };
}
