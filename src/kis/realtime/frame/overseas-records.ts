import { overseasSymbol, type KisQuotedExchange } from '../../protocol/markets';
import { REALTIME_LAYOUTS } from '../../protocol/realtime-layouts';
import type { KisBookLevel, KisQuotedBook } from '../../quotation/order-book';
import type { KisTrade, KisTradeSession } from '../realtime-events';
import { koreanInstant, numberAt, positions, signedAt, UnreadableRecord, wordAt } from './record-values';

/** Reads the records of overseas frames: trades and order books. */

/** A trade (HDFSCNT0). @throws UnreadableRecord */
export function readOverseasTrade(record: readonly string[]): KisTrade {
  return {
    ...stockOf(wordAt(record, TRADE.RSYM)),
    time: koreanInstant(wordAt(record, TRADE.KYMD), wordAt(record, TRADE.KHMS)),
    price: numberAt(record, TRADE.LAST),
    change: signedAt(record, TRADE.DIFF, TRADE.SIGN),
    changeRate: signedAt(record, TRADE.RATE, TRADE.SIGN),
    quantity: numberAt(record, TRADE.EVOL),
    side: null,
    volume: numberAt(record, TRADE.TVOL),
    open: numberAt(record, TRADE.OPEN),
    high: numberAt(record, TRADE.HIGH),
    low: numberAt(record, TRADE.LOW),
    ask: numberAt(record, TRADE.PASK),
    bid: numberAt(record, TRADE.PBID),
    session: SESSIONS[record[TRADE.MTYP] ?? ''] ?? null,
  };
}

/** An order book (HDFSASP0) of one level or ten. @throws UnreadableRecord */
export function readOverseasBook(record: readonly string[]): KisQuotedBook {
  const levels = record.length >= BOOK.PBID1 + 10 * STEP ? 10 : 1;
  return {
    ...stockOf(wordAt(record, BOOK.RSYM)),
    time: koreanInstant(wordAt(record, BOOK.KYMD), wordAt(record, BOOK.KHMS)),
    asks: levelsOf(record, BOOK.PASK1, BOOK.VASK1, levels),
    bids: levelsOf(record, BOOK.PBID1, BOOK.VBID1, levels),
    totalAskQuantity: numberAt(record, BOOK.AVOL),
    totalBidQuantity: numberAt(record, BOOK.BVOL),
    expectedPrice: null,
    expectedQuantity: null,
  };
}

/** DNASAAPL is NAS:AAPL, and so is RBAQAAPL. @throws UnreadableRecord */
function stockOf(key: string): { symbol: string; venue: KisQuotedExchange } {
  const code = key.slice(1, 4);
  const parsed = overseasSymbol(`${DAYTIME[code] ?? code}:${key.slice(4)}`);
  if (!parsed) throw new UnreadableRecord('the symbol is of no known exchange');
  return { symbol: `${parsed.exchange}:${parsed.symbol}`, venue: parsed.exchange };
}

function levelsOf(
  record: readonly string[],
  price: number,
  quantity: number,
  levels: number,
): KisBookLevel[] {
  const found: KisBookLevel[] = [];
  for (let level = 0; level < levels; level += 1) {
    const at = numberAt(record, price + level * STEP);
    if (+at !== 0) found.push({ price: at, quantity: numberAt(record, quantity + level * STEP) });
  }
  return found;
}

/** Where the columns of trades are. */
const TRADE = positions(REALTIME_LAYOUTS['HDFSCNT0']?.columns ?? [], [
  ...(['RSYM', 'KYMD', 'KHMS', 'OPEN', 'HIGH', 'LOW', 'LAST', 'SIGN', 'DIFF', 'RATE'] as const),
  ...(['PBID', 'PASK', 'EVOL', 'TVOL', 'MTYP'] as const),
]);

/** Where the columns of order books are. */
const BOOK = positions(REALTIME_LAYOUTS['HDFSASP0']?.columns ?? [], [
  ...(['RSYM', 'KYMD', 'KHMS', 'BVOL', 'AVOL', 'PBID1', 'PASK1', 'VBID1', 'VASK1'] as const),
  'PBID2',
]);

/** MTYP: 1 regular, 2 pre-market, 3 after-market. */
const SESSIONS: Readonly<Record<string, KisTradeSession>> = { '1': 'regular', '2': 'pre', '3': 'after' };

/** Exchange codes of the daytime session of the United States. */
const DAYTIME: Readonly<Record<string, string>> = { BAQ: 'NAS', BAY: 'NYS', BAA: 'AMS' };

/** Columns from one level of an order book to the next. */
const STEP = BOOK.PBID2 - BOOK.PBID1;
