/**
 * How people write a domestic stock: six characters (`005930`, `00104K`), after a Q for an ETN, or after the A that the
 * exchange puts before stocks (`A005930`).
 */
export const DOMESTIC_SYMBOL = /^(?:A?([0-9A-Z]{6})|(Q[0-9A-Z]{6}))$/;

/** A price as KIS takes it (ORD_UNPR, at most 19 characters): digits, without a sign or separators. */
export const PRICE = /^\d{1,19}$/;

const ACCOUNT_NUMBER = /^(\d{8})(?:-?(\d{2}))?$/;

/** A {@link DOMESTIC_SYMBOL} as KIS takes it, without the A (KIS portal, 주식현재가 시세); `null` for any other text. */
export function domesticSymbol(text: string): string | null {
  const match = DOMESTIC_SYMBOL.exec(text);
  return match?.[1] ?? match?.[2] ?? null;
}

/**
 * The two parts of an account number, which people write as `12345678`, `12345678-01` or `1234567801`; the product code
 * is `null` where it is left out. `null` for a text that is no account number.
 */
export function accountNumberParts(text: string): { number: string; productCode: string | null } | null {
  const match = ACCOUNT_NUMBER.exec(text);
  return match?.[1] === undefined ? null : { number: match[1], productCode: match[2] ?? null };
}

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
