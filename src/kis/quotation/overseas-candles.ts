import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import type { KisAccount } from '../kis-account';
import { instantOf, MINUTE_MS, parseDate, parseTime, wireDate, wireTime } from '../protocol/market-time';
import { KOREAN_ZONE } from '../protocol/markets';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, listOf, structureOrNull } from '../protocol/wire';
import { description, figure, figureOrNull, recordOf } from '../protocol/wire-fields';
import { dateText, timeText } from '../protocol/wire-times';
import type { PlacedCandle } from './candle';
import { readCandlePages, type FoundCandles } from './candle-pages';
import { candleDate, periodStart, type CandleRange } from './candle-range';
import type { KisOverseasInstrument } from './instrument';
import { unknownAbroad } from './overseas-quote';

/** Reads the candles of foreign stocks. */

/** Values of the parameter GUBN. */
const PERIODS = { '1d': '0', '1w': '1', '1M': '2' } as const;

export type OverseasPeriod = keyof typeof PERIODS;

/** Empty for a symbol that KIS does not know. */
const HEAD = structureOrNull(recordOf({ name: description('rsym') }));

/** KIS portal, 해외주식 기간별시세. */
const CANDLES = answerOf({
  output1: HEAD,
  output2: listOf(
    recordOf({
      date: dateText('xymd'),
      open: figure('open'),
      high: figure('high'),
      low: figure('low'),
      close: figure('clos'),
      volume: figure('tvol'),
      value: figureOrNull('tamt'),
    }),
  ),
});

/** KIS portal, 해외주식분봉조회. Dates and times are those of the exchange (x) and of Korea (k). */
const MINUTES = answerOf({
  output1: HEAD,
  output2: listOf(
    recordOf({
      date: dateText('xymd'),
      time: timeText('xhms'),
      koreanDate: dateText('kymd'),
      koreanTime: timeText('khms'),
      open: figure('open'),
      high: figure('high'),
      low: figure('low'),
      close: figure('last'),
      volume: figure('evol'),
      value: figureOrNull('eamt'),
    }),
  ),
});

const MOST_MINUTES = '120';

/** Daily to monthly candles of a foreign stock, 100 a page, back from a date. */
export function readOverseasCandles(
  api: KisApiClient,
  account: KisAccount,
  instrument: KisOverseasInstrument,
  { interval, adjusted }: { readonly interval: OverseasPeriod; readonly adjusted: boolean },
  range: CandleRange,
  options: KisReadOptions,
): Promise<FoundCandles> {
  const call = KIS_QUOTATION_CALLS.overseasPeriodCandles;
  const read = async (bound: number): Promise<PlacedCandle[]> => {
    const params = {
      AUTH: '',
      EXCD: instrument.exchange,
      SYMB: instrument.code,
      GUBN: PERIODS[interval],
      BYMD: wireDate(bound),
      MODP: adjusted ? '1' : '0',
    };
    const { body } = await api.read(account, call, params, options);
    const { output1, output2 } = readAnswer(CANDLES, body, call);
    if (output1?.name == null) throw unknownAbroad(instrument);
    return output2.map(({ date, ...prices }) => ({
      at: parseDate(date) ?? 0,
      candle: { time: candleDate(date), ...prices },
    }));
  };
  return readCandlePages(range, { read, before: (oldest) => periodStart(interval, oldest) - 1 });
}

/**
 * Minutes of a foreign stock: of the last month, of regular sessions only, 120 a page. KIS reads them back from the
 * newest; the current minute is left out. Real trading only.
 */
export function readOverseasMinutes(
  api: KisApiClient,
  account: KisAccount,
  instrument: KisOverseasInstrument,
  { from, to, now }: CandleRange,
  options: KisReadOptions,
): Promise<FoundCandles> {
  const call = KIS_QUOTATION_CALLS.overseasMinutes;
  const lastWhole = now - (now % MINUTE_MS) - 1;
  const read = async (bound: number): Promise<PlacedCandle[]> => {
    const isFirst = bound >= lastWhole;
    const params = {
      AUTH: '',
      EXCD: instrument.exchange,
      SYMB: instrument.code,
      NMIN: '1',
      PINC: '1',
      NEXT: isFirst ? '' : '1',
      NREC: MOST_MINUTES,
      FILL: '',
      KEYB: isFirst ? '' : `${wireDate(bound)}${wireTime(bound)}`,
    };
    const { body } = await api.read(account, call, params, options);
    const { output1, output2 } = readAnswer(MINUTES, body, call);
    if (output1?.name == null) throw unknownAbroad(instrument);
    return output2.map(({ date, time, koreanDate, koreanTime, ...prices }) => {
      const korean = (parseDate(koreanDate) ?? 0) + (parseTime(koreanTime) ?? 0);
      return {
        at: (parseDate(date) ?? 0) + (parseTime(time) ?? 0),
        candle: { time: new Date(instantOf(KOREAN_ZONE, korean)).toISOString(), ...prices },
      };
    });
  };
  return readCandlePages({ from, to: Math.min(to, lastWhole) }, { read, before: (oldest) => oldest - 1 });
}
