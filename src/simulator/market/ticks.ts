/** The kinds of listed securities, which have different tick sizes: shares, and funds and notes (ETF, ETN). */
export type ListingKind = 'stock' | 'etf' | 'etn';

/** Steps of prices (호가단위) of shares at the Korea Exchange since 2023-01-25: below the first, the second. */
const STEPS: readonly (readonly [below: number, step: number])[] = [
  [2_000, 1],
  [5_000, 5],
  [20_000, 10],
  [50_000, 50],
  [200_000, 100],
  [500_000, 500],
];
const LARGEST_STEP = 1_000;
/** Of ETF and ETN since December 2023. */
const FUND_STEPS_FROM = 2_000;
const FUND_STEP = 5;

/** How far a price may be from its base, in hundredths. */
const LIMIT_PERCENT = 30;

export function tickSize(price: number, kind: ListingKind = 'stock'): number {
  if (kind !== 'stock') return price < FUND_STEPS_FROM ? 1 : FUND_STEP;
  return STEPS.find(([below]) => price < below)?.[1] ?? LARGEST_STEP;
}

export function isOnTick(price: number, kind: ListingKind = 'stock'): boolean {
  return price % tickSize(price, kind) === 0;
}

/** The tradable price next to this one. */
export function onTick(price: number, kind: ListingKind = 'stock'): number {
  return inTicks(price, Math.round, kind);
}

/** One step up from a price that is on a tick. */
export function tickUp(price: number, kind: ListingKind = 'stock'): number {
  return price + tickSize(price, kind);
}

/** One step down: just below a border of the table the smaller step counts. */
export function tickDown(price: number, kind: ListingKind = 'stock'): number {
  return price - tickSize(price - 1, kind);
}

/**
 * Width of the day's band (rstc_wdth_prc): 30 percent of the base, floored to its tick. The portal's example
 * has base 128,500, limits 167,000 and 90,000, width 38,500.
 */
export function limitWidth(base: number, kind: ListingKind = 'stock'): number {
  const tick = tickSize(base, kind);
  return Math.floor((base * LIMIT_PERCENT) / 100 / tick) * tick;
}

/** The highest price of the day (상한가). */
export function upperLimit(base: number, kind: ListingKind = 'stock'): number {
  return inTicks(base + limitWidth(base, kind), Math.floor, kind);
}

/** The lowest price of the day (하한가). */
export function lowerLimit(base: number, kind: ListingKind = 'stock'): number {
  return inTicks(base - limitWidth(base, kind), Math.ceil, kind);
}

function inTicks(price: number, toWhole: (ticks: number) => number, kind: ListingKind): number {
  const tick = tickSize(price, kind);
  return toWhole(price / tick) * tick;
}
