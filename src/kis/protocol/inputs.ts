/** Six characters of a domestic stock (`005930`, `00104K`), after a Q for an ETN; KIS portal, 주식현재가 시세. */
export const DOMESTIC_SYMBOL = /^Q?[0-9A-Z]{6}$/;

/** A price as KIS takes it (ORD_UNPR, at most 19 characters): digits, without a sign or separators. */
export const PRICE = /^\d{1,19}$/;

/**
 * Exchanges of the overseas balance; KIS portal, 해외주식 잔고. In REAL trading `NASD` means all of the USA and `NAS` is
 * Nasdaq alone; in MOCK trading `NASD` is Nasdaq alone and `NAS` does not exist.
 */
export const OVERSEAS_EXCHANGES: ReadonlySet<string> = new Set([
  'NASD',
  'NAS',
  'NYSE',
  'AMEX',
  'SEHK',
  'SHAA',
  'SZAA',
  'TKSE',
  'HASE',
  'VNSE',
]);

/** Currencies of the overseas balance; KIS portal, 해외주식 잔고. */
export const OVERSEAS_CURRENCIES: ReadonlySet<string> = new Set(['USD', 'HKD', 'CNY', 'JPY', 'VND']);
