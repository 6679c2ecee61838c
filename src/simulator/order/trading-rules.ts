import { type Book } from '../market/book';
import { type Market } from '../market/market';
import { type OrderFacts, type Side } from './order';

/** An opportunity to be filled at an instant. */
export type Chance =
  /** Against the book of continuous trading; `price` is that of the last trade. */
  | { readonly kind: 'book'; readonly book: Book; readonly price: number }
  /** All at one price: an auction, or trading at a fixed price. */
  | { readonly kind: 'single'; readonly price: number };

/** What a market does with orders over the day. */
export interface TradingRules {
  /** Null while nothing is traded. */
  chanceOf(market: Market, facts: OrderFacts, at: number): Chance | null;
  /** The instant after which what is left of an order is void. */
  expiryOf(market: Market, facts: OrderFacts): number;
  /** The highest price a buyer may pay, or the lowest a seller may get. */
  worstPrice(market: Market, stock: OrderFacts['stock'], side: Side, at: number): number;
}
