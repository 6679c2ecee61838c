import { isAmericanSummer, isClosedInAmerica } from './american-closures';
import { dateOf, isWeekend } from './days';
import { isClosedInKorea } from './korean-closures';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A place where shares are traded: its clock, its days and its regular hours. */
export interface MarketPlace {
  /** What to add to the time of the world to have the time there, in milliseconds. */
  aheadMs(at: number): number;
  isTradingDay(day: number): boolean;
  /** Regular session in minutes after midnight. */
  readonly opens: number;
  readonly closes: number;
  /** Length of the closing auction, in which nothing is traded. */
  readonly auctionMinutes: number;
}

export const KOREA: MarketPlace = {
  aheadMs: () => 9 * HOUR_MS,
  isTradingDay: (day) => !isClosedInKorea(day),
  opens: 9 * 60,
  closes: 15 * 60 + 30,
  auctionMinutes: 10,
};

export const AMERICA: MarketPlace = {
  // The clocks change at two in the morning; a simulator may do it at midnight.
  aheadMs: (at) => (isAmericanSummer(Math.floor((at - 5 * HOUR_MS) / DAY_MS)) ? -4 : -5) * HOUR_MS,
  isTradingDay: (day) => !isClosedInAmerica(day),
  opens: 9 * 60 + 30,
  closes: 16 * 60,
  auctionMinutes: 0,
};

export const JAPAN = plainPlace(9, 9 * 60, 15 * 60);
export const HONG_KONG = plainPlace(8, 9 * 60 + 30, 16 * 60);
export const CHINA = plainPlace(8, 9 * 60 + 30, 15 * 60);
export const VIETNAM = plainPlace(7, 9 * 60, 14 * 60 + 45);

/** Number of the day at the place. */
export function localDay(place: MarketPlace, at: number): number {
  return Math.floor((at + place.aheadMs(at)) / DAY_MS);
}

/** Minutes since midnight at the place, with fractions. */
export function localMinute(place: MarketPlace, at: number): number {
  const local = at + place.aheadMs(at);
  return (local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS;
}

/** The instant of a minute of a day at the place. */
export function instantAt(place: MarketPlace, day: number, minute: number): number {
  const local = day * DAY_MS + minute * MINUTE_MS;
  return local - place.aheadMs(local - place.aheadMs(local));
}

export function previousTradingDay(place: MarketPlace, day: number): number {
  let previous = day - 1;
  while (!place.isTradingDay(previous)) previous -= 1;
  return previous;
}

export function nextTradingDay(place: MarketPlace, day: number): number {
  let next = day + 1;
  while (!place.isTradingDay(next)) next += 1;
  return next;
}

/** "093000" for a number of minutes. */
export function clockOf(minute: number): string {
  const seconds = Math.floor(minute * 60);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join('');
}

/** For the smaller exchanges the simulator has weekends and New Year only. */
function plainPlace(hoursAhead: number, opens: number, closes: number): MarketPlace {
  return {
    aheadMs: () => hoursAhead * HOUR_MS,
    isTradingDay: (day) => !isWeekend(day) && !dateOf(day).endsWith('0101'),
    opens,
    closes,
    auctionMinutes: 0,
  };
}
