import { overseasSymbol, type KisQuotedExchange } from '../../protocol/markets';
import { REALTIME_LAYOUTS } from '../../protocol/realtime-layouts';
import type { KisBookLevel, KisQuotedBook } from '../../quotation/order-book';
import type { KisTrade, KisTradeSession } from '../realtime-events';
import { koreanInstant, numberAt, positions, signedAt, UnreadableRecord, wordAt } from './record-values';

const T = positions(REALTIME_LAYOUTS['HDFSCNT0']?.columns ?? [], [
  ...(['RSYM', 'KYMD', 'KHMS', 'OPEN', 'HIGH', 'LOW', 'LAST', 'SIGN', 'DIFF', 'RATE'] as const),
  ...(['PBID', 'PASK', 'EVOL', 'TVOL', 'MTYP'] as const),
]);

const B = positions(REALTIME_LAYOUTS['HDFSASP0']?.columns ?? [], [
  ...(['RSYM', 'KYMD', 'KHMS', 'BVOL', 'AVOL', 'PBID1', 'PASK1', 'VBID1', 'VASK1'] as const),
  'PBID2',
]);

/** MTYP: 1 regular, 2 before, 3 after. */
const SESSIONS: Readonly<Record<string, KisTradeSession>> = { '1': 'regular', '2': 'pre', '3': 'after' };

/** Exchange codes of the daytime session of the United States. */
const DAYTIME: Readonly<Record<string, string>> = { BAQ: 'NAS', BAY: 'NYS', BAA: 'AMS' };

/** Columns of one level. */
const STEP = B.PBID2 - B.PBID1;

/** HDFSCNT0. @throws UnreadableRecord */
export function readOverseasTrade(record: readonly string[]): KisTrade {
  return {
    ...stockOf(wordAt(record, T.RSYM)),
    time: koreanInstant(wordAt(record, T.KYMD), wordAt(record, T.KHMS)),
    price: numberAt(record, T.LAST),
    change: signedAt(record, T.DIFF, T.SIGN),
    changeRate: signedAt(record, T.RATE, T.SIGN),
    quantity: numberAt(record, T.EVOL),
    side: null,
    volume: numberAt(record, T.TVOL),
    open: numberAt(record, T.OPEN),
    high: numberAt(record, T.HIGH),
    low: numberAt(record, T.LOW),
    ask: numberAt(record, T.PASK),
    bid: numberAt(record, T.PBID),
    session: SESSIONS[record[T.MTYP] ?? ''] ?? null,
  };
}

/** HDFSASP0: one level, or ten. @throws UnreadableRecord */
export function readOverseasBook(record: readonly string[]): KisQuotedBook {
  const levels = record.length >= B.PBID1 + 10 * STEP ? 10 : 1;
  return {
    ...stockOf(wordAt(record, B.RSYM)),
    time: koreanInstant(wordAt(record, B.KYMD), wordAt(record, B.KHMS)),
    asks: levelsOf(record, B.PASK1, B.VASK1, levels),
    bids: levelsOf(record, B.PBID1, B.VBID1, levels),
    totalAskQuantity: numberAt(record, B.AVOL),
    totalBidQuantity: numberAt(record, B.BVOL),
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
