import { type Book, type Level } from './book';
import { type Market, STEP_MS } from './market';
import { overseasPrice } from './overseas-prices';
import { mix, share } from './noise';
import { type OverseasStock, overseasTick } from './overseas-stocks';

/** The book of an overseas stock: KIS gives one level of most, ten of some. */
export function overseasBook(market: Market, stock: OverseasStock, now: number, levels = 1): Book {
  const price = overseasPrice(market, stock, now);
  const tick = overseasTick(stock.exchange, price);
  const step = Math.floor(now / STEP_MS);
  const hasTakenAsk = share(stock.key, step, 1) < 0.5;
  const bestAsk = hasTakenAsk ? price : stock.round(price + tick);
  const bestBid = hasTakenAsk ? stock.round(price - tick) : price;
  const side = (from: number, direction: 1 | -1): Level[] =>
    Array.from({ length: levels }, (_, index) => {
      const at = stock.round(from + direction * index * tick);
      return { price: at, quantity: 1 + (mix(stock.key, Math.round(at * 10_000), step) % 900) };
    });
  return { asks: side(bestAsk, 1), bids: side(bestBid, -1) };
}
