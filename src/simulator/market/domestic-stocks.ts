import { dayOf } from './days';
import {
  ENGLISH_NAMES,
  ETF,
  ETN,
  KONEX,
  KOSDAQ,
  KOSPI,
  LISTED_ON,
  type ListingRow,
  SPLITS,
} from './domestic-listing';
import { type Instrument } from './instrument';
import { fingerprint } from './noise';
import { KOREA } from './places';
import { type ListingKind, onTick } from './ticks';

/** A stock, fund or note listed in Korea. */
export interface DomesticStock extends Instrument {
  /** Short code: six digits, of a note (ETN) a Q before them. */
  readonly symbol: string;
  readonly name: string;
  readonly englishName: string;
  /** Standard code (ISIN). */
  readonly standardCode: string;
  readonly market: 'KOSPI' | 'KOSDAQ' | 'KONEX';
  readonly kind: ListingKind;
  /** Whether it is traded at Nextrade (NXT) as well. */
  readonly isAtNextrade: boolean;
  /** The last split of its shares: before this day unadjusted prices are higher by the factor. */
  readonly split: { readonly day: number; readonly factor: number } | null;
}

/** The first days with prices in the simulator. */
const FIRST_DAYS = { KOSPI: '19900103', KOSDAQ: '19960701', KONEX: '20130701' };

/** The most stocks that the simulated account can hold: three pages at the real host. */
export const LARGEST_HOLDINGS = 110;

/** The most rows of stocks sold today. */
export const LARGEST_SOLD_OUT = 20;

/** Nextrade trades some eight hundred large stocks, no funds. */
const AT_NEXTRADE = { KOSPI: 100, KOSDAQ: 10 };

/** Every stock of the simulator; an account holds the first ones. */
export const DOMESTIC_STOCKS: readonly DomesticStock[] = [
  ...KOSPI.map((row, index) => stockOf(row, 'KOSPI', 'stock', index < AT_NEXTRADE.KOSPI)),
  ...KOSDAQ.map((row, index) => stockOf(row, 'KOSDAQ', 'stock', index < AT_NEXTRADE.KOSDAQ)),
  ...KONEX.map((row) => stockOf(row, 'KONEX', 'stock', false)),
  ...ETF.map((row) => stockOf(row, 'KOSPI', 'etf', false)),
  ...ETN.map((row) => stockOf(row, 'KOSPI', 'etn', false)),
];

const BY_SYMBOL = new Map(DOMESTIC_STOCKS.map((stock) => [stock.symbol, stock]));

export function domesticStock(symbol: string): DomesticStock | undefined {
  return BY_SYMBOL.get(symbol);
}

function stockOf(
  [symbol, name, basePrice]: ListingRow,
  market: DomesticStock['market'],
  kind: ListingKind,
  isAtNextrade: boolean,
): DomesticStock {
  const split = SPLITS[symbol];
  return {
    symbol,
    name,
    englishName: ENGLISH_NAMES[symbol] ?? `Korean Stock ${symbol}`,
    standardCode: standardCode(symbol, kind),
    market,
    kind,
    isAtNextrade,
    basePrice,
    key: fingerprint(`KRX ${symbol}`),
    place: KOREA,
    listedOn: dayOf(LISTED_ON[symbol] ?? FIRST_DAYS[market]) ?? 0,
    split: split ? { day: dayOf(split.on) ?? 0, factor: split.factor } : null,
    round: (price) => onTick(price, kind),
  };
}

/** ISIN of a Korean share (KR7), or of a note (KRG): nine characters, two zeros, and a check digit. */
function standardCode(symbol: string, kind: ListingKind): string {
  const body = kind === 'etn' ? `KRG${symbol.slice(1)}00` : `KR7${symbol}00`;
  return `${body}${checkDigit(body)}`;
}

/** Letters count as two digits (A is 10), then Luhn's rule. */
function checkDigit(body: string): number {
  const digits = Array.from(body, (character) => parseInt(character, 36).toString()).join('');
  const sum = Array.from(digits, Number)
    .reverse()
    .map((digit, index) => (index % 2 === 0 ? digit * 2 : digit))
    .reduce((total, value) => total + Math.floor(value / 10) + (value % 10), 0);
  return (10 - (sum % 10)) % 10;
}
