import { quotient } from '../decimal';
import { koreanDate } from '../korean-time';
import { rateOf, signOf } from './change';
import { type Quote, listingOf, statusOf, valueOf } from './company-figures';
import { type DomesticStock } from './domestic-stocks';
import { type KoreanVenue, limitsOf, venuePrice } from './korean-prices';
import { type DayRange, type Market } from './market';
import { onTick } from './ticks';

/** The basic figures of a stock, from which all others are derived. */
export interface Trading {
  readonly price: number;
  readonly close: number;
  readonly range: DayRange;
  readonly volume: number;
  readonly value: number;
}

const DAY_MS = 86_400_000;

/** What was traded today, or null where the stock is not traded at the venue. */
export function tradingOf(
  market: Market,
  stock: DomesticStock,
  venue: KoreanVenue,
  now: number,
): Trading | null {
  const price = venuePrice(market, stock, venue, now);
  if (price === null) return null;
  const { open, high, low } = market.range(stock, now);
  return {
    price,
    close: market.previousClose(stock, now),
    range:
      open === 0 ? { open, high, low } : { open, high: Math.max(high, price), low: Math.min(low, price) },
    volume: market.volume(stock, now),
    value: market.value(stock, now),
  };
}

/** The complete quote of a stock; all figures are derived from its price and its symbol. */
export function quoteOf(market: Market, stock: DomesticStock, trading: Trading, now: number): Quote {
  const { price, close } = trading;
  return {
    ...statusOf(stock, market.isHalted(stock)),
    ...changeOf(price, close),
    ...volumesOf(trading),
    ...limitFieldsOf(market, stock, trading, now),
    ...pivotsOf(trading),
    ...valueOf(stock, price, close),
    ...extremesOf(stock, price, now),
    ...listingOf(stock),
  };
}

/** An unknown symbol gets a successful response with a price of "0" (python-kis, pykis/api/stock/quote.py). */
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

/** Price and change against the close before, under the names that most quotations use. */
export function changeOf(price: number, close: number): Quote {
  const change = price - close;
  return {
    stck_prpr: String(price),
    prdy_vrss: String(change),
    prdy_vrss_sign: signOf(change),
    prdy_ctrt: rateOf(change, close),
  };
}

function volumesOf({ range, volume, value }: Trading): Quote {
  return {
    acml_tr_pbmn: String(value),
    acml_vol: String(volume),
    prdy_vrss_vol_rate: '87.35',
    stck_oprc: String(range.open),
    stck_hgpr: String(range.high),
    stck_lwpr: String(range.low),
  };
}

function limitFieldsOf(
  market: Market,
  stock: DomesticStock,
  { volume, value, close }: Trading,
  now: number,
): Quote {
  const { base, upper, lower } = limitsOf(market, stock, now);
  return {
    stck_mxpr: String(upper),
    stck_llam: String(lower),
    stck_sdpr: String(base),
    wghn_avrg_stck_prc: volume === 0 ? `${close}.00` : quotient(BigInt(value), BigInt(volume), 2),
    hts_frgn_ehrt: '49.48',
    frgn_ntby_qty: '0',
    pgtr_ntby_qty: '0',
  };
}

function pivotsOf({ price, close, range }: Trading): Quote {
  const [high, low] = range.high === 0 ? [close, close] : [range.high, range.low];
  const pivot = Math.round((high + low + price) / 3);
  return {
    pvt_scnd_dmrs_prc: String(pivot + high - low),
    pvt_frst_dmrs_prc: String(2 * pivot - low),
    pvt_pont_val: String(pivot),
    pvt_frst_dmsp_prc: String(2 * pivot - high),
    pvt_scnd_dmsp_prc: String(pivot - high + low),
    dmrs_val: String(Math.round((pivot + high) / 2)),
    dmsp_val: String(Math.round((pivot + low) / 2)),
  };
}

/** Highest and lowest prices of the last 250 days, of this year, and of 52 weeks; the same ones here. */
function extremesOf(stock: DomesticStock, price: number, now: number): Quote {
  const [high, low] = [onTick(stock.basePrice * 1.32), onTick(stock.basePrice * 0.71)];
  const [highDate, lowDate] = [koreanDate(now - 40 * DAY_MS), koreanDate(now - 170 * DAY_MS)];
  const [fromHigh, fromLow] = [rateOf(price - high, high), rateOf(price - low, low)];
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
