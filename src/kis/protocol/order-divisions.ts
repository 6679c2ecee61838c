/**
 * The combinations of type, venue and session that KIS accepts, as data. Source: KIS portal, 주식주문(현금), list of ORD_DVSN
 * by venue; the codes 27 to 29 and 41 to 47 come from KIS's notice of 2026-09-09 (KRX after-market and NXT pre-market,
 * in force since 2026-09-14).
 */

export const ORDER_SIDES = ['buy', 'sell'] as const;
/** The side of an order: buy or sell. */
export type KisOrderSide = (typeof ORDER_SIDES)[number];

/** Kinds of orders; KIS portal, ORD_DVSN (주문구분). */
export const ORDER_TYPES = [
  'market',
  'limit',
  'conditional-limit',
  'best-limit',
  'priority-limit',
  'mid',
  'stop-limit',
  'pre-open-close',
  'after-close',
  'loo',
  'loc',
  'moo',
  'moc',
] as const;
/** How an order is priced; see {@link ORDER_TYPES}. */
export type KisOrderType = (typeof ORDER_TYPES)[number];

/** `gtp`: good till the end of the NXT pre-market (08:50 in Korea). */
export const TIMES_IN_FORCE = ['day', 'ioc', 'fok', 'gtp'] as const;
/** How long an order stays open; see {@link TIMES_IN_FORCE}. */
export type KisTimeInForce = (typeof TIMES_IN_FORCE)[number];

/** Where domestic orders go: KRX, Nextrade (NXT), or the better one (SOR, smart order routing). */
export const ORDER_VENUES = ['KRX', 'NXT', 'SOR'] as const;
/** Where a domestic order goes; see {@link ORDER_VENUES}. */
export type KisOrderVenue = (typeof ORDER_VENUES)[number];

/** `after`: the KRX or NXT after-market; `daytime`: the daytime session for US stocks in Korea (주간거래). */
export const ORDER_SESSIONS = ['regular', 'pre', 'after', 'daytime'] as const;
/** When an order is executed; see {@link ORDER_SESSIONS}. */
export type KisOrderSession = (typeof ORDER_SESSIONS)[number];

/** One code of ORD_DVSN, with the orders that it stands for. */
export interface OrderDivision {
  /** ORD_DVSN. */
  readonly code: string;
  readonly type: KisOrderType;
  readonly timeInForce: KisTimeInForce;
  /** Where KIS takes it, and in which sessions. */
  readonly sessions: Readonly<Partial<Record<KisOrderVenue, readonly KisOrderSession[]>>>;
  /** Whether ORD_UNPR is the price of the order; otherwise it is "0". */
  readonly priced: boolean;
  /** Whether it exists in mock trading (모의투자), where the only venue is KRX. */
  readonly mock: boolean;
}

const REGULAR = ['regular'] as const;
const ANY_SESSION_OF_NXT = ['regular', 'pre', 'after'] as const;
const EVERYWHERE = { KRX: REGULAR, NXT: ANY_SESSION_OF_NXT, SOR: REGULAR };
const NXT_AND_AFTERNOON = { KRX: REGULAR, NXT: ['regular', 'after'], SOR: REGULAR } as const;
const REGULAR_EVERYWHERE = { KRX: REGULAR, NXT: REGULAR, SOR: REGULAR };
const REGULAR_WITHOUT_SOR = { KRX: REGULAR, NXT: REGULAR };
const KRX_ONLY = { KRX: REGULAR };
const KRX_AFTER_MARKET = { KRX: ['after'] } as const;
const NXT_PRE_MARKET = { NXT: ['pre'] } as const;

type Row = readonly [
  code: string,
  type: KisOrderType,
  timeInForce: KisTimeInForce,
  sessions: OrderDivision['sessions'],
  price: 'priced' | 'unpriced',
  mode?: 'mock',
];

