import { bookOf, expectedTrade, totalOf } from '../market/book';
import { rateOf, signOf } from '../market/change';
import { type DomesticStock, domesticStock } from '../market/domestic-stocks';
import { type KoreanVenue, VENUES, limitsOf } from '../market/korean-prices';
import { type Market } from '../market/market';
import { type Trading, tradingOf } from '../market/quote';
import { type Answer, invalidField, quotation } from './answer';
import { type Inquiry, type Service } from './service';

/** 관심종목(멀티종목) 시세조회 [국내주식-205]: up to thirty stocks at once. Not at the mock host. */
export const MULTI_PRICE: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/intstock-multprice',
  trIds: { real: ['FHKST11300006'], mock: [] },
  forAccount: false,
  required: ['FID_COND_MRKT_DIV_CODE_1', 'FID_INPUT_ISCD_1'],
  answer: multiPrice,
};

const MOST = 30;

function multiPrice({ call, fields, brokerage }: Inquiry): Answer {
  const asked = Array.from({ length: MOST }, (_, index) => ({
    venue: fields.get(`FID_COND_MRKT_DIV_CODE_${index + 1}`),
    symbol: fields.get(`FID_INPUT_ISCD_${index + 1}`),
  })).filter(({ symbol }) => symbol !== '');
  if (asked.some(({ venue }) => VENUES[venue] === undefined)) return invalidField('MRKT_DIV_CODE');
  const output = asked.map(({ venue, symbol }) => {
    const stock = domesticStock(symbol);
    const row = stock && rowOf(brokerage.market, stock, VENUES[venue] ?? 'KRX', call.at);
    return row ?? emptyRow(symbol);
  });
  return quotation({ output });
}

function rowOf(market: Market, stock: DomesticStock, venue: KoreanVenue, now: number) {
  const trading = tradingOf(market, stock, venue, now);
  return trading && { ...priceFields(stock, trading), ...bookFields(market, stock, trading, now) };
}

function priceFields(stock: DomesticStock, { price, close, range, volume }: Trading): Record<string, string> {
  return {
    kospi_kosdaq_cls_name: { KOSPI: '코스피', KOSDAQ: '코스닥', KONEX: '코넥스' }[stock.market],
    mrkt_trtm_cls_name: '',
    hour_cls_code: '0',
    inter_shrn_iscd: stock.symbol,
    inter_kor_isnm: stock.name,
    inter2_prpr: String(price),
    inter2_prdy_vrss: String(price - close),
    prdy_vrss_sign: signOf(price - close),
    prdy_ctrt: rateOf(price - close, close),
    acml_vol: String(volume),
    inter2_oprc: String(range.open),
    inter2_hgpr: String(range.high),
    inter2_lwpr: String(range.low),
  };
}

function bookFields(
  market: Market,
  stock: DomesticStock,
  trading: Trading,
  now: number,
): Record<string, string> {
  const { base, upper, lower } = limitsOf(market, stock, now);
  const { asks, bids } = bookOf(market, stock, trading.price, now);
  const expected = expectedTrade(market, stock, now);
  const change = expected ? expected.price - base : 0;
  return {
    inter2_llam: String(lower),
    inter2_mxpr: String(upper),
    inter2_askp: String(asks[0]?.price ?? 0),
    inter2_bidp: String(bids[0]?.price ?? 0),
    seln_rsqn: String(asks[0]?.quantity ?? 0),
    shnu_rsqn: String(bids[0]?.quantity ?? 0),
    total_askp_rsqn: String(totalOf(asks)),
    total_bidp_rsqn: String(totalOf(bids)),
    acml_tr_pbmn: String(trading.value),
    inter2_prdy_clpr: String(trading.close),
    oprc_vrss_hgpr_rate: rateOf(trading.range.high - trading.range.open, trading.range.open),
    intr_antc_cntg_vrss: String(change),
    intr_antc_cntg_vrss_sign: signOf(change),
    intr_antc_cntg_prdy_ctrt: rateOf(change, base),
    intr_antc_vol: String(expected?.quantity ?? 0),
    inter2_sdpr: String(base),
  };
}

function emptyRow(symbol: string): Record<string, string> {
  return { inter_shrn_iscd: symbol, inter_kor_isnm: '', inter2_prpr: '0', acml_vol: '0' };
}
