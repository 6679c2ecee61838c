import { dateOf, dayOf } from '../market/days';
import { type DomesticStock } from '../market/domestic-stocks';
import { type Market, STEP_MS } from '../market/market';
import { type MinuteCandle, minutesBack, LAST_MINUTE } from '../market/minute-candles';
import { KOREA, clockOf, localDay, localMinute, previousTradingDay } from '../market/places';
import { type Answer, invalidField, quotation } from './answer';
import { EMPTY_CHART_HEAD, minuteChartHead } from './korean-chart-head';
import { quotedStock } from './quoted-stock';
import { type Inquiry, type Service } from './service';

/** 주식당일분봉조회 [v1_국내주식-022]: at most thirty minutes of today, newest first. */
export const MINUTE_CHART: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/inquire-time-itemchartprice',
  trIds: { real: ['FHKST03010200'], mock: ['FHKST03010200'] },
  forAccount: false,
  required: [
    'FID_COND_MRKT_DIV_CODE',
    'FID_INPUT_ISCD',
    'FID_INPUT_HOUR_1',
    'FID_PW_DATA_INCU_YN',
    'FID_ETC_CLS_CODE',
  ],
  answer: minutesOfToday,
};

/** 주식일별분봉조회 [국내주식-213]: at most 120 minutes of a day of the last year. Not at the mock host. */
export const PAST_MINUTE_CHART: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/inquire-time-dailychartprice',
  trIds: { real: ['FHKST03010230'], mock: [] },
  forAccount: false,
  required: [
    'FID_COND_MRKT_DIV_CODE',
    'FID_INPUT_ISCD',
    'FID_INPUT_HOUR_1',
    'FID_INPUT_DATE_1',
    'FID_PW_DATA_INCU_YN',
  ],
  answer: minutesOfPast,
};

const MOST_OF_TODAY = 30;
const MOST_OF_PAST = 120;
const KEPT_DAYS = 365;
/** python-kis requests the newest ones this way. */
const NEWEST = '000000';

function minutesOfToday(inquiry: Inquiry): Answer {
  const { call, fields, brokerage } = inquiry;
  const { market } = brokerage;
  const quoted = quotedStock(inquiry);
  if ('msgCd' in quoted) return quoted;
  const { stock } = quoted;
  if (!stock) return quotation({ output1: EMPTY_CHART_HEAD, output2: [] });
  const asked = minuteOf(fields.get('FID_INPUT_HOUR_1'));
  if (asked === null) return invalidField('INPUT_HOUR_1');
  const { day } = market.momentOf(KOREA, call.at);
  const rows = today(market, stock, day, asked, call.at);
  return quotation({ output1: minuteChartHead(market, stock, call.at), output2: rows.map(minuteRow) });
}

/** Minutes that are still to come have the price of now (KIS portal). */
function today(
  market: Market,
  stock: DomesticStock,
  day: number,
  asked: number,
  now: number,
): MinuteCandle[] {
  const { closes } = market.hoursOf(KOREA);
  const current = Math.floor(day === localDay(KOREA, now) ? localMinute(KOREA, now) : closes);
  const last = Math.min(asked, closes, LAST_MINUTE);
  const price = market.price(stock, now);
  const ahead = Array.from({ length: Math.min(MOST_OF_TODAY, Math.max(0, last - current)) }, (_, index) => ({
    day,
    minute: last - index,
    ...{ open: price, high: price, low: price, close: price },
    volume: 0,
    value: market.value(stock, now),
  }));
  const most = MOST_OF_TODAY - ahead.length;
  const begun = minutesBack(market, stock, day, { from: last, most: most + 1 }, now);
  return [...ahead, ...withoutFirstTrade(begun, now).slice(0, most)];
}

/** Until something is traded in the newest minute it shows the volume of the one before (KIS portal). */
function withoutFirstTrade(minutes: readonly MinuteCandle[], now: number): readonly MinuteCandle[] {
  const [newest, before, ...rest] = minutes;
  const isUntouched =
    newest && now % 60_000 < STEP_MS && newest.minute === Math.floor(localMinute(KOREA, now));
  return isUntouched && before ? [{ ...newest, volume: before.volume }, before, ...rest] : minutes;
}

function minutesOfPast(inquiry: Inquiry): Answer {
  const { call, fields, brokerage } = inquiry;
  const { market } = brokerage;
  const quoted = quotedStock(inquiry);
  if ('msgCd' in quoted) return quoted;
  const { stock } = quoted;
  if (!stock) return quotation({ output1: EMPTY_CHART_HEAD, output2: [] });
  const [day, from] = [dayOf(fields.get('FID_INPUT_DATE_1')), minuteOf(fields.get('FID_INPUT_HOUR_1'))];
  if (day === null) return invalidField('INPUT_DATE_1');
  if (from === null) return invalidField('INPUT_HOUR_1');
  const goesOn = fields.get('FID_PW_DATA_INCU_YN') === 'Y';
  const rows = past(market, stock, { day, from, goesOn }, call.at);
  return quotation({ output1: minuteChartHead(market, stock, call.at), output2: rows.map(minuteRow) });
}

/** With FID_PW_DATA_INCU_YN the list goes on into the days before. */
function past(
  market: Market,
  stock: DomesticStock,
  asked: { readonly day: number; readonly from: number; readonly goesOn: boolean },
  now: number,
): MinuteCandle[] {
  const today = localDay(KOREA, now);
  const minutes: MinuteCandle[] = [];
  let { day, from } = asked;
  while (minutes.length < MOST_OF_PAST && day > today - KEPT_DAYS && day >= stock.listedOn) {
    if (day <= today && market.isTradingDay(KOREA, day, today)) {
      minutes.push(...minutesBack(market, stock, day, { from, most: MOST_OF_PAST - minutes.length }, now));
    }
    if (!asked.goesOn) break;
    day = previousTradingDay(KOREA, day);
    from = Number.MAX_SAFE_INTEGER;
  }
  return minutes;
}

function minuteRow(candle: MinuteCandle): Record<string, string> {
  return {
    stck_bsop_date: dateOf(candle.day),
    stck_cntg_hour: clockOf(candle.minute),
    stck_prpr: String(candle.close),
    stck_oprc: String(candle.open),
    stck_hgpr: String(candle.high),
    stck_lwpr: String(candle.low),
    cntg_vol: String(candle.volume),
    acml_tr_pbmn: String(candle.value),
  };
}

/** "093015" as minutes after midnight; null for something else. */
function minuteOf(time: string): number | null {
  if (time === NEWEST || time === '') return Number.MAX_SAFE_INTEGER;
  if (!/^\d{6}$/.test(time)) return null;
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(2, 4));
}
