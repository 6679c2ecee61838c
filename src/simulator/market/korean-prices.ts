import { type DomesticStock } from './domestic-stocks';
import { isAtNextrade, krxPhase, nxtPhase } from './korean-sessions';
import { type Market } from './market';
import { wave } from './noise';
import { KOREA, localDay, localMinute } from './places';
import { lowerLimit, upperLimit } from './ticks';

/** Where a price comes from: one exchange, or both together. */
export type KoreanVenue = 'KRX' | 'NXT' | 'ALL';

/** FID_COND_MRKT_DIV_CODE of quotations. */
export const VENUES: Readonly<Record<string, KoreanVenue>> = { J: 'KRX', NX: 'NXT', UN: 'ALL' };

const SWING_OUT_OF_HOURS = 0.006;
const SWING_MINUTES = 15;

/**
 * The price of now at a venue, or null where the stock is not traded there. Outside regular hours Nextrade has
 * prices of its own; the one of the Korea Exchange stays at its close, also during its after-market.
 */
export function venuePrice(
  market: Market,
  stock: DomesticStock,
  venue: KoreanVenue,
  now: number,
): number | null {
  if (venue === 'KRX') return market.price(stock, now);
  if (!isAtNextrade(stock, now)) return venue === 'NXT' ? null : market.price(stock, now);
  const phase = nxtPhase(market, now);
  return phase === 'preMarket' || phase === 'afterMarket'
    ? outOfHoursPrice(market, stock, now)
    : market.price(stock, now);
}

/** The price of an extended session: of the after-market of either exchange, or of Nextrade's pre-market. */
export function outOfHoursPrice(market: Market, stock: DomesticStock, now: number): number {
  const base = market.price(stock, now);
  if (market.isPinned(stock)) return base;
  const moment = localDay(KOREA, now) * 96 + localMinute(KOREA, now) / SWING_MINUTES;
  return stock.round(base * (1 + SWING_OUT_OF_HOURS * wave(stock.key, moment)));
}

/** Price limits of the session of now: in the after-market they stand around the regular close. */
export function limitsOf(
  market: Market,
  stock: DomesticStock,
  now: number,
): { base: number; upper: number; lower: number } {
  const isAfter = krxPhase(market, now) === 'afterMarket';
  const base = isAfter ? market.price(stock, now) : market.previousClose(stock, now);
  return { base, upper: upperLimit(base, stock.kind), lower: lowerLimit(base, stock.kind) };
}
