import { bookOf } from '../market/book';
import { type DomesticStock } from '../market/domestic-stocks';
import { limitsOf, outOfHoursPrice } from '../market/korean-prices';
import { krxPhase, nxtPhase } from '../market/korean-sessions';
import { type Market } from '../market/market';
import { KOREA, instantAt, localDay, localMinute } from '../market/places';
import { type Chance, type TradingRules } from './trading-rules';
import { isDomestic } from './order';
import { orderType } from './order-types';

/** When and how orders for Korean stocks can be filled. */

/** Session times in minutes of the day. */
const PRE_CLOSE = { from: 8 * 60 + 30, to: 8 * 60 + 40 };
const AT_CLOSE = { from: 15 * 60 + 40, to: 16 * 60 };
const SINGLE_PRICE = { from: 16 * 60, to: 18 * 60, every: 10 };
const PRE_MARKET_ENDS = 8 * 60 + 50;
const REGULAR_ENDS = 15 * 60 + 30;
const EVENING = 20 * 60;
const MIDNIGHT = 24 * 60;

export const KOREAN_RULES: TradingRules = {
  chanceOf: (market, { stock, exchange, type }, at) => {
    if (!isDomestic(stock) || market.isHalted(stock)) return null;
    switch (orderType(type)?.session) {
      case 'preClose':
        return isBetween(at, PRE_CLOSE) ? single(market.previousClose(stock, at)) : null;
      case 'atClose':
        return isBetween(at, AT_CLOSE) ? single(market.price(stock, at)) : null;
      case 'singlePrice':
        return isSinglePriceMoment(at) ? single(outOfHoursPrice(market, stock, at)) : null;
      case 'preMarket':
        return nxtChance(market, stock, at);
      case 'afterMarket':
        return krxPhase(market, at) === 'afterMarket' ? extended(market, stock, at) : null;
      default:
        return chanceAt(exchange, market, stock, at);
    }
  },

  expiryOf: (market, facts) => {
    if (market.isAlwaysOpen) return atMinute(facts.at, MIDNIGHT);
    return atMinute(facts.at, lastMinute(facts.exchange, facts.type, localMinute(KOREA, facts.at)));
  },

  worstPrice: (market, stock, side, at) => {
    if (!isDomestic(stock)) return 0;
    const { upper, lower } = limitsOf(market, stock, at);
    return side === 'buy' ? upper : lower;
  },
};

function chanceAt(exchange: string, market: Market, stock: DomesticStock, at: number): Chance | null {
  if (exchange === 'NXT') return nxtChance(market, stock, at);
  const chance = krxChance(market, stock, at);
  return chance ?? (exchange === 'SOR' ? nxtChance(market, stock, at) : null);
}

/** The auctions happen in the moments of open and close. */
function krxChance(market: Market, stock: DomesticStock, at: number): Chance | null {
  const { day } = market.momentOf(KOREA, at);
  const { points } = market.paths.dayOf(stock, day);
  if (!market.isAlwaysOpen && at === instantAt(KOREA, day, KOREA.opens)) return single(points[0] ?? 0);
  if (!market.isAlwaysOpen && at === instantAt(KOREA, day, KOREA.closes))
    return single(market.price(stock, at));
  if (krxPhase(market, at) !== 'regular') return null;
  const price = market.price(stock, at);
  return { kind: 'book', book: bookOf(market, stock, price, at), price };
}

function nxtChance(market: Market, stock: DomesticStock, at: number): Chance | null {
  switch (nxtPhase(market, at)) {
    case 'main': {
      const price = market.price(stock, at);
      return { kind: 'book', book: bookOf(market, stock, price, at), price };
    }
    case 'preMarket':
    case 'afterMarket':
      return extended(market, stock, at);
    case 'closed':
      return null;
  }
}

function extended(market: Market, stock: DomesticStock, at: number): Chance {
  const price = outOfHoursPrice(market, stock, at);
  return { kind: 'book', book: bookOf(market, stock, price, at), price };
}

function lastMinute(exchange: string, type: string, sent: number): number {
  switch (orderType(type)?.session) {
    case 'preClose':
      return PRE_CLOSE.to;
    case 'atClose':
      return AT_CLOSE.to;
    case 'singlePrice':
      return SINGLE_PRICE.to;
    case 'preMarket':
      return PRE_MARKET_ENDS;
    case 'afterMarket':
      return EVENING;
    default:
      return exchange === 'NXT' || (exchange === 'SOR' && sent >= REGULAR_ENDS) ? EVENING : REGULAR_ENDS;
  }
}

function single(price: number): Chance {
  return { kind: 'single', price };
}

function isBetween(at: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
  const minute = localMinute(KOREA, at);
  return minute >= from && minute < to;
}

/** Single-price trading matched every ten minutes. */
function isSinglePriceMoment(at: number): boolean {
  return isBetween(at, SINGLE_PRICE) && localMinute(KOREA, at) % SINGLE_PRICE.every === 0;
}

function atMinute(at: number, minute: number): number {
  return instantAt(KOREA, localDay(KOREA, at), minute);
}
