import { isAmericanSummer } from './american-closures';
import { type Market } from './market';
import { AMERICA, KOREA, localDay, localMinute } from './places';

/** The phases of the US market for customers of KIS. */
export type AmericanPhase =
  | 'closed'
  /** By day in Korea (주간거래), through calls of its own. */
  | 'daytime'
  | 'preMarket'
  | 'regular'
  | 'afterMarket'
  /** The last two hours of the after-market, for customers who have enrolled. */
  | 'extended';

/** Minutes of the day in Korea at which the sessions begin or end, in standard time. */
const AT = { daytime: 10 * 60, daytimeEnds: 18 * 60, extended: 7 * 60, extendedEnds: 9 * 60 };
/** Minutes of the day in New York; in its winter the after-market ends an hour earlier. */
const IN_NEW_YORK = { preMarket: 4 * 60, open: 9 * 60 + 30, close: 16 * 60 };

export function americanPhase(market: Market, now: number): AmericanPhase {
  if (market.isAlwaysOpen) return 'regular';
  const korean = localMinute(KOREA, now);
  const [day, minute] = [localDay(AMERICA, now), localMinute(AMERICA, now)];
  if (korean >= AT.daytime && korean < daytimeEnd(market, now)) {
    // It belongs to the trading day that begins in the evening.
    return AMERICA.isTradingDay(localDay(KOREA, now)) ? 'daytime' : 'closed';
  }
  if (!AMERICA.isTradingDay(day) || minute < IN_NEW_YORK.preMarket) return 'closed';
  if (minute < IN_NEW_YORK.open) return 'preMarket';
  if (minute < IN_NEW_YORK.close) return 'regular';
  if (korean < AT.extended) return 'afterMarket';
  return korean < AT.extendedEnds ? 'extended' : 'closed';
}

/** The minute in Korea at which the daytime session ends; in summer sources disagree about it. */
export function daytimeEnd(market: Market, now: number): number {
  const isSummer = isAmericanSummer(localDay(KOREA, now));
  return isSummer && market.settings.summerDaytimeEnds === '1700' ? AT.daytimeEnds - 60 : AT.daytimeEnds;
}
