import { americanPhase, daytimeEnd } from '../market/american-sessions';
import { isAmerican } from '../market/exchanges';
import { type Market } from '../market/market';
import { overseasBook } from '../market/overseas-book';
import { type OverseasStock } from '../market/overseas-stocks';
import { KOREA, instantAt, localDay, localMinute } from '../market/places';
import { type Chance, type TradingRules } from './trading-rules';
import { isDomestic } from './order';
import { overseasType } from './overseas-types';

/** When and how overseas orders can be filled. */

const MIDNIGHT = 24 * 60;
/** The normal after-market ends at seven in the morning in Korea. */
const AFTER_MARKET_ENDS = 7 * 60;
const EXTENDED_ENDS = 9 * 60;
const LEVELS = 10;
/** There are no price limits abroad: a market order accepts any price. */
const ANY_PRICE = 1_000_000_000;

export const OVERSEAS_RULES: TradingRules = {
  chanceOf: (market, { stock, type, isDaytime }, at) => {
    if (isDomestic(stock) || market.isHalted(stock)) return null;
    const { moment } = overseasType(type);
    if (moment !== 'any' && !market.isAlwaysOpen) return auction(market, stock, moment, at);
    return isTraded(market, stock, isDaytime, at) ? chance(market, stock, at) : null;
  },

  expiryOf: (market, { stock, type, isDaytime, at, host }) => {
    const day = localDay(stock.place, at);
    if (market.isAlwaysOpen) return instantAt(stock.place, day, MIDNIGHT);
    if (isDaytime) return instantAt(KOREA, localDay(KOREA, at), daytimeEnd(market, at));
    const { moment } = overseasType(type);
    if (moment === 'open') return instantAt(stock.place, day, stock.place.opens);
    const close = instantAt(stock.place, day, stock.place.closes);
    if (moment === 'close' || host === 'mock' || isDomestic(stock) || !isAmerican(stock.exchange))
      return close;
    const last = market.settings.americanExtendedHours ? EXTENDED_ENDS : AFTER_MARKET_ENDS;
    return instantAt(KOREA, localDay(KOREA, close), last);
  },

  worstPrice: (_market, _stock, side) => (side === 'buy' ? ANY_PRICE : 0),
};

function isTraded(market: Market, stock: OverseasStock, isDaytime: boolean, at: number): boolean {
  if (!isAmerican(stock.exchange)) return isInHours(market, stock, at);
  const phase = americanPhase(market, at);
  if (market.isAlwaysOpen) return true;
  if (isDaytime) return phase === 'daytime';
  if (phase === 'extended') return market.settings.americanExtendedHours;
  return phase !== 'closed' && phase !== 'daytime';
}

/** Whether an exchange outside the United States is in its regular session; lunch breaks are not played. */
export function isInHours(market: Market, { place }: OverseasStock, at: number): boolean {
  if (market.isAlwaysOpen) return true;
  const minute = localMinute(place, at);
  return place.isTradingDay(localDay(place, at)) && minute >= place.opens && minute < place.closes;
}

function chance(market: Market, stock: OverseasStock, at: number): Chance {
  const book = overseasBook(market, stock, at, LEVELS);
  return { kind: 'book', book, price: book.asks[0]?.price ?? 0 };
}

/** Orders for the open or the close are filled in that moment, all at its price. */
function auction(market: Market, stock: OverseasStock, moment: 'open' | 'close', at: number): Chance | null {
  const { place } = stock;
  const day = localDay(place, at);
  const when = instantAt(place, day, moment === 'open' ? place.opens : place.closes);
  if (at !== when || !place.isTradingDay(day)) return null;
  const { points } = market.paths.dayOf(stock, day);
  const price = (moment === 'open' ? points[0] : points.at(-1)) ?? 0;
  return { kind: 'single', price: market.isPinned(stock) ? market.price(stock, at) : price };
}
