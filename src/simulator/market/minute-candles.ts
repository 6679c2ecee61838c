import { type Candle } from './candles';
import { type Instrument } from './instrument';
import { type Market, STEP_MS, progressOf } from './market';
import { instantAt, localDay, localMinute } from './places';

/** Prices of one minute. `value` is the money traded since the open, as KIS gives it. */
export interface MinuteCandle extends Candle {
  /** The minute at which it begins, counted from midnight at the place. */
  readonly minute: number;
}

const STEPS_OF_MINUTE = 60_000 / STEP_MS;

/** Of a market that never closes: there is no 24:00. */
export const LAST_MINUTE = 1439;

/** Minutes of a trading day, newest first, from one on backwards: at most `most`. Auctions have none. */
export function minutesBack(
  market: Market,
  instrument: Instrument,
  day: number,
  { from, most }: { readonly from: number; readonly most: number },
  now: number,
): MinuteCandle[] {
  const { opens, auction, closes } = market.hoursOf(instrument.place);
  const begun = lastBegun(instrument, day, now);
  const candles: MinuteCandle[] = [];
  let minute = Math.min(Math.floor(from), begun, closes, LAST_MINUTE);
  while (minute >= opens && candles.length < most) {
    if (minute < auction || minute === closes) {
      candles.push(minuteCandle(market, instrument, day, minute, now));
    }
    minute = minute > auction && minute <= closes ? auction - 1 : minute - 1;
  }
  return candles;
}

/** @param minute one in which something was traded */
function minuteCandle(
  market: Market,
  instrument: Instrument,
  day: number,
  minute: number,
  now: number,
): MinuteCandle {
  const hours = market.hoursOf(instrument.place);
  const isNow =
    day === localDay(instrument.place, now) && minute === Math.floor(localMinute(instrument.place, now));
  const end = isNow ? localMinute(instrument.place, now) : minute + 1;
  const [start, stop] = [
    progressOf(hours, minute === hours.closes ? hours.auction : minute),
    progressOf(hours, minute === hours.closes ? hours.closes : Math.min(end, hours.auction)),
  ];
  const prices = pricesOf(market, instrument, { day, minute, end }, stop);
  const volume = market.paths.volumeAt(instrument, day, stop) - market.paths.volumeAt(instrument, day, start);
  const pinned = isNow && market.isPinned(instrument) ? [market.price(instrument, now)] : [];
  const seen = [...prices, ...pinned];
  return {
    day,
    minute,
    open: seen[0] ?? 0,
    high: Math.max(...seen),
    low: Math.min(...seen),
    close: seen.at(-1) ?? 0,
    volume,
    value: market.paths.valueAt(instrument, day, stop),
  };
}

/** The price at every step inside a minute; the closing auction has one. */
function pricesOf(
  market: Market,
  instrument: Instrument,
  { day, minute, end }: { readonly day: number; readonly minute: number; readonly end: number },
  stop: number,
): number[] {
  const hours = market.hoursOf(instrument.place);
  if (minute === hours.closes) return [market.paths.priceAt(instrument, day, stop, 0)];
  const first = Math.floor(instantAt(instrument.place, day, minute) / STEP_MS);
  const count = Math.max(1, Math.ceil((end - minute) * STEPS_OF_MINUTE));
  return Array.from({ length: count }, (_, index) =>
    market.paths.priceAt(
      instrument,
      day,
      progressOf(hours, minute + index / STEPS_OF_MINUTE),
      minute === hours.opens && index === 0 ? 0 : first + index,
    ),
  );
}

/** The last minute of the day that has begun; all of them on an earlier day. */
function lastBegun(instrument: Instrument, day: number, now: number): number {
  const today = localDay(instrument.place, now);
  if (day < today) return Number.MAX_SAFE_INTEGER;
  return day === today ? Math.floor(localMinute(instrument.place, now)) : -1;
}
