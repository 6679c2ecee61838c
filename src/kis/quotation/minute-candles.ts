import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { unknownSymbol } from '../http/symbols';
import type { KisAccount } from '../kis-account';
import type { KisReadCall } from '../protocol/kis-calls';
import {
  DAY_MS,
  instantOf,
  isWeekend,
  midnightOf,
  MINUTE_MS,
  parseDate,
  parseTime,
  wireDate,
  wireTime,
} from '../protocol/market-time';
import { KOREAN_ZONE, VENUE_CODES, type KisVenue } from '../protocol/markets';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, listOf, structureOrNull } from '../protocol/wire';
import { figure, isZero, recordOf } from '../protocol/wire-fields';
import { dateText, timeText } from '../protocol/wire-times';
import type { PlacedCandle } from './candle';
import { readCandlePages, type FoundCandles } from './candle-pages';
import type { CandleRange } from './candle-range';
import { valuesOfMinutes } from './minute-values';

/** Reads the minute candles of domestic stocks. */

/** KIS portal, 주식당일분봉조회 and 주식일별분봉조회: both have the same layout. */
const MINUTES = answerOf({
  output1: structureOrNull(recordOf({ currentPrice: figure('stck_prpr') })),
  output2: listOf(
    recordOf({
      date: dateText('stck_bsop_date'),
      time: timeText('stck_cntg_hour'),
      open: figure('stck_oprc'),
      high: figure('stck_hgpr'),
      low: figure('stck_lwpr'),
      close: figure('stck_prpr'),
      volume: figure('cntg_vol'),
      total: figure('acml_tr_pbmn'),
    }),
  ),
});

/** KIS keeps minutes for a year (KIS portal, 주식일별분봉조회). */
const KEPT_DAYS = 366;
/** No series of days without trading in Korea is longer. */
const LONGEST_BREAK_DAYS = 14;
const LAST_SECOND_MS = DAY_MS - 1000;

/**
 * Minutes of a domestic stock. Today's come from a separate call, 30 at a time; those of past days, 120 at a time, in
 * real trading only. The current minute is left out: until its first trade KIS reports the volume of the previous one.
 */
export class MinuteCandles {
  constructor(
    private readonly api: KisApiClient,
    private readonly account: KisAccount,
    private readonly symbol: string,
    private readonly venue: KisVenue,
    private readonly options: KisReadOptions,
  ) {}

  /** @throws KisNotAvailableInMockError for past days in mock trading. */
  async read(range: CandleRange): Promise<FoundCandles> {
    const lastWhole = range.now - (range.now % MINUTE_MS) - 1;
    const to = Math.min(range.to, lastWhole);
    const isMock = this.account.mode === 'MOCK';
    if (isMock && to < lastWeekday(range.now)) await this.past(to, range.now);
    const found = await readCandlePages(
      { from: range.from, to },
      {
        read: (bound) => (isMock ? this.lastDay(bound, range.now) : this.anyDay(bound, range.now)),
        before: (oldest) => oldest - 1,
      },
    );
    // In mock trading the whole last day is available.
    return { ...found, candles: valuesOfMinutes(found.candles, isMock && found.isAllThereIs) };
  }

  private async anyDay(bound: number, now: number): Promise<PlacedCandle[]> {
    const today = midnightOf(now);
    if (bound < today) return this.past(bound, now);
    // On a day without trading, and before trading begins, KIS sends minutes of the last trading day instead.
    const minutes = isWeekend(today) ? [] : (await this.recent(bound)).filter(({ at }) => at >= today);
    return minutes.length > 0 ? minutes : this.past(today - 1000, now);
  }

  /** Minutes of the last trading day, which on a weekend is Friday; empty when KIS has nothing older of that day. */
  private async lastDay(bound: number, now: number): Promise<PlacedCandle[]> {
    const today = midnightOf(now);
    const minutes = await this.recent(bound);
    const areOfToday = minutes.some(({ at }) => at >= today);
    return bound < today || areOfToday ? minutes : this.recent(today + LAST_SECOND_MS);
  }

  private recent(bound: number): Promise<PlacedCandle[]> {
    return this.readPage(KIS_QUOTATION_CALLS.minutesOfToday, {
      FID_COND_MRKT_DIV_CODE: VENUE_CODES[this.venue],
      FID_INPUT_ISCD: this.symbol,
      FID_INPUT_HOUR_1: wireTime(bound),
      FID_PW_DATA_INCU_YN: 'N',
      FID_ETC_CLS_CODE: '',
    });
  }

  /** Minutes before a moment, of any day. */
  private async past(bound: number, now: number): Promise<PlacedCandle[]> {
    const call = KIS_QUOTATION_CALLS.minutesOfPast;
    let from = bound;
    for (let days = 0; days < LONGEST_BREAK_DAYS && from > now - KEPT_DAYS * DAY_MS; days += 1) {
      const page = await this.readPage(call, {
        FID_COND_MRKT_DIV_CODE: VENUE_CODES[this.venue],
        FID_INPUT_ISCD: this.symbol,
        FID_INPUT_HOUR_1: wireTime(from),
        FID_INPUT_DATE_1: wireDate(from),
        FID_PW_DATA_INCU_YN: 'Y',
        FID_FAKE_TICK_INCU_YN: '',
      });
      const older = page.filter(({ at }) => at <= bound);
      if (older.length > 0) return older;
      // For a day without trading KIS may return nothing instead of continuing with the previous day.
      from = midnightOf(from) - 1000;
      while (isWeekend(midnightOf(from))) from -= DAY_MS;
    }
    return [];
  }

  private async readPage(
    call: KisReadCall,
    params: Readonly<Record<string, string>>,
  ): Promise<PlacedCandle[]> {
    const { body } = await this.api.read(this.account, call, params, this.options);
    const { output1, output2 } = readAnswer(MINUTES, body, call);
    if (output1 === null || isZero(output1.currentPrice)) throw unknownSymbol(this.symbol);
    return output2.map(({ date, time, total, ...prices }) => {
      const at = (parseDate(date) ?? 0) + (parseTime(time) ?? 0);
      const instant = new Date(instantOf(KOREAN_ZONE, at)).toISOString();
      return { at, candle: { time: instant, ...prices, value: total } };
    });
  }
}

function lastWeekday(now: number): number {
  let day = midnightOf(now);
  while (isWeekend(day)) day -= DAY_MS;
  return day;
}
