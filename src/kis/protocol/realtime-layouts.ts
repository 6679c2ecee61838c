import type { KisVenue } from './markets';

/** Which generation of column layouts: KIS appended columns in March 2025 and on 2026-09-14. */
export type RealtimeGeneration = '2024' | '2025' | 'current';

/** How the content of a frame is read. */
type FrameKind =
  | 'trade'
  | 'book'
  | 'expected'
  | 'market'
  | 'overseas-trade'
  | 'overseas-book'
  | 'notice'
  | 'overseas-notice';

/** The columns of one kind of record. KIS has always appended, with the exception of the notices of March 2025. */
export interface RealtimeLayout {
  readonly kind: FrameKind;
  /** Of domestic channels. */
  readonly venue: KisVenue | null;
  /** KIS's names in their order, as far as they are known. */
  readonly columns: readonly string[];
  /** Number of columns in each generation. */
  readonly widths: Readonly<Record<RealtimeGeneration, number>>;
}

/** The day since which `current` holds, in Korea (workbook of 2026-09-11, notice of 2026-09-09). */
export const CURRENT_SINCE = '2026-09-14';

const TRADE = names(`MKSC_SHRN_ISCD STCK_CNTG_HOUR STCK_PRPR PRDY_VRSS_SIGN PRDY_VRSS PRDY_CTRT
  WGHN_AVRG_STCK_PRC STCK_OPRC STCK_HGPR STCK_LWPR ASKP1 BIDP1 CNTG_VOL ACML_VOL ACML_TR_PBMN SELN_CNTG_CSNU
  SHNU_CNTG_CSNU NTBY_CNTG_CSNU CTTR SELN_CNTG_SMTN SHNU_CNTG_SMTN CCLD_DVSN SHNU_RATE PRDY_VOL_VRSS_ACML_VOL_RATE
  OPRC_HOUR OPRC_VRSS_PRPR_SIGN OPRC_VRSS_PRPR HGPR_HOUR HGPR_VRSS_PRPR_SIGN HGPR_VRSS_PRPR LWPR_HOUR
  LWPR_VRSS_PRPR_SIGN LWPR_VRSS_PRPR BSOP_DATE NEW_MKOP_CLS_CODE TRHT_YN ASKP_RSQN1 BIDP_RSQN1 TOTAL_ASKP_RSQN
  TOTAL_BIDP_RSQN VOL_TNRT PRDY_SMNS_HOUR_ACML_VOL PRDY_SMNS_HOUR_ACML_VOL_RATE HOUR_CLS_CODE MRKT_TRTM_CLS_CODE
  VI_STND_PRC MARKET_CLS_CODE`);

const BOOK = [
  ...names('MKSC_SHRN_ISCD BSOP_HOUR HOUR_CLS_CODE'),
  ...levels('ASKP'),
  ...levels('BIDP'),
  ...levels('ASKP_RSQN'),
  ...levels('BIDP_RSQN'),
  ...names(`TOTAL_ASKP_RSQN TOTAL_BIDP_RSQN OVTM_TOTAL_ASKP_RSQN OVTM_TOTAL_BIDP_RSQN ANTC_CNPR ANTC_CNQN ANTC_VOL
    ANTC_CNTG_VRSS ANTC_CNTG_VRSS_SIGN ANTC_CNTG_PRDY_CTRT ACML_VOL TOTAL_ASKP_RSQN_ICDC TOTAL_BIDP_RSQN_ICDC
    OVTM_TOTAL_ASKP_ICDC OVTM_TOTAL_BIDP_ICDC STCK_DEAL_CLS_CODE`),
];
const MIDDLE = names('MID_PRC MIDP_TOTAL_RSQN MIDP_CLS_CODE');
const BOTH_MIDDLES = names(
  'KMID_PRC KMID_TOTAL_RSQN KMID_CLS_CODE NMID_PRC NMID_TOTAL_RSQN NMID_CLS_CODE ANTC_EXCH_CLS_CODE',
);

const EXPECTED = [...TRADE.slice(0, 45), 'DUMMY'];

const MARKET =
  names(`MKSC_SHRN_ISCD TRHT_YN TR_SUSP_REAS_CNTT MKOP_CLS_CODE ANTC_MKOP_CLS_CODE MRKT_TRTM_CLS_CODE
  DIVI_APP_CLS_CODE ISCD_STAT_CLS_CODE VI_CLS_CODE OVTM_VI_CLS_CODE EXCH_CLS_CODE`);

const OVERSEAS_TRADE =
  names(`RSYM SYMB ZDIV TYMD XYMD XHMS KYMD KHMS OPEN HIGH LOW LAST SIGN DIFF RATE PBID PASK
  VBID VASK EVOL TVOL TAMT BIVL ASVL STRN MTYP`);

