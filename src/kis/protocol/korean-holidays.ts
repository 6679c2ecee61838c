import { DAY_MS, isWeekend } from './market-time';

/**
 * Days of every year on which the Korea Exchange is closed whatever else is decided, as MMDD: public holidays with a
 * fixed date, and Labour Day. Lunar holidays, substitute holidays and elections are not included; only KIS knows those.
 */
const FIXED = new Set(['0101', '0301', '0501', '0505', '0606', '0815', '1003', '1009', '1225']);

/** Whether the Korea Exchange is certainly closed on a day: weekends, fixed holidays, the last weekday of the year. */
export function isSurelyClosedInKorea(midnightMs: number): boolean {
  if (isWeekend(midnightMs)) return true;
  const monthAndDay = new Date(midnightMs).toISOString().slice(5, 10).replace('-', '');
  return FIXED.has(monthAndDay) || isLastWeekdayOfYear(midnightMs);
}

/** The exchange closes the year with a day of its own (KRX trading calendar). */
function isLastWeekdayOfYear(midnightMs: number): boolean {
  let last = Date.UTC(new Date(midnightMs).getUTCFullYear(), 11, 31);
  while (isWeekend(last)) last -= DAY_MS;
  return midnightMs === last;
}
