import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';
import type { KisVenue } from '../protocol/markets';
import { instantOf, isoDate } from '../protocol/market-time';
import type { KisCandleInterval, KisCandleQuestion, KisCandles } from './candle';
import type { FoundCandles } from './candle-pages';
import { candleRange, periodStart, type CandleRange } from './candle-range';
import type { KisDomesticInstrument, KisInstrument, KisOverseasInstrument } from './instrument';
import { MinuteCandles } from './minute-candles';
import { readOverseasCandles, readOverseasMinutes } from './overseas-candles';
import { readPeriodCandles } from './period-candles';

/** Reads the candles of a range, whatever the instrument and the interval. */

/** Which candles are read, and how long their caller waits. */
export interface KisCandleOptions extends KisReadOptions {
  /** Of domestic stocks; default KRX. */
  readonly venue?: KisVenue | undefined;
}

interface AskedCandles extends KisCandleQuestion {
  readonly venue: KisVenue;
  /** Epoch milliseconds. */
  readonly now: number;
}

export async function readCandles(
  api: KisApiClient,
  account: KisAccount,
  instrument: KisInstrument,
  asked: AskedCandles,
  options: KisReadOptions,
): Promise<KisCandles> {
  const { interval } = asked;
  const adjusted = interval !== '1m' && (asked.adjusted ?? true);
  const range = candleRange(asked, instrument.zone, asked.now);
  // The future has no candles.
  if (range.from > range.now) {
    return { symbol: instrument.symbol, interval, adjusted, candles: [], truncated: null };
  }
  const found =
    instrument.kind === 'domestic'
      ? await readDomestic(api, account, instrument, { ...asked, adjusted }, range, options)
      : await readOverseas(api, account, instrument, { interval, adjusted }, range, options);
  return {
    symbol: instrument.symbol,
    interval,
    adjusted,
    ...within(range, interval, instrument.zone, found),
  };
}

function readDomestic(
  api: KisApiClient,
  account: KisAccount,
  { symbol }: KisDomesticInstrument,
  { interval, venue, adjusted }: AskedCandles & { readonly adjusted: boolean },
  range: CandleRange,
  options: KisReadOptions,
): Promise<FoundCandles> {
  return interval === '1m'
    ? new MinuteCandles(api, account, symbol, venue, options).read(range)
    : readPeriodCandles(api, account, { symbol, venue, interval, adjusted }, range, options);
}

function readOverseas(
  api: KisApiClient,
  account: KisAccount,
  instrument: KisOverseasInstrument,
  { interval, adjusted }: { readonly interval: KisCandleInterval; readonly adjusted: boolean },
  range: CandleRange,
  options: KisReadOptions,
): Promise<FoundCandles> {
  if (interval === '1m') return readOverseasMinutes(api, account, instrument, range, options);
  if (interval !== '1y')
    return readOverseasCandles(api, account, instrument, { interval, adjusted }, range, options);
  throw new KisInvalidRequestError(
    'interval: KIS has no yearly candles of foreign stocks; request 1M, 1w, 1d or 1m.',
  );
}

/** The candles within the range, and whether some are missing at its start. */
function within(
  { from, to }: CandleRange,
  interval: KisCandleInterval,
  zone: string,
  { candles, isAllThereIs }: FoundCandles,
): Pick<KisCandles, 'candles' | 'truncated'> {
  const [first] = candles;
  const inside = candles
    .filter(({ at }) => periodStart(interval, at) >= periodStart(interval, from))
    .filter(({ at }) => interval !== '1m' || (at >= from && at <= to))
    .map(({ candle }) => candle);
  const isShort = isAllThereIs && (!first || periodStart(interval, first.at) > from);
  return { candles: inside, truncated: isShort ? (first?.candle.time ?? after(to, interval, zone)) : null };
}

/** The period after a range for which KIS has no data. */
function after(to: number, interval: KisCandleInterval, zone: string): string {
  return interval === '1m' ? new Date(instantOf(zone, to + 1)).toISOString() : isoDate(to + 1);
}
