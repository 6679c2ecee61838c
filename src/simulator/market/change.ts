import { percent } from '../decimal';

/** Sign of a change (전일 대비 부호): 1 upper limit, 2 up, 3 level, 4 lower limit, 5 down. */
export function signOf(
  change: number,
  limit: { readonly upper: number; readonly lower: number } | null = null,
  price = 0,
): string {
  if (limit && price >= limit.upper) return '1';
  if (limit && price <= limit.lower) return '4';
  if (change === 0) return '3';
  return change > 0 ? '2' : '5';
}

/** A change in percent of its base, with two decimals. */
export function rateOf(change: number, base: number): string {
  return percent(scaled(change), scaled(base), 2);
}

/** A price in ten-thousandths; prices have at most four decimals. */
function scaled(price: number): bigint {
  return BigInt(Math.round(price * 10_000));
}
