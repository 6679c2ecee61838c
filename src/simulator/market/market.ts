import { type Instrument } from './instrument';
import { type MarketSettings } from './market-settings';
import { type MarketPlace, localDay, localMinute, previousTradingDay } from './places';
import { PricePaths } from './price-paths';

/** The position within the trading day of an instrument. */
export interface Moment {
  /** The day whose prices count: today, or the last trading day. */
  readonly day: number;
  /** 0 at the open, 1 at the close. */
  readonly progress: number;
  /** Counts the moments at which prices may change. */
  readonly step: number;
  readonly hasOpened: boolean;
}

/** Minutes after midnight. */
export interface SessionHours {
  readonly opens: number;
  /** Here the closing auction begins. */
  readonly auction: number;
  readonly closes: number;
}

/** Prices of the day so far. */
export interface DayRange {
  readonly open: number;
  readonly high: number;
  readonly low: number;
}

/** Prices stand still for this long, so that the pages of one inquiry mostly agree. */
export const STEP_MS = 3_000;
const DAY_MINUTES = 1_440;

/** The simulated market: the price of every instrument at any time. Prices can be pinned for a test. */
export class Market {
  readonly paths: PricePaths;
  private readonly pins = new Map<number, number>();
  private readonly halts = new Set<number>();

  constructor(readonly settings: Readonly<MarketSettings>) {
    this.paths = new PricePaths(() => settings.marketSeed);
  }

  /** Every market is always open, regardless of the clock. */
  get isAlwaysOpen(): boolean {
    return this.settings.sessions === 'open';
  }

  /** Whether trading takes place on a day; `today` always counts when every market is always open. */
  isTradingDay(place: MarketPlace, day: number, today: number): boolean {
    return place.isTradingDay(day) || (this.isAlwaysOpen && day === today);
  }

  momentOf(place: MarketPlace, now: number): Moment {
    const [day, minute] = [localDay(place, now), localMinute(place, now)];
    const step = Math.floor(now / STEP_MS);
    if (!this.isTradingDay(place, day, day)) {
      return { day: previousTradingDay(place, day), progress: 1, step: 0, hasOpened: true };
    }
    const hours = this.hoursOf(place);
    const isMoving = minute > hours.opens && minute < hours.auction;
    return {
      day,
      progress: progressOf(hours, minute),
      step: isMoving ? step : 0,
      hasOpened: minute >= hours.opens,
    };
  }

  /** First and last minute of the session, and where its closing auction begins. */
  hoursOf({ opens, closes, auctionMinutes }: MarketPlace): SessionHours {
    return this.isAlwaysOpen
      ? { opens: 0, auction: DAY_MINUTES, closes: DAY_MINUTES }
      : { opens, auction: closes - auctionMinutes, closes };
  }

  price(instrument: Instrument, now: number): number {
    const pinned = this.pins.get(instrument.key);
    if (pinned !== undefined) return pinned;
    const { day, progress, step, hasOpened } = this.momentOf(instrument.place, now);
    return hasOpened
      ? this.paths.priceAt(instrument, day, progress, step)
      : this.closeBefore(instrument, day);
  }

  /** The close of the trading day before the one that counts now. */
  previousClose(instrument: Instrument, now: number): number {
    return this.closeBefore(instrument, this.momentOf(instrument.place, now).day);
  }

  closeBefore(instrument: Instrument, day: number): number {
    return this.paths.close(instrument, previousTradingDay(instrument.place, day));
  }

  range(instrument: Instrument, now: number): DayRange {
    const { day, progress, hasOpened } = this.momentOf(instrument.place, now);
    if (!hasOpened) return { open: 0, high: 0, low: 0 };
    const price = this.price(instrument, now);
    const { high, low } = this.paths.rangeUpTo(instrument, day, progress);
    const [open = price] = this.paths.dayOf(instrument, day).points;
    return { open, high: Math.max(high, price), low: Math.min(low, price) };
  }

  /** Shares traded today. */
  volume(instrument: Instrument, now: number): number {
    const { day, progress, hasOpened } = this.momentOf(instrument.place, now);
    return hasOpened ? this.paths.volumeAt(instrument, day, progress) : 0;
  }

  /** Money traded today, in whole units of the currency. */
  value(instrument: Instrument, now: number): number {
    const { day, progress, hasOpened } = this.momentOf(instrument.place, now);
    return hasOpened ? this.paths.valueAt(instrument, day, progress) : 0;
  }

  /** Pins the price of an instrument; null releases it. */
  pin(instrument: Instrument, price: number | null): void {
    if (price === null) this.pins.delete(instrument.key);
    else this.pins.set(instrument.key, price);
  }

  isPinned(instrument: Instrument): boolean {
    return this.pins.has(instrument.key);
  }

  /** Trading of the instrument is stopped (거래정지), or goes on. */
  halt(instrument: Instrument, isHalted: boolean): void {
    if (isHalted) this.halts.add(instrument.key);
    else this.halts.delete(instrument.key);
  }

  isHalted(instrument: Instrument): boolean {
    return this.halts.has(instrument.key);
  }

  clear(): void {
    this.pins.clear();
    this.halts.clear();
  }
}

/** Nothing moves during the closing auction; the rest of the volume is traded at its end. */
export function progressOf({ opens, auction, closes }: SessionHours, minute: number): number {
  if (minute >= closes) return 1;
  return Math.max(0, (Math.min(minute, auction) - opens) / (closes - opens));
}
