import { dateOf, dayAt, isWeekend, weekdayOf, yearOf } from './days';

/** The holidays and the daylight saving time of the United States, by rules. */

const MONDAY = 1;
const THURSDAY = 4;
const SATURDAY = 6;
/** Juneteenth is a holiday of the exchanges since 2022. */
const JUNETEENTH_SINCE = 2022;

/** Whether the exchanges of the United States are closed on this day, weekends included. */
export function isClosedInAmerica(day: number): boolean {
  if (isWeekend(day)) return true;
  const year = yearOf(day);
  return holidaysOf(year).includes(day);
}

function holidaysOf(year: number): readonly number[] {
  return [
    // New Year on a Saturday is not kept on the Friday before: that one belongs to the year before.
    ...[dayAt(year, 1, 1)].filter((day) => weekdayOf(day) !== SATURDAY).map(observed),
    nth(year, 1, MONDAY, 3),
    nth(year, 2, MONDAY, 3),
    easterSunday(year) - 2,
    lastMonday(year, 5),
    ...(year >= JUNETEENTH_SINCE ? [observed(dayAt(year, 6, 19))] : []),
    observed(dayAt(year, 7, 4)),
    nth(year, 9, MONDAY, 1),
    nth(year, 11, THURSDAY, 4),
    observed(dayAt(year, 12, 25)),
  ];
}

/** A holiday on a Saturday is kept on Friday, one on a Sunday on Monday. */
function observed(day: number): number {
  const weekday = weekdayOf(day);
  if (weekday === SATURDAY) return day - 1;
  return weekday === 0 ? day + 1 : day;
}

/** The first, second … Monday of a month, or another weekday. */
function nth(year: number, month: number, weekday: number, count: number): number {
  const first = dayAt(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (count - 1);
}

function lastMonday(year: number, month: number): number {
  const last = dayAt(year, month + 1, 1) - 1;
  return last - ((weekdayOf(last) - MONDAY + 7) % 7);
}

/** Gauss's rule in the form of Meeus, Jones and Butcher. */
function easterSunday(year: number): number {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const [d, e] = [Math.floor(b / 4), b % 4];
  const g = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * e + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return dayAt(year, Math.floor(sum / 31), (sum % 31) + 1);
}

/** Whether New York keeps daylight saving time on this day: from March's second Sunday to November's first. */
export function isAmericanSummer(day: number): boolean {
  const year = Number(dateOf(day).slice(0, 4));
  return day >= nth(year, 3, 0, 2) && day < nth(year, 11, 0, 1);
}
