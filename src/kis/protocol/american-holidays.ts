import { DAY_MS, isoDate, isWeekend } from './market-time';

const SUNDAY = 0;
const MONDAY = 1;
const THURSDAY = 4;
const SATURDAY = 6;

/** Closures outside the rules, as announced by the exchanges: days of mourning. */
const EXTRAORDINARY = new Set(['2018-12-05', '2025-01-09']);

/** What the exchanges of the United States call a holiday of theirs (NYSE rule 7.2); `null` for any other day. */
export function americanHoliday(midnightMs: number): string | null {
  const year = new Date(midnightMs).getUTCFullYear();
  if (EXTRAORDINARY.has(isoDate(midnightMs))) return 'Day of mourning';
  return holidaysOf(year).find(([, day]) => day === midnightMs)?.[0] ?? null;
}

export function isClosedInAmerica(midnightMs: number): boolean {
  return isWeekend(midnightMs) || americanHoliday(midnightMs) !== null;
}

/** Whether trading ends at 13:00: before Independence Day and Christmas, and after Thanksgiving, if those are weekdays. */
export function isShortInAmerica(midnightMs: number): boolean {
  if (isClosedInAmerica(midnightMs)) return false;
  const year = new Date(midnightMs).getUTCFullYear();
  const days = [Date.UTC(year, 6, 3), nth(year, 11, THURSDAY, 4) + DAY_MS, Date.UTC(year, 11, 24)];
  return days.includes(midnightMs);
}

function holidaysOf(year: number): readonly (readonly [string, number])[] {
  const newYear = Date.UTC(year, 0, 1);
  return [
    // A New Year's Day on a Saturday is not kept on the Friday before, the last day of a quarter.
    ...(weekdayOf(newYear) === SATURDAY ? [] : ([["New Year's Day", observed(newYear)]] as const)),
    ['Martin Luther King Jr. Day', nth(year, 1, MONDAY, 3)],
    ["Washington's Birthday", nth(year, 2, MONDAY, 3)],
    ['Good Friday', easterSunday(year) - 2 * DAY_MS],
    ['Memorial Day', lastMondayOfMay(year)],
    ...(year >= 2022 ? ([['Juneteenth', observed(Date.UTC(year, 5, 19))]] as const) : []),
    ['Independence Day', observed(Date.UTC(year, 6, 4))],
    ['Labor Day', nth(year, 9, MONDAY, 1)],
    ['Thanksgiving Day', nth(year, 11, THURSDAY, 4)],
    ['Christmas Day', observed(Date.UTC(year, 11, 25))],
  ];
}

/** On a Saturday it is kept on Friday, on a Sunday on Monday. */
function observed(day: number): number {
  if (weekdayOf(day) === SATURDAY) return day - DAY_MS;
  return weekdayOf(day) === SUNDAY ? day + DAY_MS : day;
}

/** @param month 1 is January */
function nth(year: number, month: number, weekday: number, count: number): number {
  const first = Date.UTC(year, month - 1, 1);
  return first + (((weekday - weekdayOf(first) + 7) % 7) + 7 * (count - 1)) * DAY_MS;
}

function lastMondayOfMay(year: number): number {
  const last = Date.UTC(year, 4, 31);
  return last - ((weekdayOf(last) + 6) % 7) * DAY_MS;
}

/** The Gregorian computus in Butcher's form. */
function easterSunday(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const correction = Math.floor((8 * century + 13) / 25);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7;
  const shift = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const days = epact + weekday - 7 * shift + 114;
  return Date.UTC(year, Math.floor(days / 31) - 1, (days % 31) + 1);
}

function weekdayOf(midnightMs: number): number {
  return new Date(midnightMs).getUTCDay();
}
