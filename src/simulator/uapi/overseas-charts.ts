import { type Candle, type Period, candlesOf } from '../market/candles';
import { dateOf, dayOf } from '../market/days';
import { type Market } from '../market/market';
import { overseasBook } from '../market/overseas-book';
import { type OverseasStock } from '../market/overseas-stocks';
import { type Answer, invalidField, quotation } from './answer';
import { decimals, overseasChange, overseasQuoted, realtimeSymbol } from './overseas-quoted';
import { type Inquiry, type Service } from './service';

/** 해외주식 기간별시세 [v1_해외주식-010]: at most a hundred candles back from a day, newest first. */
export const OVERSEAS_DAILY_CHART: Service = {
  method: 'GET',
  path: '/uapi/overseas-price/v1/quotations/dailyprice',
  trIds: { real: ['HHDFS76240000'], mock: ['HHDFS76240000'] },
  forAccount: false,
  required: ['AUTH', 'EXCD', 'SYMB', 'GUBN', 'BYMD', 'MODP'],
  answer: overseasDailyChart,
};

const MOST = 100;
const PERIODS: Readonly<Record<string, Period>> = { 0: 'day', 1: 'week', 2: 'month' };

function overseasDailyChart({ call, fields, brokerage }: Inquiry): Answer {
  const { market } = brokerage;
  const period = PERIODS[fields.get('GUBN')];
  if (period === undefined) return invalidField('GUBN');
  const stock = overseasQuoted(fields);
  if (!stock) return quotation({ output1: { rsym: '', zdiv: '', nrec: '' }, output2: [] });
  const to = dayOf(fields.get('BYMD')) ?? market.momentOf(stock.place, call.at).day;
  const candles = candlesOf(market, stock, period, { from: stock.listedOn, to, most: MOST }, call.at);
  return quotation({
    // The portal calls `nrec` the close before; python-kis reads it as the number of rows.
    output1: {
      rsym: realtimeSymbol(stock),
      zdiv: String(stock.exchange.decimals),
      nrec: String(candles.length),
    },
    output2: candles.map((candle) => rowOf(market, stock, candle, call.at)),
  });
}

function rowOf(market: Market, stock: OverseasStock, candle: Candle, now: number): Record<string, string> {
  const { exchange } = stock;
  const price = (value: number): string => decimals(exchange, value);
  const { asks, bids } = overseasBook(market, stock, now);
  return {
    xymd: dateOf(candle.day),
    clos: price(candle.close),
    ...overseasChange(exchange, candle.close, market.closeBefore(stock, candle.day)),
    open: price(candle.open),
    high: price(candle.high),
    low: price(candle.low),
    tvol: String(candle.volume),
    tamt: String(candle.value),
    pbid: price(candle.close),
    vbid: String(bids[0]?.quantity ?? 0),
    pask: price(stock.round(candle.close + exchange.tick)),
    vask: String(asks[0]?.quantity ?? 0),
  };
}
