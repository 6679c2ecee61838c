import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { unknownSymbol } from '../http/symbols';
import type { KisAccount } from '../kis-account';
import { KisApiError } from '../kis.errors';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, structureOf } from '../protocol/wire';
import { description, figureOrNull, recordOf } from '../protocol/wire-fields';

/** Master data of a domestic stock; strings as KIS sent them, `null` where it leaves one out. */
export interface KisStockInfo {
  readonly asOf: Date;
  readonly symbol: string;
  readonly name: string | null;
  readonly englishName: string | null;
  /** ISIN. */
  readonly standardCode: string | null;
  /** STK KOSPI, KSQ KOSDAQ, KNX KONEX. */
  readonly market: string | null;
  /** ST share, EF ETF, EN ETN and others. */
  readonly group: string | null;
  readonly listedShares: string | null;
  /** 액면가 */
  readonly faceValue: string | null;
  readonly previousClose: string | null;
  /** 거래정지 Y/N */
  readonly tradingHalted: string | null;
  /** 관리종목 Y/N */
  readonly administrativeIssue: string | null;
  /** Whether Nextrade trades it, Y/N. */
  readonly nxt: string | null;
  /** Whether trading at Nextrade is halted, Y/N. */
  readonly nxtHalted: string | null;
}

/** KIS portal, 주식기본조회. */
const INFO = answerOf({
  output: structureOf(
    recordOf({
      name: description('prdt_name'),
      englishName: description('prdt_eng_name'),
      standardCode: description('std_pdno'),
      market: description('mket_id_cd'),
      group: description('scty_grp_id_cd'),
      listedShares: figureOrNull('lstg_stqt'),
      faceValue: figureOrNull('papr'),
      previousClose: figureOrNull('bfdy_clpr'),
      tradingHalted: description('tr_stop_yn'),
      administrativeIssue: description('admn_item_yn'),
      nxt: description('cptt_trad_tr_psbl_yn'),
      nxtHalted: description('nxt_tr_stop_yn'),
    }),
  ),
});

/** PRDT_TYPE_CD of shares, ETF, ETN and ELW (KIS portal, 주식기본조회). */
const STOCKS = '300';
/** 해당종목정보가 없습니다 */
const NO_SUCH_STOCK = 'APBK0656';

/** @param symbol as KIS takes it */
export async function readStockInfo(
  api: KisApiClient,
  account: KisAccount,
  symbol: string,
  options: KisReadOptions,
): Promise<KisStockInfo> {
  const call = KIS_QUOTATION_CALLS.stockInfo;
  const params = { PRDT_TYPE_CD: STOCKS, PDNO: symbol };
  const { body, receivedAt } = await api.read(account, call, params, options).catch((error: unknown) => {
    throw error instanceof KisApiError && error.kis?.msgCd === NO_SUCH_STOCK ? unknownSymbol(symbol) : error;
  });
  return { asOf: receivedAt, symbol, ...readAnswer(INFO, body, call).output };
}
