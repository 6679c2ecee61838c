import { dateOf, dayOf } from '../market/days';
import { type Market } from '../market/market';
import { type MinuteCandle, minutesBack } from '../market/minute-candles';
import { type OverseasStock } from '../market/overseas-stocks';
import { clockOf, instantAt, previousTradingDay } from '../market/places';
import { koreanDate, koreanTime } from '../korean-time';
import { type Fields } from '../message';
import { type Answer, invalidField, quotation } from './answer';
import { decimals, overseasQuoted, realtimeSymbol } from './overseas-quoted';
import { type Inquiry, type Service } from './service';

/** 해외주식분봉조회 [v1_해외주식-030]: at most 120 minutes, a month back, regular session only. Not at the mock host. */
export const OVERSEAS_MINUTE_CHART: Service = {
  method: 'GET',
  path: '/uapi/overseas-price/v1/quotations/inquire-time-itemchartprice',
  trIds: { real: ['HHDFS76950200'], mock: [] },
  forAccount: false,
  required: ['AUTH', 'EXCD', 'SYMB', 'NMIN', 'PINC', 'NEXT', 'NREC', 'FILL', 'KEYB'],
  answer: overseasMinutes,
};

const MOST = 120;
const KEPT_DAYS = 31;

interface Asked {
  /** Length of a candle in minutes. */
  readonly gap: number;
  readonly most: number;
  readonly withDaysBefore: boolean;
  readonly day: number;
  readonly from: number;
}

function overseasMinutes({ call, fields, brokerage }: Inquiry): Answer {
  const { market } = brokerage;
  const stock = overseasQuoted(fields);
  if (!stock) return quotation({ output1: { rsym: '', zdiv: '', nrec: '' }, output2: [] });
  const asked = askedOf(fields, market.momentOf(stock.place, call.at).day);
  if (typeof asked === 'string') return invalidField(asked);
  const minutes = minutesOf(market, stock, asked, call.at);
  const rows = grouped(minutes, asked.gap).slice(0, asked.most);
  const hasMore = minutes.length > asked.most * asked.gap;
  return quotation({
    output1: headOf(market, stock, rows.length, hasMore, call.at),
    output2: rows.map((candle) => rowOf(stock, candle)),
  });
}

/** The name of the invalid field, or the request. */
function askedOf(fields: Fields, today: number): Asked | string {
  const [gap, most] = [Number(fields.get('NMIN')), Number(fields.get('NREC'))];
  if (!Number.isInteger(gap) || gap < 1) return 'NMIN';
  if (!Number.isInteger(most) || most < 1) return 'NREC';
  const key = fields.get('KEYB');
  const goesOn = fields.get('NEXT') === '1' && key !== '';
  const day = goesOn ? dayOf(key.slice(0, 8)) : today;
  if (day === null) return 'KEYB';
  const from = goesOn ? Number(key.slice(8, 10)) * 60 + Number(key.slice(10, 12)) : Number.MAX_SAFE_INTEGER;
  return { gap, most: Math.min(most, MOST), withDaysBefore: fields.get('PINC') === '1', day, from };
}

/** One minute more than is shown, to find out whether there are more. */
function minutesOf(market: Market, stock: OverseasStock, asked: Asked, now: number): MinuteCandle[] {
  const wanted = asked.most * asked.gap + 1;
  const today = market.momentOf(stock.place, now).day;
  const minutes: MinuteCandle[] = [];
  let { day, from } = asked;
  while (minutes.length < wanted && day > today - KEPT_DAYS) {
    if (market.isTradingDay(stock.place, day, today)) {
      minutes.push(...minutesBack(market, stock, day, { from, most: wanted - minutes.length }, now));
    }
    if (!asked.withDaysBefore) break;
    day = previousTradingDay(stock.place, day);
    from = Number.MAX_SAFE_INTEGER;
  }
  return minutes;
}

/** Candles of several minutes each, by the clock. @param minutes newest first */
function grouped(minutes: readonly MinuteCandle[], gap: number): MinuteCandle[] {
  if (gap === 1) return [...minutes];
  const groups = new Map<string, MinuteCandle>();
  for (const candle of minutes) {
    const begins = candle.minute - (candle.minute % gap);
    const name = `${candle.day} ${begins}`;
    const later = groups.get(name);
    groups.set(name, later ? joined(candle, later) : { ...candle, minute: begins });
  }
  return [...groups.values()];
}

function joined(earlier: MinuteCandle, later: MinuteCandle): MinuteCandle {
  return {
    ...later,
    open: earlier.open,
    high: Math.max(earlier.high, later.high),
    low: Math.min(earlier.low, later.low),
    volume: earlier.volume + later.volume,
  };
}

function headOf(market: Market, stock: OverseasStock, rows: number, hasMore: boolean, now: number) {
  const { opens, closes } = stock.place;
  const { day } = market.momentOf(stock.place, now);
  const korean = (minute: number): string => koreanTime(instantAt(stock.place, day, minute));
  return {
    rsym: realtimeSymbol(stock),
    zdiv: String(stock.exchange.decimals),
    stim: clockOf(opens),
    etim: clockOf(closes),
    sktm: korean(opens),
    ektm: korean(closes),
    next: hasMore ? '1' : '0',
    more: hasMore ? '1' : '0',
    nrec: String(rows),
  };
}

function rowOf(stock: OverseasStock, candle: MinuteCandle): Record<string, string> {
  const { exchange, place } = stock;
  const at = instantAt(place, candle.day, candle.minute);
  const price = (value: number): string => decimals(exchange, value);
  return {
    tymd: dateOf(candle.day),
    xymd: dateOf(candle.day),
    xhms: clockOf(candle.minute),
    kymd: koreanDate(at),
    khms: koreanTime(at),
    open: price(candle.open),
    high: price(candle.high),
    low: price(candle.low),
    last: price(candle.close),
    evol: String(candle.volume),
    eamt: String(Math.floor(candle.volume * candle.close)),
  };
}
