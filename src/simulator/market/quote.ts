import { percent, quotient } from '../decimal';
import { koreanDate } from '../korean-time';
import { type DomesticStock } from './domestic-stocks';
import { type Quote, listingOf, statusOf, valueOf } from './company-figures';
import { currentPrice, fingerprint, lowerLimit, onTick, previousClose, upperLimit } from './prices';

const DAY_MS = 86_400_000;

/** Everything the quote says about a stock; all figures follow from its price and its symbol. */
export function quoteOf(stock: DomesticStock, now: number): Quote {
  const price = currentPrice(stock, now);
  const close = previousClose(stock, now);
  return {
    ...statusOf(stock),
    ...changeOf(price, close),
    ...tradingOf(stock, price, close),
    ...limitsOf(stock, price, now),
    ...pivotsOf(price, close),
    ...valueOf(stock, price, close, now),
    ...extremesOf(stock, price, now),
    ...listingOf(stock),
  };
}

/** A symbol that nobody knows gets a good answer with a price of "0" (python-kis, pykis/api/stock/quote.py). */
export function emptyQuote(symbol: string): Quote {
  return {
    iscd_stat_cls_code: '00',
    marg_rate: '0.00',
    ...changeOf(0, 0),
    acml_tr_pbmn: '0',
    acml_vol: '0',
    stck_oprc: '0',
    stck_hgpr: '0',
    stck_lwpr: '0',
    stck_mxpr: '0',
    stck_llam: '0',
    stck_sdpr: '0',
    stck_shrn_iscd: symbol,
  };
}

function changeOf(price: number, close: number): Quote {
  const change = price - close;
  return {
    stck_prpr: String(price),
    prdy_vrss: String(change),
    prdy_vrss_sign: signOf(change),
    prdy_ctrt: rate(change, close),
  };
}

/** Sign of a change (전일 대비 부호): 2 up, 3 level, 5 down. */
function signOf(change: number): string {
  if (change === 0) return '3';
  return change > 0 ? '2' : '5';
}

function tradingOf(stock: DomesticStock, price: number, close: number): Quote {
  const volume = 100_000 + (fingerprint(`volume ${stock.symbol}`) % 9_000_000);
  return {
    acml_tr_pbmn: String(volume * price),
    acml_vol: String(volume),
    prdy_vrss_vol_rate: '87.35',
    stck_oprc: String(close),
    stck_hgpr: String(Math.max(price, close)),
    stck_lwpr: String(Math.min(price, close)),
  };
}

function limitsOf(stock: DomesticStock, price: number, now: number): Quote {
  const close = previousClose(stock, now);
  return {
    stck_mxpr: String(upperLimit(stock, now)),
    stck_llam: String(lowerLimit(stock, now)),
    stck_sdpr: String(close),
    wghn_avrg_stck_prc: quotient(BigInt(price + close), 2n, 2),
    hts_frgn_ehrt: '49.48',
    frgn_ntby_qty: '0',
    pgtr_ntby_qty: '0',
  };
}

function pivotsOf(price: number, close: number): Quote {
  const pivot = Math.round((price + 2 * close) / 3);
  const spread = Math.abs(price - close);
  return {
    pvt_scnd_dmrs_prc: String(pivot + spread),
    pvt_frst_dmrs_prc: String(2 * pivot - Math.min(price, close)),
    pvt_pont_val: String(pivot),
    pvt_frst_dmsp_prc: String(2 * pivot - Math.max(price, close)),
    pvt_scnd_dmsp_prc: String(pivot - spread),
    dmrs_val: String(Math.max(price, close)),
    dmsp_val: String(Math.min(price, close)),
  };
}

/** Highest and lowest prices of the last 250 days, of this year, and of 52 weeks; the same ones here. */
function extremesOf(stock: DomesticStock, price: number, now: number): Quote {
  const [high, low] = [onTick(stock.basePrice * 1.32), onTick(stock.basePrice * 0.71)];
  const [highDate, lowDate] = [koreanDate(now - 40 * DAY_MS), koreanDate(now - 170 * DAY_MS)];
  const [fromHigh, fromLow] = [rate(price - high, high), rate(price - low, low)];
  return {
    d250_hgpr: String(high),
    d250_hgpr_date: highDate,
    d250_hgpr_vrss_prpr_rate: fromHigh,
    d250_lwpr: String(low),
    d250_lwpr_date: lowDate,
    d250_lwpr_vrss_prpr_rate: fromLow,
    stck_dryy_hgpr: String(high),
    dryy_hgpr_vrss_prpr_rate: fromHigh,
    dryy_hgpr_date: highDate,
    stck_dryy_lwpr: String(low),
    dryy_lwpr_vrss_prpr_rate: fromLow,
    dryy_lwpr_date: lowDate,
    w52_hgpr: String(high),
    w52_hgpr_vrss_prpr_ctrt: fromHigh,
    w52_hgpr_date: highDate,
    w52_lwpr: String(low),
    w52_lwpr_vrss_prpr_ctrt: fromLow,
    w52_lwpr_date: lowDate,
  };
}

function rate(change: number, base: number): string {
  return percent(BigInt(change), BigInt(base), 2);
}
