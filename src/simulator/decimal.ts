/**
 * `numerator / denominator` as KIS prints numbers: a string with exactly `decimals` decimals, rounded half away from
 * zero. A denominator of zero gives zero.
 */
export function quotient(numerator: bigint, denominator: bigint, decimals: number): string {
  if (denominator === 0n) return quotient(0n, 1n, decimals);
  const negative = numerator < 0n !== denominator < 0n;
  const divisor = abs(denominator);
  const rounded = (abs(numerator) * 10n ** BigInt(decimals) * 2n + divisor) / (divisor * 2n);
  const digits = rounded.toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative && rounded !== 0n ? `-${text}` : text;
}

/** `part` as percent of `whole`, with so many decimals. */
export function percent(part: bigint, whole: bigint, decimals: number): string {
  return quotient(part * 100n, whole, decimals);
}

/** The sum of one figure of many rows. */
export function total<Row>(rows: readonly Row[], figure: (row: Row) => bigint): bigint {
  return rows.reduce((sum, row) => sum + figure(row), 0n);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
