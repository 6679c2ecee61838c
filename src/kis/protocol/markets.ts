/** Where a domestic price comes from: KRX, Nextrade, or both together. */
export type KisVenue = 'KRX' | 'NXT' | 'ALL';

/** FID_COND_MRKT_DIV_CODE of the quotation calls (KIS portal, 주식현재가 호가/예상체결). */
export const VENUE_CODES: Readonly<Record<KisVenue, string>> = { KRX: 'J', NXT: 'NX', ALL: 'UN' };

/** EXCD of the overseas quotation calls (KIS portal, 해외주식 현재체결가), with the time zone in which each trades. */
export const QUOTED_EXCHANGES = {
  NAS: { zone: 'America/New_York', currency: 'USD' },
  NYS: { zone: 'America/New_York', currency: 'USD' },
  AMS: { zone: 'America/New_York', currency: 'USD' },
  HKS: { zone: 'Asia/Hong_Kong', currency: 'HKD' },
  SHS: { zone: 'Asia/Shanghai', currency: 'CNY' },
  SZS: { zone: 'Asia/Shanghai', currency: 'CNY' },
  TSE: { zone: 'Asia/Tokyo', currency: 'JPY' },
  HNX: { zone: 'Asia/Ho_Chi_Minh', currency: 'VND' },
  HSX: { zone: 'Asia/Ho_Chi_Minh', currency: 'VND' },
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
