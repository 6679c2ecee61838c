import { koreanDate, koreanTime } from '../korean-time';
import { type Book, totalOf } from '../market/book';
import { rateOf, signOf } from '../market/change';
import { dateOf } from '../market/days';
import { isAmerican } from '../market/exchanges';
import { type Market, STEP_MS } from '../market/market';
import { overseasBook } from '../market/overseas-book';
import { overseasPrice } from '../market/overseas-prices';
import { type OverseasStock } from '../market/overseas-stocks';
import { clockOf, localDay, localMinute } from '../market/places';
import { type Columns } from './frames';
import { type RealtimeSettings } from './realtime-settings';

export interface OverseasMoment {
  readonly stock: OverseasStock;
  /** The symbol as it was registered: DNASAAPL. */
  readonly key: string;
  readonly at: number;
  /** Shares of this trade. */
  readonly quantity: number;
}

/** MTYP: 1 regular, 2 before, 3 after. */
export type OverseasSession = '1' | '2' | '3';

/** HDFSCNT0 (KIS portal, 해외주식 실시간지연체결가): 26 columns. */
export function overseasTrade(market: Market, moment: OverseasMoment, session: OverseasSession): Columns {
  const { stock, key, at, quantity } = moment;
  const price = overseasPrice(market, stock, at);
  const base = market.previousClose(stock, at);
  const { open, high, low } = market.range(stock, at);
  const { asks, bids } = overseasBook(market, stock, at);
  const text = (value: number): string => value.toFixed(stock.exchange.decimals);
  return [
    ...[key, stock.symbol, stock.exchange.decimals, dateOf(localDay(stock.place, at))],
    ...momentColumns(stock, at),
    ...[open, high, low, price].map(text),
    signOf(price - base),
    text(Math.abs(price - base)),
    rateOf(price - base, base),
    ...[text(bids[0]?.price ?? 0), text(asks[0]?.price ?? 0), bids[0]?.quantity ?? 0, asks[0]?.quantity ?? 0],
    ...[quantity, market.volume(stock, at), market.value(stock, at)],
    ...[Math.floor(quantity / 2), Math.ceil(quantity / 2), '104.00', session],
  ];
}

/** HDFSASP0 (KIS portal, 해외주식 실시간호가): eleven columns and six for each level. */
export function overseasBookColumns(
  market: Market,
  { stock, key, at }: OverseasMoment,
  { foreignBookLevels }: Readonly<RealtimeSettings>,
): Columns {
  const levels = isAmerican(stock.exchange) ? foreignBookLevels : 1;
  const book = overseasBook(market, stock, at, levels);
  const before = overseasBook(market, stock, at - STEP_MS, levels);
  return [
    ...[key, stock.symbol, stock.exchange.decimals],
    ...momentColumns(stock, at),
    ...[totalOf(book.bids), totalOf(book.asks)],
    ...[totalOf(book.bids) - totalOf(before.bids), totalOf(book.asks) - totalOf(before.asks)],
    ...levelColumns(stock, book, levels),
  ];
}

/** XYMD, XHMS, KYMD, KHMS. */
function momentColumns({ place }: OverseasStock, at: number): Columns {
  return [dateOf(localDay(place, at)), clockOf(localMinute(place, at)), koreanDate(at), koreanTime(at)];
}

function levelColumns({ exchange }: OverseasStock, { asks, bids }: Book, levels: number): Columns {
  return Array.from({ length: levels }, (_, index) => {
    const [ask, bid] = [asks[index], bids[index]];
    const text = (value = 0): string => value.toFixed(exchange.decimals);
    return [text(bid?.price), text(ask?.price), bid?.quantity ?? 0, ask?.quantity ?? 0, 0, 0];
  }).flat();
}
