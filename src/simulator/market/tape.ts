import { type DomesticStock } from './domestic-stocks';
import { type KoreanVenue, outOfHoursPrice } from './korean-prices';
import { isAtNextrade, krxPhase, nxtPhase } from './korean-sessions';
import { type Market } from './market';
import { KOREA, localMinute } from './places';

/** The last trade up to an instant, with the running totals of the day. */
export interface Print {
  readonly price: number;
  /** Shares and money since the morning. */
  readonly volume: number;
  readonly value: number;
  /** MARKET_CLS_CODE: 1 pre-market, 2 regular, 3 after-market. */
  readonly session: '1' | '2' | '3';
}

/** Shares a minute in extended sessions, as a part of a regular day's. */
const EXTENDED_PART = 0.0004;
const AFTER_MARKET_FROM = { KRX: 16 * 60, NXT: 15 * 60 + 40 };
const PRE_MARKET_FROM = 8 * 60;

/** The last trade of a stock at a venue, or null while nothing is traded there. */
export function printAt(market: Market, stock: DomesticStock, venue: KoreanVenue, at: number): Print | null {
  const isNxt = venue !== 'KRX' && isAtNextrade(stock, at);
  if (venue === 'NXT' && !isNxt) return null;
  const phase = isNxt ? nxtPhase(market, at) : 'closed';
  if (krxPhase(market, at) === 'regular' || phase === 'main') {
    return { price: market.price(stock, at), ...regularUpTo(market, stock, at), session: '2' };
  }
  if (phase === 'preMarket') return extended(market, stock, at, PRE_MARKET_FROM, '1');
  if (phase === 'afterMarket') return extended(market, stock, at, AFTER_MARKET_FROM.NXT, '3');
  const isKrxAfter = venue !== 'NXT' && krxPhase(market, at) === 'afterMarket' && stock.kind === 'stock';
  return isKrxAfter ? extended(market, stock, at, AFTER_MARKET_FROM.KRX, '3') : null;
}

function regularUpTo(market: Market, stock: DomesticStock, at: number): Pick<Print, 'volume' | 'value'> {
  return { volume: market.volume(stock, at), value: market.value(stock, at) };
}

function extended(
  market: Market,
  stock: DomesticStock,
  at: number,
  from: number,
  session: Print['session'],
): Print {
  const { day } = market.momentOf(KOREA, at);
  const whole = market.paths.volumeAt(stock, day, 1);
  const volume = Math.floor((localMinute(KOREA, at) - from) * whole * EXTENDED_PART);
  const price = outOfHoursPrice(market, stock, at);
  const before = session === '1' ? { volume: 0, value: 0 } : regularUpTo(market, stock, at);
  return { price, volume: before.volume + volume, value: before.value + volume * price, session };
}
