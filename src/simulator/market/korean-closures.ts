import { dateOf, dayAt, isWeekend } from './days';

/**
 * Weekdays on which the Korea Exchange is closed, as MMDD. Years that are not listed have the fixed holidays
 * only: the lunar ones are left out.
 */
const CLOSED: Readonly<Record<string, string>> = {
  2023: '0123 0124 0301 0501 0505 0529 0606 0815 0928 0929 1002 1003 1009 1225 1229',
  2024: '0101 0209 0212 0301 0410 0501 0506 0515 0606 0815 0916 0917 0918 1001 1003 1009 1225 1231',
  2025: '0101 0127 0128 0129 0130 0303 0501 0505 0506 0603 0606 0815 1003 1006 1007 1008 1009 1225 1231',
  2026: '0101 0216 0217 0218 0302 0501 0505 0525 0603 0817 0924 0925 1005 1009 1225 1231',
  2027: '0101 0208 0209 0301 0503 0505 0513 0816 0914 0915 0916 1004 1011 1227 1231',
};

const FIXED = ['0101', '0301', '0501', '0505', '0606', '0815', '1003', '1225'];

/** Whether the Korea Exchange is closed on this day, weekends included. */
export function isClosedInKorea(day: number): boolean {
  if (isWeekend(day)) return true;
  const date = dateOf(day);
  const listed = CLOSED[date.slice(0, 4)];
  const isHoliday = (listed === undefined ? FIXED : listed.split(' ')).includes(date.slice(4));
  return isHoliday || (listed === undefined && isLastWeekdayOfYear(day));
}

/** The exchange does not trade on the last weekday of a year. */
function isLastWeekdayOfYear(day: number): boolean {
  const year = Number(dateOf(day).slice(0, 4));
  let last = dayAt(year, 12, 31);
  while (isWeekend(last)) last -= 1;
  return day === last;
}