const OVERSEAS_BOOK = [
  ...names('RSYM SYMB ZDIV XYMD XHMS KYMD KHMS BVOL AVOL BDVL ADVL'),
  ...Array.from({ length: 10 }, (_, index) =>
    ['PBID', 'PASK', 'VBID', 'VASK', 'DBID', 'DASK'].map((name) => `${name}${index + 1}`),
  ).flat(),
];

/** The first 18 columns of domestic notices are those of all generations. */
const NOTICE_COMMON = names(`CUST_ID ACNT_NO ODER_NO OODER_NO SELN_BYOV_CLS RCTF_CLS ODER_KIND ODER_COND
  STCK_SHRN_ISCD CNTG_QTY CNTG_UNPR STCK_CNTG_HOUR RFUS_YN CNTG_YN ACPT_YN BRNC_NO ODER_QTY ACNT_NAME`);
const NOTICE = [
  ...NOTICE_COMMON,
  ...names('ORD_COND_PRC ORD_EXG_GB POPUP_YN FILLER CRDT_CLS CRDT_LOAN_DATE CNTG_ISNM40 ODER_PRC'),
];
/** Before March 2025 (python-kis, mojito): no prefix of the later one, so it is mapped by name. */
export const NOTICE_COLUMNS_2024: readonly string[] = [
  ...NOTICE_COMMON,
  ...names('CNTG_ISNM CRDT_CLS CRDT_LOAN_DATE CNTG_ISNM40 ODER_PRC'),
];

const OVERSEAS_NOTICE =
  names(`CUST_ID ACNT_NO ODER_NO OODER_NO SELN_BYOV_CLS RCTF_CLS ODER_KIND2 STCK_SHRN_ISCD
  CNTG_QTY CNTG_UNPR STCK_CNTG_HOUR RFUS_YN CNTG_YN ACPT_YN BRNC_NO ODER_QTY ACNT_NAME CNTG_ISNM ODER_COND DEBT_GB
  DEBT_DATE START_TM END_TM TM_DIV_TP CNTG_UNPR12`);

/** Layouts by TR id. Sources: KIS portal and the workbook of 2026-09-11, pages of each TR; see docs/realtime.md. */
export const REALTIME_LAYOUTS: Readonly<Record<string, RealtimeLayout>> = {
  ...domestic('trade', ['H0STCNT0', 'H0NXCNT0', 'H0UNCNT0'], TRADE, [46, 46, 47]),
  H0STASP0: layout('book', 'KRX', [...BOOK, ...MIDDLE, 'MARKET_CLS_CODE'], [59, 59, 63]),
  H0NXASP0: layout('book', 'NXT', [...BOOK, ...MIDDLE], [59, 59, 62]),
  H0UNASP0: layout('book', 'ALL', [...BOOK, ...BOTH_MIDDLES], [59, 59, 66]),
  ...domestic('expected', ['H0STANC0', 'H0NXANC0', 'H0UNANC0'], EXPECTED, [45, 45, 46]),
  ...domestic('market', ['H0STMKO0', 'H0NXMKO0', 'H0UNMKO0'], MARKET, [10, 10, 11]),
  HDFSCNT0: layout('overseas-trade', null, OVERSEAS_TRADE, [26, 26, 26]),
  HDFSASP0: layout('overseas-book', null, OVERSEAS_BOOK, [17, 17, 17]),
  H0STCNI0: layout('notice', null, NOTICE, [23, 26, 26]),
  H0STCNI9: layout('notice', null, NOTICE, [23, 26, 26]),
  H0GSCNI0: layout('overseas-notice', null, OVERSEAS_NOTICE, [21, 24, 25]),
  H0GSCNI9: layout('overseas-notice', null, OVERSEAS_NOTICE, [21, 24, 25]),
};

/**
 * The columns of each record: their number is that of all fields divided by the count, because records have no separator
 * of their own. `null` where that is no whole number.
 */
export function recordsOf(body: string, count: number): string[][] | null {
  const fields = body.split('^');
  const width = fields.length / count;
  if (!Number.isInteger(width)) return null;
  if (count === 1) return [fields];
  return Array.from({ length: count }, (_, index) => fields.slice(index * width, (index + 1) * width));
}

function layout(
  kind: FrameKind,
  venue: KisVenue | null,
  columns: readonly string[],
  [in2024, in2025, current]: readonly [number, number, number],
): RealtimeLayout {
  return { kind, venue, columns, widths: { '2024': in2024, '2025': in2025, current } };
}

function domestic(
  kind: FrameKind,
  [krx, nxt, both]: readonly [string, string, string],
  columns: readonly string[],
  widths: readonly [number, number, number],
): Record<string, RealtimeLayout> {
  return {
    [krx]: layout(kind, 'KRX', columns, widths),
    [nxt]: layout(kind, 'NXT', columns, widths),
    [both]: layout(kind, 'ALL', columns, widths),
  };
}

function names(text: string): string[] {
  return text.split(/\s+/);
}

function levels(name: string): string[] {
  return Array.from({ length: 10 }, (_, index) => `${name}${index + 1}`);
}
