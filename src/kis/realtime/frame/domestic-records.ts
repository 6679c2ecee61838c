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

const T = positions(columnsOf('H0STCNT0'), [
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

const B = positions(columnsOf('H0STASP0'), [
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

const M = positions(columnsOf('H0STMKO0'), [
  'MKSC_SHRN_ISCD',
  'TRHT_YN',
  'TR_SUSP_REAS_CNTT',
  'MKOP_CLS_CODE',
  'VI_CLS_CODE',
]);

const LEVELS = 10;
/** KIS's word for nothing. */
const NOTHING = '(null)';

/** H0STCNT0, H0NXCNT0, H0UNCNT0. @throws UnreadableRecord */
export function readTrade(record: readonly string[], venue: KisVenue): KisTrade {
  return {
    symbol: wordAt(record, T.MKSC_SHRN_ISCD),
    venue,
    time: koreanInstant(wordAt(record, T.BSOP_DATE), wordAt(record, T.STCK_CNTG_HOUR)),
    price: numberAt(record, T.STCK_PRPR),
    change: signedAt(record, T.PRDY_VRSS, T.PRDY_VRSS_SIGN),
    changeRate: signedAt(record, T.PRDY_CTRT, T.PRDY_VRSS_SIGN),
    quantity: numberAt(record, T.CNTG_VOL),
    side: sideOf(record[T.CCLD_DVSN]),
    volume: numberAt(record, T.ACML_VOL),
    open: numberAt(record, T.STCK_OPRC),
    high: numberAt(record, T.STCK_HGPR),
    low: numberAt(record, T.STCK_LWPR),
    ask: numberAt(record, T.ASKP1),
    bid: numberAt(record, T.BIDP1),
    session: sessionOf(record[T.MARKET_CLS_CODE]),
  };
}

/** H0STASP0, H0NXASP0, H0UNASP0. @throws UnreadableRecord */
export function readBook(record: readonly string[], venue: KisVenue, receivedAt: number): KisQuotedBook {
  const expected = numberAt(record, B.ANTC_CNPR);
  const isExpected = +expected !== 0;
  return {
    symbol: wordAt(record, B.MKSC_SHRN_ISCD),
    venue,
    time: instantNear(wordAt(record, B.BSOP_HOUR), receivedAt),
    asks: levelsOf(record, B.ASKP1, B.ASKP_RSQN1),
    bids: levelsOf(record, B.BIDP1, B.BIDP_RSQN1),
    totalAskQuantity: numberAt(record, B.TOTAL_ASKP_RSQN),
    totalBidQuantity: numberAt(record, B.TOTAL_BIDP_RSQN),
    expectedPrice: isExpected ? expected : null,
    expectedQuantity: isExpected ? numberAt(record, B.ANTC_CNQN) : null,
  };
}

/** H0STANC0, H0NXANC0, H0UNANC0: the price stands where that of a trade does. @throws UnreadableRecord */
export function readExpected(
  record: readonly string[],
  venue: KisVenue,
  receivedAt: number,
): KisExpectedTrade {
  return {
    symbol: wordAt(record, T.MKSC_SHRN_ISCD),
    venue,
    time: instantNear(wordAt(record, T.STCK_CNTG_HOUR), receivedAt),
    price: numberAt(record, T.STCK_PRPR),
    quantity: numberAt(record, T.CNTG_VOL),
    change: signedAt(record, T.PRDY_VRSS, T.PRDY_VRSS_SIGN),
    changeRate: signedAt(record, T.PRDY_CTRT, T.PRDY_VRSS_SIGN),
  };
}

/** H0STMKO0, H0NXMKO0, H0UNMKO0. @throws UnreadableRecord */
export function readMarketState(record: readonly string[], venue: KisVenue): KisMarketStateChange {
  return {
    symbol: wordAt(record, M.MKSC_SHRN_ISCD),
    venue,
    phaseCode: textOrNull(record[M.MKOP_CLS_CODE]),
    halted: record[M.TRHT_YN] === 'Y',
    haltReason: textOrNull(record[M.TR_SUSP_REAS_CNTT]),
    interrupted: record[M.VI_CLS_CODE] === 'Y',
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
