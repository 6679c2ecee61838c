import { changeOf } from '../market/quote';
import { type DomesticStock } from '../market/domestic-stocks';
import { type Market } from '../market/market';

/** What stands above the minutes of a stock (output1 of 주식당일분봉조회 and 주식일별분봉조회). */
export function minuteChartHead(market: Market, stock: DomesticStock, now: number): Record<string, string> {
  const [price, close] = [market.price(stock, now), market.previousClose(stock, now)];
  const { stck_prpr, ...change } = changeOf(price, close);
  return {
    ...change,
    stck_prdy_clpr: String(close),
    acml_vol: String(market.volume(stock, now)),
    acml_tr_pbmn: String(market.value(stock, now)),
    hts_kor_isnm: stock.name,
    stck_prpr: stck_prpr ?? '0',
  };
}

/** The same for an unknown stock, or one that the venue does not trade: a price of "0". */
export const EMPTY_CHART_HEAD = {
  prdy_vrss: '0',
  prdy_vrss_sign: '3',
  prdy_ctrt: '0.00',
  stck_prdy_clpr: '0',
  acml_vol: '0',
  acml_tr_pbmn: '0',
  hts_kor_isnm: '',
  stck_prpr: '0',
};
