import { signOf } from '../market/change';
import { type Candle, type Period, candlesOf, dayCandle } from '../market/candles';
import { capital, sharesListed, valueOf } from '../market/company-figures';
import { dateOf, dayOf } from '../market/days';
import { type DomesticStock } from '../market/domestic-stocks';
import { limitsOf } from '../market/korean-prices';
import { type Market } from '../market/market';
import { previousTradingDay } from '../market/places';
import { changeOf } from '../market/quote';
import { bookOf } from '../market/book';
import { type Answer, invalidField, quotation } from './answer';
import { quotedStock } from './quoted-stock';
import { type Inquiry, type Service } from './service';

/** 국내주식기간별시세(일/주/월/년) [v1_국내주식-016]: at most a hundred candles, newest first. */
export const DAILY_CHART: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/inquire-daily-itemchartprice',
  trIds: { real: ['FHKST03010100'], mock: ['FHKST03010100'] },
  forAccount: false,
  required: [
    'FID_COND_MRKT_DIV_CODE',
    'FID_INPUT_ISCD',
    'FID_INPUT_DATE_1',
    'FID_INPUT_DATE_2',
    'FID_PERIOD_DIV_CODE',
    'FID_ORG_ADJ_PRC',
  ],
  answer: dailyChart,
};

const MOST = 100;
const PERIODS: Readonly<Record<string, Period>> = { D: 'day', W: 'week', M: 'month', Y: 'year' };
const UNADJUSTED = '1';

function dailyChart(inquiry: Inquiry): Answer {
  const { call, fields, brokerage } = inquiry;
  const { market } = brokerage;
  const quoted = quotedStock(inquiry);
  if ('msgCd' in quoted) return quoted;
  const period = PERIODS[fields.get('FID_PERIOD_DIV_CODE')];
  if (period === undefined) return invalidField('PERIOD_DIV_CODE');
  const to = dayOf(fields.get('FID_INPUT_DATE_2'));
  if (to === null) return invalidField('INPUT_DATE_2');
  const { stock } = quoted;
  if (!stock) return quotation({ output1: { stck_prpr: '0', hts_kor_isnm: '' }, output2: [{}] });
  // python-kis requests everything with "00000101".
  const from = dayOf(fields.get('FID_INPUT_DATE_1')) ?? 0;
  const candles = candlesOf(market, stock, period, { from, to, most: MOST }, call.at);
  const isRaw = fields.get('FID_ORG_ADJ_PRC') === UNADJUSTED;
  const rows = candles.map((candle) => candleRow(market, stock, candle, isRaw));
  // python-kis takes empty objects out of the list, so KIS sends them where it has nothing.
  return quotation({ output1: headOf(market, stock, call.at), output2: rows.length > 0 ? rows : [{}] });
}

function candleRow(
  market: Market,
  stock: DomesticStock,
  candle: Candle,
  isRaw: boolean,
): Record<string, string> {
  const factor = isRaw && stock.split && candle.day < stock.split.day ? stock.split.factor : 1;
  const change = candle.close - market.closeBefore(stock, candle.day);
  const price = (value: number): string => String(value * factor);
  return {
    stck_bsop_date: dateOf(candle.day),
    stck_clpr: price(candle.close),
    stck_oprc: price(candle.open),
    stck_hgpr: price(candle.high),
    stck_lwpr: price(candle.low),
    acml_vol: String(Math.floor(candle.volume / factor)),
    acml_tr_pbmn: String(candle.value),
    flng_cls_code: '00',
    prtt_rate: stock.split?.day === candle.day ? (1 / stock.split.factor).toFixed(2) : '0.00',
    mod_yn: 'N',
    prdy_vrss_sign: signOf(change),
    prdy_vrss: price(change),
    revl_issu_reas: '00',
  };
}

function headOf(market: Market, stock: DomesticStock, now: number): Record<string, string> {
  const [price, close] = [market.price(stock, now), market.previousClose(stock, now)];
  const today = market.momentOf(stock.place, now).day;
  const before = dayCandle(market, stock, previousTradingDay(stock.place, today), now);
  const { open, high, low } = market.range(stock, now);
  const { upper, lower } = limitsOf(market, stock, now);
  const book = bookOf(market, stock, price, now);
  const { per, eps, pbr, vol_tnrt, stck_fcam, hts_avls } = valueOf(stock, price, close);
  return {
    ...changeOf(price, close),
    stck_prdy_clpr: String(close),
    acml_vol: String(market.volume(stock, now)),
    acml_tr_pbmn: String(market.value(stock, now)),
    hts_kor_isnm: stock.name,
    stck_shrn_iscd: stock.symbol,
    prdy_vol: String(before.volume),
    stck_mxpr: String(upper),
    stck_llam: String(lower),
    stck_oprc: String(open),
    stck_hgpr: String(high),
    stck_lwpr: String(low),
    stck_prdy_oprc: String(before.open),
    stck_prdy_hgpr: String(before.high),
    stck_prdy_lwpr: String(before.low),
    askp: String(book.asks[0]?.price ?? 0),
    bidp: String(book.bids[0]?.price ?? 0),
    prdy_vrss_vol: String(market.volume(stock, now) - before.volume),
    vol_tnrt: vol_tnrt ?? '0.00',
    stck_fcam: stck_fcam ?? '0',
    lstn_stcn: String(sharesListed(stock)),
    cpfn: String(capital(sharesListed(stock))),
    hts_avls: hts_avls ?? '0',
    per: per ?? '0.00',
    eps: eps ?? '0.00',
    pbr: pbr ?? '0.00',
    itewhol_loan_rmnd_ratem: '0.2200',
  };
}
