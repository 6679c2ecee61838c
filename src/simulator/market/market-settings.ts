import { MANY, type Rules, flag, oneOf, whole } from '../settings-rules';

/** Settings of the simulated market. */
export interface MarketSettings {
  /** Every price, volume and book follows from this number and the time. */
  marketSeed: number;
  /**
   * `clock`: the hours and holidays of each market, by the brokerage's clock. `open`: every market is always in
   * its regular session, so that orders can be tried at night and on Sundays.
   */
  sessions: 'clock' | 'open';
  /** When orders for the opening auction are taken from; sources disagree. */
  openingOrdersFrom: '0820' | '0830';
  /** When orders at the close (06) are taken from; sources disagree. */
  closeOrdersFrom: '1530' | '1540';
  /** When the daytime session of the United States ends in its summer; sources disagree. */
  summerDaytimeEnds: '1700' | '1800';
  /** Accounts are enrolled for the after-market of the United States until 09:00 in Korea. */
  americanExtendedHours: boolean;
}

export const MARKET_DEFAULTS: Readonly<MarketSettings> = {
  marketSeed: 1,
  sessions: 'clock',
  openingOrdersFrom: '0830',
  closeOrdersFrom: '1530',
  summerDaytimeEnds: '1700',
  americanExtendedHours: false,
};

export const MARKET_RULES: Rules<MarketSettings> = {
  marketSeed: whole(0, MANY),
  sessions: oneOf('clock', 'open'),
  openingOrdersFrom: oneOf('0820', '0830'),
  closeOrdersFrom: oneOf('1530', '1540'),
  summerDaytimeEnds: oneOf('1700', '1800'),
  americanExtendedHours: flag,
};
