import type { KisVenue } from '../../protocol/markets';
import { REALTIME_LAYOUTS } from '../../protocol/realtime-layouts';
import type { KisBookLevel, KisQuotedBook } from '../../quotation/order-book';
import {
  instantNear,
  koreanInstant,
  numberAt,
  positions,
  sessionOf,
  signedAt,
  wordAt,
} from './record-values';
import type { KisExpectedTrade, KisMarketStateChange, KisTrade } from '../realtime-events';

/** Reads the records of domestic frames: trades, order books, expected trades and market states. */

/** A trade (H0STCNT0, H0NXCNT0, H0UNCNT0). @throws UnreadableRecord */
export function readTrade(record: readonly string[], venue: KisVenue): KisTrade {
  return {
    symbol: wordAt(record, TRADE.MKSC_SHRN_ISCD),
    venue,
    time: koreanInstant(wordAt(record, TRADE.BSOP_DATE), wordAt(record, TRADE.STCK_CNTG_HOUR)),
    price: numberAt(record, TRADE.STCK_PRPR),
    change: signedAt(record, TRADE.PRDY_VRSS, TRADE.PRDY_VRSS_SIGN),
    changeRate: signedAt(record, TRADE.PRDY_CTRT, TRADE.PRDY_VRSS_SIGN),
    quantity: numberAt(record, TRADE.CNTG_VOL),
    side: sideOf(record[TRADE.CCLD_DVSN]),
    volume: numberAt(record, TRADE.ACML_VOL),
    open: numberAt(record, TRADE.STCK_OPRC),
    high: numberAt(record, TRADE.STCK_HGPR),
    low: numberAt(record, TRADE.STCK_LWPR),
    ask: numberAt(record, TRADE.ASKP1),
    bid: numberAt(record, TRADE.BIDP1),
    session: sessionOf(record[TRADE.MARKET_CLS_CODE]),
  };
}

/** An order book (H0STASP0, H0NXASP0, H0UNASP0). @throws UnreadableRecord */
export function readBook(record: readonly string[], venue: KisVenue, receivedAt: number): KisQuotedBook {
  const expected = numberAt(record, BOOK.ANTC_CNPR);
  const isExpected = +expected !== 0;
  return {
    symbol: wordAt(record, BOOK.MKSC_SHRN_ISCD),
    venue,
    time: instantNear(wordAt(record, BOOK.BSOP_HOUR), receivedAt),
    asks: levelsOf(record, BOOK.ASKP1, BOOK.ASKP_RSQN1),
    bids: levelsOf(record, BOOK.BIDP1, BOOK.BIDP_RSQN1),
    totalAskQuantity: numberAt(record, BOOK.TOTAL_ASKP_RSQN),
    totalBidQuantity: numberAt(record, BOOK.TOTAL_BIDP_RSQN),
    expectedPrice: isExpected ? expected : null,
    expectedQuantity: isExpected ? numberAt(record, BOOK.ANTC_CNQN) : null,
  };
}

/** An expected trade (H0STANC0, H0NXANC0, H0UNANC0), in the columns of a trade. @throws UnreadableRecord */
export function readExpected(
  record: readonly string[],
  venue: KisVenue,
  receivedAt: number,
): KisExpectedTrade {
  return {
    symbol: wordAt(record, TRADE.MKSC_SHRN_ISCD),
    venue,
    time: instantNear(wordAt(record, TRADE.STCK_CNTG_HOUR), receivedAt),
    price: numberAt(record, TRADE.STCK_PRPR),
    quantity: numberAt(record, TRADE.CNTG_VOL),
    change: signedAt(record, TRADE.PRDY_VRSS, TRADE.PRDY_VRSS_SIGN),
    changeRate: signedAt(record, TRADE.PRDY_CTRT, TRADE.PRDY_VRSS_SIGN),
  };
}

/** A market state (H0STMKO0, H0NXMKO0, H0UNMKO0). @throws UnreadableRecord */
export function readMarketState(record: readonly string[], venue: KisVenue): KisMarketStateChange {
  return {
    symbol: wordAt(record, STATE.MKSC_SHRN_ISCD),
    venue,
    phaseCode: textOrNull(record[STATE.MKOP_CLS_CODE]),
    halted: record[STATE.TRHT_YN] === 'Y',
    haltReason: textOrNull(record[STATE.TR_SUSP_REAS_CNTT]),
    interrupted: record[STATE.VI_CLS_CODE] === 'Y',
  };
}

/** Levels without orders are left out. */
function levelsOf(record: readonly string[], price: number, quantity: number): KisBookLevel[] {
  const levels: KisBookLevel[] = [];
  for (let level = 0; level < LEVELS; level += 1) {
    const at = numberAt(record, price + level);
    if (+at !== 0) levels.push({ price: at, quantity: numberAt(record, quantity + level) });
  }
  return levels;
}

function sideOf(code: string | undefined): 'buy' | 'sell' | null {
  if (code === '1') return 'buy';
  return code === '5' ? 'sell' : null;
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined || text === '' || text === NOTHING ? null : text;
}

function columnsOf(trId: string): readonly string[] {
  return REALTIME_LAYOUTS[trId]?.columns ?? [];
}

/** Where the columns of trades are; expected trades have the same. */
const TRADE = positions(columnsOf('H0STCNT0'), [
  'MKSC_SHRN_ISCD',
  'STCK_CNTG_HOUR',
  'STCK_PRPR',
  'PRDY_VRSS_SIGN',
  'PRDY_VRSS',
  'PRDY_CTRT',
  'STCK_OPRC',
  'STCK_HGPR',
  'STCK_LWPR',
  'ASKP1',
  'BIDP1',
  'CNTG_VOL',
  'ACML_VOL',
  'CCLD_DVSN',
  'BSOP_DATE',
  'MARKET_CLS_CODE',
]);

/** Where the columns of order books are; levels 2 to 10 follow level 1. */
const BOOK = positions(columnsOf('H0STASP0'), [
  'MKSC_SHRN_ISCD',
  'BSOP_HOUR',
  'ASKP1',
  'BIDP1',
  'ASKP_RSQN1',
  'BIDP_RSQN1',
  'TOTAL_ASKP_RSQN',
  'TOTAL_BIDP_RSQN',
  'ANTC_CNPR',
  'ANTC_CNQN',
]);

/** Where the columns of market states are. */
const STATE = positions(columnsOf('H0STMKO0'), [
  'MKSC_SHRN_ISCD',
  'TRHT_YN',
  'TR_SUSP_REAS_CNTT',
  'MKOP_CLS_CODE',
  'VI_CLS_CODE',
]);

/** Levels of an order book. */
const LEVELS = 10;
/** How KIS writes that there is no text. */
const NOTHING = '(null)';
