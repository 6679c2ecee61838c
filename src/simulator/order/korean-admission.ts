import { type DomesticStock } from '../market/domestic-stocks';
import { type KrxPhase, type NxtPhase, isAtNextrade, krxPhase, nxtPhase } from '../market/korean-sessions';
import { type Market } from '../market/market';
import { KOREA, localDay, localMinute } from '../market/places';
import { type KisHost } from '../message';
import { type OrderSettings } from './order-settings';
import { type KoreanExchange, MOCK_TYPES, type OrderType } from './order-types';

/** Which order types KRX and NXT accept at which time. */

export interface Admission {
  readonly host: KisHost;
  readonly exchange: KoreanExchange;
  readonly type: OrderType;
  readonly stock: DomesticStock;
  readonly at: number;
}

/** Session times in minutes of the day. */
const PRE_CLOSE = { from: 8 * 60 + 30, to: 8 * 60 + 40 };
const CLOSE_ORDERS = { '1530': 15 * 60 + 30, '1540': 15 * 60 + 40 };

const IN_OPENING_AUCTION = ['00', '01', '02'];
const IN_CLOSING_AUCTION = ['00', '01'];
/** The extended sessions of Nextrade take no order that is bound to the main one. */
const IN_NXT_PRE_MARKET = ['00', '03', '04', '27', '28', '29'];
const IN_NXT_AFTER_MARKET = ['00', '03', '04', '11', '12', '15', '16'];

const CLOSED = 'APBK0918';
const WRONG_TYPE = 'APBK0963';

/** The code with which KIS refuses an order of this type at this time and place; null where it takes it. */
export function admissionProblem(
  market: Market,
  settings: Readonly<OrderSettings>,
  admission: Admission,
): string | null {
  const { host, exchange, type, stock, at } = admission;
  if (!market.isTradingDay(KOREA, localDay(KOREA, at), market.isAlwaysOpen ? localDay(KOREA, at) : -1)) {
    return host === 'mock' ? '40100000' : 'APBK0919';
  }
  if (host === 'mock') return mockProblem(market, admission);
  if (!isKnownAt(type, exchange, settings)) return WRONG_TYPE;
  if (exchange === 'NXT' && !isAtNextrade(stock, at)) return 'APBK0656';
  if (exchange === 'NXT') return nxtProblem(nxtPhase(market, at), type);
  const problem = krxProblem(market, krxPhase(market, at), admission);
  if (problem === null || exchange === 'KRX') return problem;
  return isAtNextrade(stock, at) ? nxtProblem(nxtPhase(market, at), type) : problem;
}

/** The mock host offers the regular session only, from 09:00 to 15:30, and five types. */
function mockProblem(market: Market, { type, at }: Admission): string | null {
  if (!MOCK_TYPES.includes(type.code)) return WRONG_TYPE;
  const phase = krxPhase(market, at);
  if (phase === 'regular') return null;
  if (phase !== 'closingAuction') return CLOSED;
  return IN_CLOSING_AUCTION.includes(type.code) ? null : WRONG_TYPE;
}

function isKnownAt(type: OrderType, exchange: KoreanExchange, settings: Readonly<OrderSettings>): boolean {
  if (type.exchanges.includes(exchange)) return true;
  return exchange === 'SOR' && type.session === 'afterMarket' && settings.afterMarketBySor;
}

function krxProblem(market: Market, phase: KrxPhase, admission: Admission): string | null {
  const { type, stock, at } = admission;
  switch (phase) {
    case 'closed':
      return CLOSED;
    case 'openingAuction':
      if (type.session === 'preClose') return isBetween(at, PRE_CLOSE) ? null : CLOSED;
      return IN_OPENING_AUCTION.includes(type.code) ? null : WRONG_TYPE;
    case 'regular':
      return type.session === 'any' ? null : WRONG_TYPE;
    case 'closingAuction':
      return IN_CLOSING_AUCTION.includes(type.code) ? null : WRONG_TYPE;
    case 'atClose': {
      const from = CLOSE_ORDERS[market.settings.closeOrdersFrom];
      return type.session === 'atClose' && localMinute(KOREA, at) >= from ? null : CLOSED;
    }
    case 'afterMarket':
      // Funds and notes have no after-market; the code for them is inferred.
      if (stock.kind !== 'stock') return CLOSED;
      return type.session === 'afterMarket' ? null : 'APBK3013';
    case 'singlePrice':
      return type.session === 'singlePrice' ? null : CLOSED;
  }
}

function nxtProblem(phase: NxtPhase, { code, session }: OrderType): string | null {
  switch (phase) {
    case 'closed':
      return CLOSED;
    case 'preMarket':
      return IN_NXT_PRE_MARKET.includes(code) ? null : WRONG_TYPE;
    case 'main':
      return session === 'any' ? null : WRONG_TYPE;
    case 'afterMarket':
      return IN_NXT_AFTER_MARKET.includes(code) ? null : WRONG_TYPE;
  }
}

function isBetween(at: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
  const minute = localMinute(KOREA, at);
  return minute >= from && minute < to;
}
