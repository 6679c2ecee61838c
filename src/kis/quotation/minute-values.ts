import { midnightOf } from '../protocol/local-time';
import type { PlacedCandle } from './candle';

const WHOLE = /^\d+$/;

/**
 * What was traded in each minute, from the running totals of the day that KIS sends (누적 거래대금).
 *
 * @param minutes oldest first, `value` being the total; the first of them may be any minute of its day.
 */
export function valuesOfMinutes(minutes: readonly PlacedCandle[]): PlacedCandle[] {
  return minutes.map(({ at, candle }, index) => {
    const earlier = minutes[index - 1];
    const isSameDay = earlier && midnightOf(earlier.at) === midnightOf(at);
    // The minute before the first one is not known; a day that begins within the list begins with its first minute.
    const before = isSameDay ? earlier.candle.value : earlier ? '0' : null;
    return { at, candle: { ...candle, value: difference(candle.value, before) } };
  });
}

function difference(total: string | null, before: string | null): string | null {
  if (total === null || before === null || !WHOLE.test(total) || !WHOLE.test(before)) return null;
  const traded = BigInt(total) - BigInt(before);
  return traded < 0n ? null : traded.toString();
}
