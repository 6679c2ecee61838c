import { dateOf, weekdayOf } from './days';
import { type Instrument } from './instrument';
import { type Market } from './market';
import { previousTradingDay } from './places';

/** Prices of one period. */
export interface Candle {
  /** Last trading day of the period. */
  readonly day: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly value: number;
}

export type Period = 'day' | 'week' | 'month' | 'year';

/** The candle of a trading day; today's up to now. */
export function dayCandle(market: Market, instrument: Instrument, day: number, now: number): Candle {
  const moment = market.momentOf(instrument.place, now);
  if (day === moment.day && moment.progress < 1) {
    const price = market.price(instrument, now);
    const { open, high, low } = market.range(instrument, now);
    return {
      day,
      open,
      high,
      low,
      close: price,
      volume: market.volume(instrument, now),
      value: market.value(instrument, now),
    };
  }
  const { points, volumes, values } = market.paths.dayOf(instrument, day);
  return {
    day,
    open: points[0] ?? 0,
    high: Math.max(...points),
    low: Math.min(...points),
    close: points.at(-1) ?? 0,
    volume: volumes.at(-1) ?? 0,
    value: Math.floor(values.at(-1) ?? 0),
  };
}

/** Candles of a range of days, newest first, at most `most`; nothing before the listing or after today. */
export function candlesOf(
  market: Market,
  instrument: Instrument,
  period: Period,
  range: { readonly from: number; readonly to: number; readonly most: number },
  now: number,
): Candle[] {
  const { place, listedOn } = instrument;
  const moment = market.momentOf(place, now);
  const candles: Candle[] = [];
  let name = '';
  let days: Candle[] = [];
  const newest = moment.hasOpened ? moment.day : previousTradingDay(place, moment.day);
  let day = Math.min(range.to, newest);
  if (!market.isTradingDay(place, day, newest)) day = previousTradingDay(place, day);
  for (; day >= Math.max(range.from, listedOn); day = previousTradingDay(place, day)) {
    const next = periodOf(period, day);
    if (next !== name && days.length > 0) {
      candles.push(merged(days));
      if (candles.length >= range.most) return candles;
      days = [];
    }
    name = next;
    days.push(dayCandle(market, instrument, day, now));
  }
  return days.length > 0 ? [...candles, merged(days)] : candles;
}

/** Days of the same name belong to one candle; a week begins on Monday. */
function periodOf(period: Period, day: number): string {
  switch (period) {
    case 'day':
      return String(day);
    case 'week':
      return String(day - ((weekdayOf(day) + 6) % 7));
    case 'month':
      return dateOf(day).slice(0, 6);
    case 'year':
      return dateOf(day).slice(0, 4);
  }
}

/** @param days newest first */
function merged(days: readonly Candle[]): Candle {
  const [newest] = days;
  const oldest = days.at(-1);
  if (!newest || !oldest) throw new RangeError('A candle is made of at least one day.');
  return {
    day: newest.day,
    open: oldest.open,
    high: Math.max(...days.map(({ high }) => high)),
    low: Math.min(...days.map(({ low }) => low)),
    close: newest.close,
    volume: days.reduce((sum, { volume }) => sum + volume, 0),
    value: days.reduce((sum, { value }) => sum + value, 0),
  };
}
