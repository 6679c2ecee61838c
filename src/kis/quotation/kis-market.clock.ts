import { Injectable } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisReadOptions } from '../http/kis-api.client';
import { americanHoliday, isClosedInAmerica } from '../protocol/american-holidays';
import { DAY_MS, isoDate, isWeekend } from '../protocol/market-time';
import {
  americanSessions,
  koreanSessions,
  type KisMarket,
  type KisSession,
} from '../protocol/market-sessions';
import { KisTradingCalendar } from './kis-trading.calendar';

/** The session of one market, now and next. */
export interface KisMarketState {
  readonly market: KisMarket;
  /** Current sessions; several may overlap. */
  readonly now: readonly KisSession[];
  /** The next one to begin. */
  readonly next: KisSession | null;
}

/** A weekday on which a market is closed. */
export interface KisHoliday {
  readonly market: 'KRX' | 'US';
  /** `YYYY-MM-DD` at the exchange. */
  readonly date: string;
  /** The name of the holiday; `null` when it comes from KIS, which gives no names. */
  readonly name: string | null;
}

/** Sessions of all markets, now and next. */
export interface KisMarketOverview {
  /** The time of this overview. */
  readonly asOf: Date;
  readonly markets: readonly KisMarketState[];
  /** Of the next six weeks, weekends excluded. */
  readonly holidays: readonly KisHoliday[];
  /**
   * The last day for which KIS has listed the holidays of KRX (`YYYY-MM-DD`); later ones, or all when `null`, follow
   * from rules.
   */
  readonly knownUntil: string | null;
}

const MARKETS: readonly KisMarket[] = ['KRX', 'NXT', 'US'];
/** Longer than any series of days without trading. */
const LOOK_AHEAD_DAYS = 15;
const HOLIDAY_DAYS = 42;

/** Which sessions the markets are in, by the clock and the trading calendar. */
@Injectable()
export class KisMarketClock {
  constructor(
    private readonly calendar: KisTradingCalendar,
    private readonly clock: KisClock,
  ) {}

  async overview(options: KisReadOptions = {}): Promise<KisMarketOverview> {
    await this.calendar.refresh(options);
    const now = this.clock.now();
    return {
      asOf: new Date(now),
      markets: MARKETS.map((market) => this.stateOf(market, now)),
      holidays: this.holidays(),
      knownUntil: this.calendar.known?.to ?? null,
    };
  }

  private stateOf(market: KisMarket, now: number): KisMarketState {
    const sessions = this.days(-2, LOOK_AHEAD_DAYS).flatMap((day) => this.sessionsOf(market, day));
    const ahead = sessions.filter(({ from }) => from.getTime() > now);
    ahead.sort((one, other) => one.from.getTime() - other.from.getTime());
    return {
      market,
      now: sessions.filter(({ from, to }) => from.getTime() <= now && now < to.getTime()),
      next: ahead[0] ?? null,
    };
  }

  private sessionsOf(market: KisMarket, day: number): KisSession[] {
    if (market === 'US') return isClosedInAmerica(day) ? [] : americanSessions(day);
    return this.calendar.isTradingDay(day) ? koreanSessions(market, day) : [];
  }

  private holidays(): KisHoliday[] {
    return this.days(0, HOLIDAY_DAYS)
      .filter((day) => !isWeekend(day))
      .flatMap((day): KisHoliday[] => {
        const [date, american] = [isoDate(day), americanHoliday(day)];
        return [
          ...(this.calendar.isTradingDay(day) ? [] : [{ market: 'KRX' as const, date, name: null }]),
          ...(american === null ? [] : [{ market: 'US' as const, date, name: american }]),
        ];
      });
  }

  /** Days from today in Korea on. */
  private days(from: number, to: number): number[] {
    return Array.from({ length: to - from }, (_, index) => this.calendar.today + (from + index) * DAY_MS);
  }
}
