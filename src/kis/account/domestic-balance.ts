import type { KisAccount } from '../kis-account';
import type { KisReadOptions } from '../http/kis-api.client';
import type { KisPageReader } from '../http/kis-page-reader';
import { readAnswer } from '../http/read-answer';
import { KIS_CALLS } from '../protocol/kis-calls';
import { answerOf, fullListOf } from '../protocol/wire';
import { description, figure, figureOrNull, identity, recordOf } from '../protocol/wire-fields';
import { HoldingPages, type RowKind } from './holding-pages';

/** Won amounts of an account; strings as KIS sent them. Supplementary fields are `null` where KIS leaves them out. */
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
  readonly previousTotalValuation: string | null;
  /** 자산증감액 */
  readonly assetChange: string | null;
}

/**
 * A domestic stock held; strings as KIS sent them, amounts in won, rates in percent. Supplementary fields are `null`
 * where KIS leaves them out.
 */
export interface KisHolding {
  /** Code of the stock (종목번호). */
  readonly symbol: string;
  /** 상품명 */
  readonly name: string | null;
  /** 매매구분명: 현금 (paid), or a kind of credit; a stock held in two ways is two holdings. */
  readonly tradeType: string | null;
  /** Shares held (보유수량). */
  readonly quantity: string;
  /** Shares that can be sold now. */
  readonly orderableQuantity: string;
  /** 매입평균가격: average purchase price per share. */
  readonly averagePrice: string;
  /** 현재가 */
  readonly currentPrice: string;
  /** 매입금액 */
  readonly purchaseAmount: string;
  /** 평가금액 */
  readonly valuation: string;
  /** 평가손익금액: valuation minus purchase amount. */
  readonly profitLoss: string;
  /** 평가손익율, in percent of the purchase amount. */
  readonly profitLossRate: string | null;
  /** 등락율: change of the price since the previous close. */
  readonly changeRate: string | null;
}

/** Domestic stocks and deposits of an account, of all pages. */
export interface KisBalance {
  /** When the last page of the balance arrived. */
  readonly asOf: Date;
  /** Of the whole account. */
  readonly summary: KisBalanceSummary;
  /** In KIS's order; empty for an account without stocks. */
  readonly holdings: readonly KisHolding[];
}

/** KIS portal, 주식잔고조회. */
const SUMMARY = {
  deposit: figure('dnca_tot_amt'),
  depositD1: figure('nxdy_excc_amt'),
  depositD2: figure('prvs_rcdl_excc_amt'),
  purchaseAmount: figure('pchs_amt_smtl_amt'),
  stockValuation: figure('scts_evlu_amt'),
  profitLoss: figure('evlu_pfls_smtl_amt'),
  totalValuation: figure('tot_evlu_amt'),
  netAssets: figure('nass_amt'),
  previousTotalValuation: figureOrNull('bfdy_tot_asst_evlu_amt'),
  assetChange: figureOrNull('asst_icdc_amt'),
};

const HOLDING = {
  symbol: identity('pdno'),
  name: description('prdt_name'),
  tradeType: description('trad_dvsn_name'),
  quantity: figure('hldg_qty'),
  orderableQuantity: figure('ord_psbl_qty'),
  averagePrice: figure('pchs_avg_pric'),
  currentPrice: figure('prpr'),
  purchaseAmount: figure('pchs_amt'),
  valuation: figure('evlu_amt'),
  profitLoss: figure('evlu_pfls_amt'),
  profitLossRate: figureOrNull('evlu_pfls_rt'),
  changeRate: figureOrNull('fltt_rt'),
};

const ROW: RowKind = {
  symbol: 'pdno',
  quantity: 'hldg_qty',
  identity: ['pdno', 'trad_dvsn_name', 'loan_dt', 'hldg_qty', 'pchs_avg_pric', 'pchs_amt'],
};

const BALANCE = answerOf({
  output1: fullListOf(recordOf(HOLDING), [ROW.symbol, ROW.quantity]),
  output2: recordOf(SUMMARY),
});

/** In the order of the official sample; by loan date (01), because only that distinguishes kinds of credit. */
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
  const collect = (): HoldingPages => new HoldingPages(call, ROW);
  const found = await pages.readAll(account, call, paramsFor(account), collect, options);
  const { output1, output2 } = readAnswer(BALANCE, found, call);
  return { asOf: found.asOf, summary: output2, holdings: output1 };
}
