/** Where a domestic price comes from: KRX, Nextrade, or both together. */
export type KisVenue = 'KRX' | 'NXT' | 'ALL';

/** FID_COND_MRKT_DIV_CODE of the quotation calls (KIS portal, 주식현재가 호가/예상체결). */
export const VENUE_CODES: Readonly<Record<KisVenue, string>> = { KRX: 'J', NXT: 'NX', ALL: 'UN' };

/**
 * EXCD of the overseas quotation calls (KIS portal, 해외주식 현재체결가), with the time zone in which each trades,
 * and its PRDT_TYPE_CD (상품기본조회, 해외결제일자조회).
 */
export const QUOTED_EXCHANGES = {
  NAS: { zone: 'America/New_York', currency: 'USD', productType: '512' },
  NYS: { zone: 'America/New_York', currency: 'USD', productType: '513' },
  AMS: { zone: 'America/New_York', currency: 'USD', productType: '529' },
  HKS: { zone: 'Asia/Hong_Kong', currency: 'HKD', productType: '501' },
  SHS: { zone: 'Asia/Shanghai', currency: 'CNY', productType: '551' },
  SZS: { zone: 'Asia/Shanghai', currency: 'CNY', productType: '552' },
  TSE: { zone: 'Asia/Tokyo', currency: 'JPY', productType: '515' },
  HNX: { zone: 'Asia/Ho_Chi_Minh', currency: 'VND', productType: '507' },
  HSX: { zone: 'Asia/Ho_Chi_Minh', currency: 'VND', productType: '508' },
} as const;

export type KisQuotedExchange = keyof typeof QUOTED_EXCHANGES;

export const KOREAN_ZONE = 'Asia/Seoul';

/** `NAS:AAPL`; SYMB has at most 16 characters (KIS portal). */
const OVERSEAS_SYMBOL = /^([A-Z]{3}):([0-9A-Z][0-9A-Z./ -]{0,15})$/;

/** The parts of a symbol such as `NAS:AAPL`; `null` for any other text and for exchanges that KIS does not quote. */
export function overseasSymbol(text: string): { exchange: KisQuotedExchange; symbol: string } | null {
  const [, exchange = '', symbol = ''] = OVERSEAS_SYMBOL.exec(text) ?? [];
  return isQuotedExchange(exchange) ? { exchange, symbol } : null;
}

function isQuotedExchange(code: string): code is KisQuotedExchange {
  return Object.hasOwn(QUOTED_EXCHANGES, code);
}
