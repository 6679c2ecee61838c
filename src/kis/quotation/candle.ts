/** Length of a candle: a minute, a day, a week, a month, a year. */
export const CANDLE_INTERVALS = ['1m', '1d', '1w', '1M', '1y'] as const;

/** Length of a candle: a minute, a day, a week, a month or a year. */
export type KisCandleInterval = (typeof CANDLE_INTERVALS)[number];

/** One candle; prices and amounts are strings as KIS sent them. */
export interface KisCandle {
  /** An ISO instant for minutes (when the minute begins), otherwise the date that KIS gives, `YYYY-MM-DD`. */
  readonly time: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** Shares traded. */
  readonly volume: string;
  /**
   * Money traded. For domestic minutes it is the difference of KIS's running totals of the day, and `null` where the
   * preceding minute is not known.
   */
  readonly value: string | null;
}

/** The candles of a range, and whether some are missing at its start. */
export interface KisCandles {
  /** Normalized: `005930` or `NAS:AAPL`. */
  readonly symbol: string;
  readonly interval: KisCandleInterval;
  /** Whether prices are adjusted for splits and the like; minutes never are. */
  readonly adjusted: boolean;
  /** Oldest first. */
  readonly candles: readonly KisCandle[];
  /**
   * `null` when the range is complete; otherwise the time from which on KIS has data: that of its first candle, or a
   * date after the range.
   */
  readonly truncated: string | null;
}

/** The requested candles. */
export interface KisCandleQuestion {
  readonly interval: KisCandleInterval;
  /** Inclusive: `YYYY-MM-DD`, a day at the exchange, or an ISO instant. Default: about a hundred candles; minutes: one day. */
  readonly from?: string | undefined;
  /** Inclusive; default now. */
  readonly to?: string | undefined;
  /** Default true. */
  readonly adjusted?: boolean | undefined;
}

/** A candle with its time on the wall clock of the exchange, in milliseconds as if that were UTC. */
export interface PlacedCandle {
  readonly at: number;
  readonly candle: KisCandle;
}
