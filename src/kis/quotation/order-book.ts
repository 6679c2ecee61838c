import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { unknownSymbol } from '../http/symbols';
import type { KisAccount } from '../kis-account';
import {
  instantOf,
  DAY_MS,
  isWeekend,
  midnightOf,
  MINUTE_MS,
  parseTime,
  wallClock,
} from '../protocol/market-time';
import { KOREAN_ZONE, VENUE_CODES, type KisQuotedExchange, type KisVenue } from '../protocol/markets';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, structureOf, structureOrNull, type WireReader } from '../protocol/wire';
import { figure, figureOrNull, isZero, recordOf } from '../protocol/wire-fields';
import { timeText } from '../protocol/wire-times';

/** One price of an order book and the number of shares bid or offered at it; strings as KIS sent them. */
export interface KisBookLevel {
  /** 호가 */
  readonly price: string;
  /** 잔량: shares at this price. */
  readonly quantity: string;
}

/** An order book; strings as KIS sent them. */
export interface KisQuotedBook {
  readonly symbol: string;
  readonly venue: KisVenue | KisQuotedExchange;
  /** When the exchange last accepted an order into it. KIS sends the time of day; the date is inferred. */
  readonly time: Date;
  /** Best price first, at most ten; levels without orders are left out. */
  readonly asks: readonly KisBookLevel[];
  /** Best price first, like the asks. */
  readonly bids: readonly KisBookLevel[];
  /** 총매도호가잔량 */
  readonly totalAskQuantity: string;
  /** 총매수호가잔량 */
  readonly totalBidQuantity: string;
  /** The expected price of the current auction; `null` while there is none. */
  readonly expectedPrice: string | null;
  /** 예상체결량: shares that the auction would trade. */
  readonly expectedQuantity: string | null;
}

const LEVELS = Array.from({ length: 10 }, (_, index) => index + 1);

/** KIS portal, 주식현재가 호가/예상체결: output1. */
const HEAD = recordOf({
  time: timeText('aspr_acpt_hour'),
  totalAskQuantity: figure('total_askp_rsqn'),
  totalBidQuantity: figure('total_bidp_rsqn'),
});

const EXPECTED = recordOf({
  currentPrice: figure('stck_prpr'),
  price: figureOrNull('antc_cnpr'),
  quantity: figureOrNull('antc_vol'),
});

const BOOK = answerOf({ output1: structureOf(bookReader), output2: structureOf(EXPECTED) });

/** Both structures are empty for a symbol that KIS does not know. */
const KNOWN = answerOf({
  output1: structureOrNull((value) => value),
  output2: structureOrNull((value) => value),
});

/** @param symbol as KIS takes it */
export async function readOrderBook(
  api: KisApiClient,
  account: KisAccount,
  symbol: string,
  venue: KisVenue,
  options: KisReadOptions,
): Promise<KisQuotedBook> {
  const call = KIS_QUOTATION_CALLS.orderBook;
  const params = { FID_COND_MRKT_DIV_CODE: VENUE_CODES[venue], FID_INPUT_ISCD: symbol };
  const { body, receivedAt } = await api.read(account, call, params, options);
  const known = readAnswer(KNOWN, body, call);
  if (known.output1 === null && known.output2 === null) throw unknownSymbol(symbol);
  const { output1, output2 } = readAnswer(BOOK, body, call);
  const { asks, bids, time, totalAskQuantity, totalBidQuantity } = output1;
  if (asks.length === 0 && bids.length === 0 && isZero(output2.currentPrice)) throw unknownSymbol(symbol);
  const isExpected = output2.price !== null && !isZero(output2.price);
  return {
    symbol,
    venue,
    time: lastMomentAt(time, receivedAt.getTime()),
    asks,
    bids,
    totalAskQuantity,
    totalBidQuantity,
    expectedPrice: isExpected ? output2.price : null,
    expectedQuantity: isExpected ? output2.quantity : null,
  };
}

function bookReader(value: unknown, path: string) {
  return {
    ...HEAD(value, path),
    asks: sideOf('askp', 'askp_rsqn')(value, path),
    bids: sideOf('bidp', 'bidp_rsqn')(value, path),
  };
}

function sideOf(price: string, quantity: string): WireReader<KisBookLevel[]> {
  const readers = LEVELS.map((level) =>
    recordOf({ price: figure(`${price}${level}`), quantity: figure(`${quantity}${level}`) }),
  );
  return (value, path) => readers.map((read) => read(value, path)).filter((level) => !isZero(level.price));
}

/** A clock of KIS and ours may differ by this. */
const LIVE_MS = 2 * MINUTE_MS;

/**
 * The instant of a Korean time of day: now, if that is what it shows; otherwise its last one on a weekday, because
 * outside trading hours KIS sends the time of the last session.
 */
export function lastMomentAt(timeOfDay: string, receivedAt: number): Date {
  const now = wallClock(KOREAN_ZONE, receivedAt);
  const sinceMidnight = parseTime(timeOfDay) ?? 0;
  let day = midnightOf(now + LIVE_MS);
  if (Math.abs(day + sinceMidnight - now) > LIVE_MS) {
    while (isWeekend(day) || day + sinceMidnight > now) day -= DAY_MS;
  }
  return new Date(instantOf(KOREAN_ZONE, day + sinceMidnight));
}
