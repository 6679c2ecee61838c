import { type DomesticStock } from './domestic-stocks';
import { krxPhase } from './korean-sessions';
import { limitsOf } from './korean-prices';
import { type Market, STEP_MS } from './market';
import { mix, share } from './noise';
import { tickDown, tickUp } from './ticks';

/** One price of an order book, with the shares offered or wanted at it. */
export interface Level {
  readonly price: number;
  readonly quantity: number;
}

/** An order book, best prices first. A side is shorter where a price limit cuts it off. */
export interface Book {
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
}

export const BOOK_LEVELS = 10;

/** Quantities of a level change every so many steps of the price. */
const STEPS_OF_QUANTITY = 3;
const SMALLEST_LEVEL = 20;

/** The book of a stock around a price: the last trade took the best ask or the best bid. */
export function bookOf(market: Market, stock: DomesticStock, price: number, now: number): Book {
  const { upper, lower } = limitsOf(market, stock, now);
  const step = Math.floor(now / STEP_MS);
  const hasTakenAsk = share(stock.key, step, 1) < 0.5;
  const bestAsk = hasTakenAsk ? price : tickUp(price, stock.kind);
  const bestBid = hasTakenAsk ? tickDown(price, stock.kind) : price;
  const levels = (from: number, next: (at: number) => number): Level[] =>
    ladder(from, next)
      .filter((at) => at <= upper && at >= lower && at > 0)
      .map((at) => ({ price: at, quantity: quantityAt(stock, at, step) }));
  return {
    asks: levels(bestAsk, (at) => tickUp(at, stock.kind)),
    bids: levels(bestBid, (at) => tickDown(at, stock.kind)),
  };
}

/** Sum of a side of a book. */
export function totalOf(levels: readonly Level[]): number {
  return levels.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** The price and quantity that an auction would give now; null outside auctions. */
export function expectedTrade(market: Market, stock: DomesticStock, now: number): Level | null {
  const phase = krxPhase(market, now);
  if (phase !== 'openingAuction' && phase !== 'closingAuction') return null;
  const { points, volumes } = market.paths.dayOf(stock, market.momentOf(stock.place, now).day);
  const price = (phase === 'openingAuction' ? points[0] : points.at(-1)) ?? 0;
  const traded = phase === 'openingAuction' ? volumes[1] : (volumes.at(-1) ?? 0) - (volumes.at(-2) ?? 0);
  return { price, quantity: Math.max(1, Math.floor((traded ?? 0) / 3)) };
}

function ladder(from: number, next: (price: number) => number): number[] {
  const prices = [from];
  while (prices.length < BOOK_LEVELS) prices.push(next(prices.at(-1) ?? from));
  return prices;
}

/** Dearer stocks have fewer shares at a price. */
function quantityAt({ key, basePrice }: DomesticStock, price: number, step: number): number {
  const usual = Math.max(SMALLEST_LEVEL, Math.floor(300_000_000 / basePrice));
  return 1 + (mix(key, price, Math.floor(step / STEPS_OF_QUANTITY)) % usual);
}
