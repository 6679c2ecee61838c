import { koreanDate, koreanTime } from '../korean-time';
import { bookOf, totalOf } from '../market/book';
import { rateOf, signOf } from '../market/change';
import { sharesListed } from '../market/company-figures';
import { type DomesticStock } from '../market/domestic-stocks';
import { limitsOf } from '../market/korean-prices';
import { type Market } from '../market/market';
import { type Print } from '../market/tape';
import { type Columns } from './frames';
import { type Layout } from './layouts';

/** A trade, and the one before it. */
export interface TradeMoment {
  readonly stock: DomesticStock;
  readonly at: number;
  readonly print: Print;
  readonly before: Print;
}

const BUY = '1';
const SELL = '5';

/**
 * H0STCNT0 and its like (KIS portal and the workbook of 2026-09-11, 실시간체결가): 46 columns, and since 2026-09-14
 * MARKET_CLS_CODE.
 */
export function tradeColumns(market: Market, moment: TradeMoment, layout: Layout): Columns {
  const { stock, at, print, before } = moment;
  const isBuy = print.price >= before.price;
  const common = [
    ...priceColumns(market, moment),
    ...volumeColumns(moment, isBuy),
    ...dayColumns(market, moment),
    koreanDate(at),
    '20',
    market.isHalted(stock) ? 'Y' : 'N',
    ...bookColumns(market, moment),
    ((100 * print.volume) / sharesListed(stock)).toFixed(2),
    print.volume,
    '100.00',
    '0',
    '',
    limitsOf(market, stock, at).base,
  ];
  return layout === '2026' ? [...common, print.session] : common;
}

/** MKSC_SHRN_ISCD to CNTG_VOL. */
function priceColumns(market: Market, { stock, at, print, before }: TradeMoment): Columns {
  const { price, volume, value } = print;
  const { base, upper, lower } = limitsOf(market, stock, at);
  const { open, high, low } = rangeAt(market, stock, at, price);
  const { asks, bids } = bookOf(market, stock, price, at);
  return [
    stock.symbol,
    koreanTime(at),
    price,
    signOf(price - base, { upper, lower }, price),
    price - base,
    rateOf(price - base, base),
    volume === 0 ? '0.00' : (value / volume).toFixed(2),
    open,
    high,
    low,
    asks[0]?.price ?? 0,
    bids[0]?.price ?? 0,
    volume - before.volume,
  ];
}

/** ACML_VOL to PRDY_VOL_VRSS_ACML_VOL_RATE. */
function volumeColumns({ print }: TradeMoment, isBuy: boolean): Columns {
  const { volume, value } = print;
  const bought = Math.floor(volume * 0.52);
  const [sales, purchases] = [Math.floor(volume / 130), Math.floor(volume / 120)];
  return [
    volume,
    value,
    sales,
    purchases,
    purchases - sales,
    volume === bought ? '100.00' : ((100 * bought) / (volume - bought)).toFixed(2),
    volume - bought,
    bought,
    isBuy ? BUY : SELL,
    '0.52',
    '87.35',
  ];
}

/** Open, high and low: for each its time, and the sign and size of the change since. */
function dayColumns(market: Market, { stock, at, print }: TradeMoment): Columns {
  const { open, high, low } = rangeAt(market, stock, at, print.price);
  return [open, high, low].flatMap((price, index) => [
    index === 0 ? '090000' : koreanTime(at),
    signOf(print.price - price),
    print.price - price,
  ]);
}

/** ASKP_RSQN1 to TOTAL_BIDP_RSQN. */
function bookColumns(market: Market, { stock, at, print }: TradeMoment): Columns {
  const { asks, bids } = bookOf(market, stock, print.price, at);
  return [asks[0]?.quantity ?? 0, bids[0]?.quantity ?? 0, totalOf(asks), totalOf(bids)];
}

function rangeAt(market: Market, stock: DomesticStock, at: number, price: number) {
  const { open, high, low } = market.range(stock, at);
  return open === 0 ? { open: price, high: price, low: price } : { open, high, low };
}
