import { isSurelyClosedInKorea } from '../protocol/korean-holidays';
import { isoDate } from '../protocol/market-time';

/** On which days the Korea Exchange trades: as KIS lists them, and by rules for days that KIS has not listed. */
export class TradingDays {
  /** The last answer of KIS, which the trading calendar requests; `null` before the first. */
  known: KnownDays | null = null;

  /** Sends nothing. @param midnightMs of the day in Korea, as if it were UTC */
  readonly includes = (midnightMs: number): boolean => {
    const { known } = this;
    const day = isoDate(midnightMs);
    if (known && day >= known.from && day <= known.to) return !known.closed.includes(day);
    return !isSurelyClosedInKorea(midnightMs);
  };
}

/** The trading days of a period, as KIS lists them; dates are `YYYY-MM-DD`. */
export interface KnownDays {
  readonly from: string;
  /** Included. */
  readonly to: string;
  /** Days on which the Korea Exchange is closed, weekends included. */
  readonly closed: readonly string[];
}
