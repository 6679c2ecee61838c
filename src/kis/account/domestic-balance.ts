import type { KisAccount } from '../kis-account';
import type { KisReadOptions } from '../http/kis-api.client';
import type { KisPageReader } from '../http/kis-page-reader';
import { readAnswer } from '../http/read-answer';
import { KIS_CALLS } from '../protocol/kis-calls';
import { answerOf, listOf, renamed, unsaid } from '../protocol/wire';
import { readHoldingPages, type RowKind } from './holding-pages';

/** Won amounts of an account; strings as KIS sent them. */
export interface KisBalanceSummary {
  /** 예수금총금액 */
  readonly deposit: string;
  /** 익일정산금액: the deposit on D+1. */
  readonly depositD1: string;
  /** 가수도정산금액: the deposit on D+2. */
  readonly depositD2: string;
  /** 매입금액합계금액 */
  readonly purchaseAmount: string;
  /** 유가평가금액 */
  readonly stockValuation: string;
  /** 평가손익합계금액 */
  readonly profitLoss: string;
  /** 총평가금액: securities and the deposit on D+2. */
  readonly totalValuation: string;
  /** 순자산금액 */
  readonly netAssets: string;
  /** 전일총자산평가금액 */
  readonly previousTotalValuation: string;
  /** 자산증감액 */
  readonly assetChange: string;
}

/** A domestic stock held; strings as KIS sent them, amounts in won, rates in percent. */
export interface KisHolding {
  readonly symbol: string;
  readonly name: string;
  /** 매매구분명: 현금 (paid), or a kind of credit; a stock held in two ways is two holdings. */
  readonly tradeType: string;
  readonly quantity: string;
  /** How many may be sold. */
  readonly orderableQuantity: string;
  readonly averagePrice: string;
  readonly currentPrice: string;
  readonly purchaseAmount: string;
  readonly valuation: string;
  readonly profitLoss: string;
  readonly profitLossRate: string;
  /** 등락율: of the price, against the day before. */
  readonly changeRate: string;
}

export interface KisBalance {
  /** When the last page of the balance arrived. */
  readonly asOf: Date;
  readonly summary: KisBalanceSummary;
  readonly holdings: readonly KisHolding[];
}

/** KIS portal, 주식잔고조회. */
const SUMMARY = {
  deposit: 'dnca_tot_amt',
  depositD1: 'nxdy_excc_amt',
  depositD2: 'prvs_rcdl_excc_amt',
  purchaseAmount: 'pchs_amt_smtl_amt',
  stockValuation: 'scts_evlu_amt',
  profitLoss: 'evlu_pfls_smtl_amt',
  totalValuation: 'tot_evlu_amt',
  netAssets: 'nass_amt',
  previousTotalValuation: 'bfdy_tot_asst_evlu_amt',
  assetChange: 'asst_icdc_amt',
} as const satisfies Record<keyof KisBalanceSummary, string>;

const HOLDING = {
  symbol: 'pdno',
  name: 'prdt_name',
  tradeType: 'trad_dvsn_name',
  quantity: 'hldg_qty',
  orderableQuantity: 'ord_psbl_qty',
  averagePrice: 'pchs_avg_pric',
  currentPrice: 'prpr',
  purchaseAmount: 'pchs_amt',
  valuation: 'evlu_amt',
  profitLoss: 'evlu_pfls_amt',
  profitLossRate: 'evlu_pfls_rt',
  changeRate: 'fltt_rt',
} as const satisfies Record<keyof KisHolding, string>;

const ROW: RowKind = {
  symbol: 'pdno',
  quantity: 'hldg_qty',
  identity: ['pdno', 'trad_dvsn_name', 'loan_dt', 'hldg_qty', 'pchs_avg_pric', 'pchs_amt'],
};

const BALANCE = answerOf({ output1: listOf(renamed(HOLDING)), output2: renamed(SUMMARY) });

/** In the order of the official sample; by loan date (01), because only that tells kinds of credit apart. */
function paramsFor(account: KisAccount): Record<string, string> {
  return {
    CANO: account.number,
    ACNT_PRDT_CD: account.productCode,
    AFHR_FLPR_YN: 'N',
    OFL_YN: '',
    INQR_DVSN: '01',
    UNPR_DVSN: '01',
    FUND_STTL_ICLD_YN: 'N',
    FNCG_AMT_AUTO_RDPT_YN: 'N',
    PRCS_DVSN: '00',
  };
}

export async function readDomesticBalance(
  pages: KisPageReader,
  account: KisAccount,
  options: KisReadOptions,
): Promise<KisBalance> {
  const call = KIS_CALLS.domesticBalance;
  const { asOf, ...found } = await readHoldingPages(pages, account, call, paramsFor(account), ROW, options);
  if (found.output1.length === 0 && !found.output2) return { asOf, summary: unsaid(SUMMARY), holdings: [] };
  const { output1, output2 } = readAnswer(BALANCE, found, call);
  return { asOf, summary: output2, holdings: output1 };
}
