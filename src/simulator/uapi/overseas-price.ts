import { quotient } from '../decimal';
import { overseasPrice } from '../market/overseas-prices';
import { type OverseasStock, overseasTick } from '../market/overseas-stocks';
import { type Market } from '../market/market';
import { fingerprint } from '../market/noise';
import { previousTradingDay } from '../market/places';
import { type Answer, quotation } from './answer';
import { decimals, overseasChange, overseasQuoted, realtimeSymbol } from './overseas-quoted';
import { type Inquiry, type Service } from './service';

/** 해외주식 현재체결가 [v1_해외주식-009]: the price of an overseas stock, under the same id at both hosts. */
export const OVERSEAS_PRICE: Service = {
  method: 'GET',
  path: '/uapi/overseas-price/v1/quotations/price',
  trIds: { real: ['HHDFS00000300'], mock: ['HHDFS00000300'] },
  forAccount: false,
  required: ['AUTH', 'EXCD', 'SYMB'],
  answer: quotedPrice,
};

/** 해외주식 현재가상세 [v1_해외주식-029]: tick, lot and key figures too. Not at the mock host. */
export const OVERSEAS_DETAIL: Service = {
  method: 'GET',
  path: '/uapi/overseas-price/v1/quotations/price-detail',
  trIds: { real: ['HHDFS76200200'], mock: [] },
  forAccount: false,
  required: ['AUTH', 'EXCD', 'SYMB'],
  answer: quotedDetail,
};

const PRICE_MEMBERS = 'rsym zdiv base pvol last sign diff rate tvol tamt ordy';
const DETAIL_MEMBERS =
  'rsym pvol open high low last base tomv pamt uplp dnlp h52p h52d l52p l52d perx pbrx epsx bpsx shar mcap ' +
  'curr zdiv vnit t_xprc t_xdif t_xrat p_xprc p_xdif p_xrat t_rate p_rate t_xsgn p_xsng e_ordyn e_hogau ' +
  'e_icod e_parp tvol tamt etyp_nm';

function quotedPrice({ call, fields, brokerage }: Inquiry): Answer {
  const stock = overseasQuoted(fields);
  return quotation({ output: stock ? priceOf(brokerage.market, stock, call.at) : blank(PRICE_MEMBERS) });
}

function quotedDetail({ call, fields, brokerage }: Inquiry): Answer {
  const stock = overseasQuoted(fields);
  return quotation({ output: stock ? detailOf(brokerage.market, stock, call.at) : blank(DETAIL_MEMBERS) });
}

/** Every member is empty for an unknown stock; python-kis checks `last` and `rsym`. */
function blank(members: string): Record<string, string> {
  return Object.fromEntries(members.split(' ').map((member) => [member, '']));
}

function priceOf(market: Market, stock: OverseasStock, now: number): Record<string, string> {
  const { exchange } = stock;
  const [price, base] = [overseasPrice(market, stock, now), market.previousClose(stock, now)];
  return {
    rsym: realtimeSymbol(stock),
    zdiv: String(exchange.decimals),
    base: decimals(exchange, base),
    pvol: String(volumeBefore(market, stock, now)),
    last: decimals(exchange, price),
    ...overseasChange(exchange, price, base),
    tvol: String(market.volume(stock, now)),
    tamt: String(market.value(stock, now)),
    ordy: '매매 가능',
  };
}

function volumeBefore(market: Market, stock: OverseasStock, now: number): number {
  const { day } = market.momentOf(stock.place, now);
  return market.paths.volumeAt(stock, previousTradingDay(stock.place, day), 1);
}

function detailOf(market: Market, stock: OverseasStock, now: number): Record<string, string> {
  const { exchange } = stock;
  const [price, base] = [overseasPrice(market, stock, now), market.previousClose(stock, now)];
  const { open, high, low } = market.range(stock, now);
  const shares = 100_000_000 + (fingerprint(`shares ${stock.symbol}`) % 2_000_000_000);
  return {
    rsym: realtimeSymbol(stock),
    pvol: String(volumeBefore(market, stock, now)),
    open: decimals(exchange, open),
    high: decimals(exchange, high),
    low: decimals(exchange, low),
    last: decimals(exchange, price),
    base: decimals(exchange, base),
    tomv: String(Math.round(shares * price)),
    pamt: '0',
    uplp: decimals(exchange, 0),
    dnlp: decimals(exchange, 0),
    h52p: decimals(exchange, stock.round(stock.basePrice * 1.3)),
    h52d: '20260812',
    l52p: decimals(exchange, stock.round(stock.basePrice * 0.7)),
    l52d: '20260203',
    perx: '31.20',
    pbrx: '8.40',
    epsx: decimals(exchange, stock.basePrice / 31.2),
    bpsx: decimals(exchange, stock.basePrice / 8.4),
    shar: String(shares),
    mcap: '0',
    ...inWonOf(stock, price, base),
    e_ordyn: '매매 가능',
    e_hogau: String(overseasTick(exchange, price)),
    e_icod: '',
    e_parp: '0.0000',
    tvol: String(market.volume(stock, now)),
    tamt: String(market.value(stock, now)),
    etyp_nm: stock.isFund ? 'ETF' : '',
  };
}

function inWonOf({ exchange }: OverseasStock, price: number, base: number): Record<string, string> {
  const { code, rateHundredths, unit } = exchange.currency;
  const rate = Number(rateHundredths) / 100 / Number(unit);
  const won = (amount: number): string => String(Math.round(amount * rate));
  const rateText = quotient(rateHundredths, 100n, 2);
  const { sign, rate: percentage } = overseasChange(exchange, price, base);
  return {
    curr: code,
    zdiv: String(exchange.decimals),
    vnit: '1',
    t_xprc: won(price),
    t_xdif: won(Math.abs(price - base)),
    t_xrat: percentage ?? '0.00',
    p_xprc: won(base),
    p_xdif: '0',
    p_xrat: '0.00',
    t_rate: rateText,
    p_rate: rateText,
    t_xsgn: sign ?? '3',
    p_xsng: '3',
  };
}
