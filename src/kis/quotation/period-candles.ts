import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { unknownSymbol } from '../http/symbols';
import type { KisAccount } from '../kis-account';
import { DAY_MS, parseDate, wireDate } from '../protocol/market-time';
import { VENUE_CODES, type KisVenue } from '../protocol/markets';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, listOf, structureOrNull } from '../protocol/wire';
import { figure, isZero, recordOf } from '../protocol/wire-fields';
import { dateText } from '../protocol/wire-times';
import type { KisCandleInterval, PlacedCandle } from './candle';
import { candleDate, periodStart, type CandleRange } from './candle-range';
import { readCandlePages, type FoundCandles } from './candle-pages';

/** Reads the daily, weekly, monthly and yearly candles of domestic stocks. */

/** Values of the parameter FID_PERIOD_DIV_CODE. */
const PERIODS: Readonly<Record<Exclude<KisCandleInterval, '1m'>, string>> = {
  '1d': 'D',
  '1w': 'W',
  '1M': 'M',
  '1y': 'Y',
};

/** KIS portal, 국내주식기간별시세(일/주/월/년). */
const CANDLES = answerOf({
  output1: structureOrNull(recordOf({ currentPrice: figure('stck_prpr') })),
  output2: listOf(
    recordOf({
      date: dateText('stck_bsop_date'),
      open: figure('stck_oprc'),
      high: figure('stck_hgpr'),
      low: figure('stck_lwpr'),
      close: figure('stck_clpr'),
      volume: figure('acml_vol'),
      value: figure('acml_tr_pbmn'),
    }),
  ),
});

/** Longer than any series of days without trading in Korea: how far before a range an earlier candle is looked for. */
const LOOK_BACK_DAYS = 14;

export interface PeriodQuestion {
  readonly symbol: string;
  readonly venue: KisVenue;
  readonly interval: Exclude<KisCandleInterval, '1m'>;
  readonly adjusted: boolean;
}

/**
 * Daily to yearly candles of a domestic stock; KIS returns the newest 100 of a range, so the next page ends before
 * them.
 */
export function readPeriodCandles(
  api: KisApiClient,
  account: KisAccount,
  { symbol, venue, interval, adjusted }: PeriodQuestion,
  { from, to }: CandleRange,
  options: KisReadOptions,
): Promise<FoundCandles> {
  const call = KIS_QUOTATION_CALLS.periodCandles;
  const read = async (bound: number): Promise<PlacedCandle[]> => {
    const params = {
      FID_COND_MRKT_DIV_CODE: VENUE_CODES[venue],
      FID_INPUT_ISCD: symbol,
      FID_INPUT_DATE_1: wireDate(Math.min(from, bound) - LOOK_BACK_DAYS * DAY_MS),
      FID_INPUT_DATE_2: wireDate(bound),
      FID_PERIOD_DIV_CODE: PERIODS[interval],
      FID_ORG_ADJ_PRC: adjusted ? '0' : '1',
    };
    const { body } = await api.read(account, call, params, options);
    const { output1, output2 } = readAnswer(CANDLES, body, call);
    if (output1 === null || isZero(output1.currentPrice)) throw unknownSymbol(symbol);
    return output2.map(({ date, ...prices }) => ({
      at: parseDate(date) ?? 0,
      candle: { time: candleDate(date), ...prices },
    }));
  };
  return readCandlePages({ from, to }, { read, before: (oldest) => periodStart(interval, oldest) - 1 });
}
