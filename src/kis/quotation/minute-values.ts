import { midnightOf } from '../protocol/market-time';
import type { PlacedCandle } from './candle';

const WHOLE = /^\d+$/;

/**
 * Converts the running totals of the day that KIS sends (누적 거래대금) into the value of each minute.
 *
 * @param minutes oldest first, with the running total as `value`.
 * @param beginsTheDay whether the first of them is the first minute of its day.
 */
export function valuesOfMinutes(minutes: readonly PlacedCandle[], beginsTheDay: boolean): PlacedCandle[] {
  return minutes.map(({ at, candle }, index) => {
    const earlier = minutes[index - 1];
    const isSameDay = earlier && midnightOf(earlier.at) === midnightOf(at);
    // A day that begins within the list begins with its first minute.
    const before = isSameDay ? earlier.candle.value : earlier || beginsTheDay ? '0' : null;
    return { at, candle: { ...candle, value: difference(candle.value, before) } };
  });
}

function difference(total: string | null, before: string | null): string | null {
  if (total === null || before === null || !WHOLE.test(total) || !WHOLE.test(before)) return null;
  const traded = BigInt(total) - BigInt(before);
  return traded < 0n ? null : traded.toString();
}
