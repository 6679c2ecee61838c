import { koreanDate, koreanTime } from '../korean-time';
import { type Level, totalOf } from '../market/book';
import { rateOf } from '../market/change';
import { isAmerican } from '../market/exchanges';
import { type Market, STEP_MS } from '../market/market';
import { overseasBook } from '../market/overseas-book';
import { overseasPrice } from '../market/overseas-prices';
import { type OverseasStock } from '../market/overseas-stocks';
import { type Answer, quotation } from './answer';
import { decimals, overseasQuoted, realtimeSymbol } from './overseas-quoted';
import { type Inquiry, type Service } from './service';

/**
 * 해외주식 현재가 1호가 [해외주식-033]: the order book of an overseas stock. Not at the mock host. The portal's
 * table has one level; python-kis reads ten for the United States.
 */
export const OVERSEAS_ASKING_PRICE: Service = {
  method: 'GET',
  path: '/uapi/overseas-price/v1/quotations/inquire-asking-price',
  trIds: { real: ['HHDFS76200100'], mock: [] },
  forAccount: false,
  // The portal requires AUTH too; python-kis leaves it out and gets a response.
  required: ['EXCD', 'SYMB'],
  answer: overseasAskingPrice,
};

const AMERICAN_LEVELS = 10;

function overseasAskingPrice({ call, fields, brokerage }: Inquiry): Answer {
  const stock = overseasQuoted(fields);
  if (!stock) return quotation({ output1: { rsym: '', zdiv: '' }, output2: {}, output3: [] });
  const { market } = brokerage;
  const levels = isAmerican(stock.exchange) ? AMERICAN_LEVELS : 1;
  const [book, before] = [call.at, call.at - STEP_MS].map((at) => overseasBook(market, stock, at, levels));
  if (!book || !before) return quotation({ output1: {}, output2: {}, output3: [] });
  return quotation({
    output1: {
      ...headOf(market, stock, call.at),
      bvol: String(totalOf(book.bids)),
      avol: String(totalOf(book.asks)),
      bdvl: String(totalOf(book.bids) - totalOf(before.bids)),
      advl: String(totalOf(book.asks) - totalOf(before.asks)),
    },
    output2: Object.assign(
      {},
      ...book.asks.map((ask, index) => levelOf(stock, index + 1, ask, book.bids[index] ?? ask)),
    ) as Record<string, string>,
    output3: [],
  });
}

function headOf(market: Market, stock: OverseasStock, now: number): Record<string, string> {
  const { exchange } = stock;
  const base = market.previousClose(stock, now);
  const { open, high, low } = market.range(stock, now);
  const last = overseasPrice(market, stock, now);
  return {
    rsym: realtimeSymbol(stock),
    zdiv: String(exchange.decimals),
    curr: exchange.currency.code,
    base: decimals(exchange, base),
    open: decimals(exchange, open),
    high: decimals(exchange, high),
    low: decimals(exchange, low),
    last: decimals(exchange, last),
    dymd: koreanDate(now),
    dhms: koreanTime(now),
    code: stock.symbol,
    ropen: rateOf(open - base, base),
    rhigh: rateOf(high - base, base),
    rlow: rateOf(low - base, base),
    rclose: rateOf(last - base, base),
  };
}

function levelOf(
  { exchange }: OverseasStock,
  number: number,
  ask: Level,
  bid: Level,
): Record<string, string> {
  return {
    [`pbid${number}`]: decimals(exchange, bid.price),
    [`pask${number}`]: decimals(exchange, ask.price),
    [`vbid${number}`]: String(bid.quantity),
    [`vask${number}`]: String(ask.quantity),
    [`dbid${number}`]: '0',
    [`dask${number}`]: '0',
  };
}
