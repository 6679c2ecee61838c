import { type MarketPlace } from './places';

/** Something with a price. */
export interface Instrument {
  /** A number of its own, from which all of its invented figures follow. */
  readonly key: number;
  /** Around this price, in its currency, the simulated price moves. */
  readonly basePrice: number;
  readonly place: MarketPlace;
  /** Number of the day from which on there are prices. */
  readonly listedOn: number;
  /** The tradable price next to this one. */
  round(price: number): number;
}
