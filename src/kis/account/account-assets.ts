import type { KisAccount } from '../kis-account';
import { KisBadResponseError } from '../kis.errors';
import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { KIS_CALLS } from '../protocol/kis-calls';
import { answerOf, fullListOf, structureOf } from '../protocol/wire';
import { figure, figureOrNull, recordOf } from '../protocol/wire-fields';

/** Won amounts, weight in percent; strings as KIS sent them. */
interface KisAssetFigures {
  readonly purchaseAmount: string;
  readonly valuation: string;
  readonly profitLoss: string;
  /** 신용대출금액 */
  readonly creditLoan: string;
  /** 실제순자산금액 */
  readonly netAssets: string;
  /** 전체비중율; `null` when KIS leaves it out. */
  readonly weight: string | null;
}

/** The assets of one class; won amounts as KIS sent them. */
export interface KisAssetClass extends KisAssetFigures {
  /** Korean, such as 주식; `null` when KIS sent another number of classes than is known, so that none can be named. */
  readonly name: string | null;
}

/** The assets of all classes together; won amounts as KIS sent them. */
export interface KisAssetTotal extends KisAssetFigures {
  /** 총자산금액 */
  readonly totalAssets: string;
  /** 총예수금액 */
  readonly deposit: string;
}

/** The value of an account, by class of assets. */
export interface KisAssets {
  /** When the answer arrived. */
  readonly asOf: Date;
  readonly total: KisAssetTotal;
  /** In KIS's order. */
  readonly classes: readonly KisAssetClass[];
}

/** KIS portal, 투자계좌자산현황조회. */
const FIGURES = {
  purchaseAmount: figure('pchs_amt'),
  valuation: figure('evlu_amt'),
  profitLoss: figure('evlu_pfls_amt'),
  creditLoan: figure('crdt_lnd_amt'),
  netAssets: figure('real_nass_amt'),
  weight: figureOrNull('whol_weit_rt'),
};

const TOTAL = { totalAssets: figure('tot_asst_amt'), deposit: figure('tot_dncl_amt') };

/** Rows come without names, in the order that the portal gives; the total comes last. */
const NAMES =
  '주식 펀드/MMW IMA 채권 ELS/DLS WRAP 신탁 RP/발행어음 해외주식 해외채권 금현물 CD/CP 전자단기사채 타사상품 외화전자단기사채 외화ELS/DLS 외화 예수금 청약자예수금'.split(
    ' ',
  );
/** The portal's own example is older than IMA. */
const NAMES_BEFORE_IMA = NAMES.filter((name) => name !== 'IMA');
/** Of a fund account, product code 21. */
const FUND_NAMES =
  '수익증권 IMA 채권 ELS/DLS WRAP 신탁 RP 외화RP 해외채권 CD/CP 전자단기사채 외화전자단기사채 외화ELS/DLS 외화평가금액 예수금+CMA 청약자예수금'.split(
    ' ',
  );
const FUND_PRODUCT = '21';

const ASSETS = answerOf({
  output1: fullListOf(recordOf(FIGURES), ['pchs_amt', 'evlu_amt']),
  output2: structureOf(recordOf(TOTAL)),
});

export async function readAccountAssets(
  api: KisApiClient,
  account: KisAccount,
  options: KisReadOptions,
): Promise<KisAssets> {
  const call = KIS_CALLS.accountAssets;
  const params = {
    CANO: account.number,
    ACNT_PRDT_CD: account.productCode,
    INQR_DVSN_1: '',
    BSPR_BF_DT_APLY_YN: '',
  };
  const { body, receivedAt } = await api.read(account, call, params, options);
  const { output1, output2 } = readAnswer(ASSETS, body, call);
  const sums = output1.at(-1);
  if (!sums)
    throw new KisBadResponseError(`${call.title} contained no rows, not even the total. Try again later.`);
  const names = namesFor(output1.length - 1, account.productCode);
  return {
    asOf: receivedAt,
    total: { ...sums, ...output2 },
    classes: output1.slice(0, -1).map((row, index) => ({ name: names?.[index] ?? null, ...row })),
  };
}

function namesFor(count: number, productCode: string): readonly string[] | null {
  const known = productCode === FUND_PRODUCT ? [FUND_NAMES] : [NAMES, NAMES_BEFORE_IMA];
  return known.find((names) => names.length === count) ?? null;
}
