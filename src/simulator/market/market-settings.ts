import { MANY, type Rules, oneOf, whole } from '../settings-rules';

/** Settings of the simulated market. */
export interface MarketSettings {
  /** Every price, volume and book follows from this number and the time. */
  marketSeed: number;
  /**
   * `clock`: the hours and holidays of each market, by the brokerage's clock. `open`: every market is always in
   * its regular session, so that orders can be tried at night and on Sundays.
   */
  sessions: 'clock' | 'open';
}

export const MARKET_DEFAULTS: Readonly<MarketSettings> = {
  marketSeed: 1,
  sessions: 'clock',
};

export const MARKET_RULES: Rules<MarketSettings> = {
  marketSeed: whole(0, MANY),
  sessions: oneOf('clock', 'open'),
};
