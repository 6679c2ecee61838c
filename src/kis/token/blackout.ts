import { KisInvalidRequestError } from '../kis.errors';
import { isWeekend, fromKorea, inKorea } from '../protocol/market-time';

/** Blackouts, hours in which tokens are not renewed: how they are parsed, and which one contains a moment. */

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const WINDOW = /^(?:([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? )?(\d{2}):([0-5]\d)-(\d{2}):([0-5]\d)$/;
const MINUTES_A_DAY = 1440;

/** Hours, in Korean time, in which tokens are not to be renewed, on some days of the week. */
export interface BlackoutWindow {
  /** Days of the week on which the window begins; 0 is Sunday. */
  readonly days: ReadonlySet<number>;
  /** Minutes after midnight. */
  readonly fromMinute: number;
  /** Minutes after midnight; a window that does not end after `fromMinute` ends on the next day. */
  readonly toMinute: number;
}

/**
 * Reads `Mon-Fri 08:30-15:40, Sat 10:00-11:00`. Without days the window holds on every day; empty text is none.
 *
 * @throws KisInvalidRequestError naming the part that cannot be read.
 */
export function parseBlackout(text: string): BlackoutWindow[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseWindow);
}

function parseWindow(part: string): BlackoutWindow {
  const match = WINDOW.exec(part);
  const minute = (hours: string | undefined, minutes: string | undefined): number =>
    Number(hours) * 60 + Number(minutes);
  const fromMinute = minute(match?.[3], match?.[4]);
  const toMinute = minute(match?.[5], match?.[6]);
  const days = daysFrom(match?.[1], match?.[2]);
  const inDay = (value: number): boolean => value >= 0 && value <= MINUTES_A_DAY;
  if (!match || !days || !inDay(fromMinute) || !inDay(toMinute) || fromMinute === toMinute) {
    throw new KisInvalidRequestError(
      `"${part.slice(0, 40)}" is not a blackout window: write it like "Mon-Fri 08:30-15:40" (Korean time).`,
    );
  }
  return { days, fromMinute, toMinute };
}

function daysFrom(first: string | undefined, last: string | undefined): Set<number> | null {
  if (first === undefined) return new Set(DAYS.keys());
  const from = DAYS.indexOf(first);
  const to = DAYS.indexOf(last ?? first);
  if (from < 0 || to < 0) return null;
  const days = new Set<number>([to]);
  for (let day = from; day !== to; day = (day + 1) % DAYS.length) days.add(day);
  return days;
}

/** One occurrence of a window; epoch milliseconds, the end not included. */
export interface Blackout {
  readonly start: number;
  readonly end: number;
}

/**
 * The blackout that contains `at`; `null` when none does. Windows that overlap at `at` count as one.
 * @param isTradingDay a weekday without trading, by its midnight as if it were UTC, has no blackout.
 */
export function blackoutAround(
  windows: readonly BlackoutWindow[],
  at: number,
  isTradingDay: (midnightMs: number) => boolean = () => true,
): Blackout | null {
  const isFree = (day: number): boolean => !isWeekend(day) && !isTradingDay(day);
  const around = windows.map((window) => occurrence(window, at, isFree)).filter((each) => each !== null);
  if (around.length === 0) return null;
  return {
    start: Math.min(...around.map(({ start }) => start)),
    end: Math.max(...around.map(({ end }) => end)),
  };
}

function occurrence(window: BlackoutWindow, at: number, isFree: (day: number) => boolean): Blackout | null {
  const here = inKorea(at);
  const midnight = Date.UTC(here.getUTCFullYear(), here.getUTCMonth(), here.getUTCDate());
  const length = window.toMinute - window.fromMinute;
  const minutes = length > 0 ? length : length + MINUTES_A_DAY;
  for (const day of [midnight, midnight - MINUTES_A_DAY * 60_000]) {
    if (!window.days.has(new Date(day).getUTCDay()) || isFree(day)) continue;
    const start = fromKorea(new Date(day + window.fromMinute * 60_000));
    const end = start + minutes * 60_000;
    if (at >= start && at < end) return { start, end };
  }
  return null;
}
