import { scaled, unscaled } from '../decimal-text';

/**
 * The tick size at a price. Ticks of stocks depend on the price. A fund (ETF, ETN) is recognized by a tick at its current
 * price that a stock would not have; its tick is the same at all prices from 2,000 won.
 */
export function tickAt(price: string, { tick, currentPrice }: PriceRules): string {
  const byStock = stockTick(wholeWon(currentPrice));
  if (BigInt(tick) !== byStock) return wholeWon(price) < 2_000n ? '1' : tick;
  return stockTick(wholeWon(price)).toString();
}

/** The valid prices within the limits nearest to `price`, the lower one first; only `price` if it is valid itself. */
export function nearestPrices(price: string, rules: PriceRules): readonly string[] {
  const tick = scaled(tickAt(price, rules));
  const lower = scaled(rules.lowerLimit);
  const upper = scaled(rules.upperLimit);
  const wanted = scaled(price);
  if (wanted < lower) return [rules.lowerLimit];
  if (wanted > upper) return [rules.upperLimit];
  const below = wanted - (wanted % tick);
  if (below === wanted) return [price];
  return [below, below + tick].filter((each) => each >= lower && each <= upper).map(unscaled);
}

function stockTick(won: bigint): bigint {
  return STOCK_TICKS.find(([below]) => won < below)?.[1] ?? LARGEST_STOCK_TICK;
}

function wholeWon(text: string): bigint {
  return BigInt(text.split('.')[0] ?? '0');
}

/** The price data of a stock on which its valid prices depend: KIS's `aspr_unit`, `stck_prpr`, `stck_llam`, `stck_mxpr`. */
export interface PriceRules {
  /** Tick at the current price, in won. */
  readonly tick: string;
  readonly currentPrice: string;
  readonly lowerLimit: string;
  readonly upperLimit: string;
}

/** Tick sizes of stocks at KRX and NXT by price in won, KOSPI and KOSDAQ alike since 2023-01-25. */
const STOCK_TICKS: readonly (readonly [below: bigint, tick: bigint])[] = [
  [2_000n, 1n],
  [5_000n, 5n],
  [20_000n, 10n],
  [50_000n, 50n],
  [200_000n, 100n],
  [500_000n, 500n],
];
const LARGEST_STOCK_TICK = 1_000n;