const ROWS: readonly Row[] = [
  ['00', 'limit', 'day', EVERYWHERE, 'priced', 'mock'],
  ['01', 'market', 'day', { KRX: REGULAR, SOR: REGULAR }, 'unpriced', 'mock'],
  ['02', 'conditional-limit', 'day', KRX_ONLY, 'priced', 'mock'],
  ['03', 'best-limit', 'day', EVERYWHERE, 'unpriced', 'mock'],
  ['04', 'priority-limit', 'day', EVERYWHERE, 'unpriced', 'mock'],
  ['05', 'pre-open-close', 'day', KRX_ONLY, 'unpriced'],
  ['06', 'after-close', 'day', KRX_ONLY, 'unpriced'],
  ['11', 'limit', 'ioc', NXT_AND_AFTERNOON, 'priced'],
  ['12', 'limit', 'fok', NXT_AND_AFTERNOON, 'priced'],
  ['13', 'market', 'ioc', REGULAR_EVERYWHERE, 'unpriced'],
  ['14', 'market', 'fok', REGULAR_EVERYWHERE, 'unpriced'],
  ['15', 'best-limit', 'ioc', REGULAR_EVERYWHERE, 'unpriced'],
  ['16', 'best-limit', 'fok', REGULAR_EVERYWHERE, 'unpriced'],
  ['21', 'mid', 'day', REGULAR_WITHOUT_SOR, 'unpriced'],
  ['22', 'stop-limit', 'day', REGULAR_WITHOUT_SOR, 'priced'],
  ['23', 'mid', 'ioc', REGULAR_WITHOUT_SOR, 'unpriced'],
  ['24', 'mid', 'fok', REGULAR_WITHOUT_SOR, 'unpriced'],
  ['27', 'limit', 'gtp', NXT_PRE_MARKET, 'priced'],
  ['28', 'best-limit', 'gtp', NXT_PRE_MARKET, 'unpriced'],
  ['29', 'priority-limit', 'gtp', NXT_PRE_MARKET, 'unpriced'],
  ['41', 'limit', 'day', KRX_AFTER_MARKET, 'priced'],
  ['42', 'limit', 'ioc', KRX_AFTER_MARKET, 'priced'],
  ['43', 'limit', 'fok', KRX_AFTER_MARKET, 'priced'],
  ['44', 'best-limit', 'day', KRX_AFTER_MARKET, 'unpriced'],
  ['45', 'best-limit', 'ioc', KRX_AFTER_MARKET, 'unpriced'],
  ['46', 'best-limit', 'fok', KRX_AFTER_MARKET, 'unpriced'],
  ['47', 'priority-limit', 'day', KRX_AFTER_MARKET, 'unpriced'],
];

/** All orders for domestic stocks (국내주식). 07 (시간외 단일가) ended on 2026-09-14. */
export const DOMESTIC_DIVISIONS: readonly OrderDivision[] = ROWS.map(
  ([code, type, timeInForce, sessions, price, mode]) => ({
    code,
    type,
    timeInForce,
    sessions,
    priced: price === 'priced',
    mock: mode === 'mock',
  }),
);

/** One code of ORD_DVSN for US stocks; KIS portal, 해외주식 주문. All of them are orders for the day. */
export interface UsOrderDivision {
  readonly code: string;
  readonly type: KisOrderType;
  /** KIS takes the orders without a price from sellers only. */
  readonly sides: readonly KisOrderSide[];
  readonly priced: boolean;
  readonly mock: boolean;
}

export const US_DIVISIONS: readonly UsOrderDivision[] = [
  { code: '00', type: 'limit', sides: ORDER_SIDES, priced: true, mock: true },
  { code: '32', type: 'loo', sides: ORDER_SIDES, priced: true, mock: false },
  { code: '34', type: 'loc', sides: ORDER_SIDES, priced: true, mock: false },
  { code: '31', type: 'moo', sides: ['sell'], priced: false, mock: false },
  { code: '33', type: 'moc', sides: ['sell'], priced: false, mock: false },
];
