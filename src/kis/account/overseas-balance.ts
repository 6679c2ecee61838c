import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';
import type { KisReadOptions } from '../http/kis-api.client';
import type { KisPageReader } from '../http/kis-page-reader';
import { readAnswer } from '../http/read-answer';
import { OVERSEAS_CURRENCIES, OVERSEAS_EXCHANGES } from '../protocol/inputs';
import { KIS_CALLS } from '../protocol/kis-calls';
import { answerOf, listOf, renamed, unsaid } from '../protocol/wire';
import { readHoldingPages, type RowKind } from './holding-pages';

export interface KisOverseasMarket {
  /**
   * NASD, NYSE, AMEX, SEHK, SHAA, SZAA, TKSE, HASE or VNSE. In REAL trading NASD means all of the USA and NAS is Nasdaq
   * alone; in MOCK trading NASD is Nasdaq alone.
   */
  readonly exchange: string;
  /** USD, HKD, CNY, JPY or VND. */
  readonly currency: string;
}

/** Amounts in the currency asked for, rates in percent; strings as KIS sent them. */
export interface KisOverseasSummary {
  /** 외화매입금액1 */
  readonly purchaseAmount: string;
  /** 총평가손익금액 by its name; in the portal's example it is the valuation. */
  readonly valuationProfitLoss: string;
  /** 해외총손익 */
  readonly totalProfitLoss: string;
  /** 총수익률 */
  readonly totalProfitLossRate: string;
  /** 해외실현손익금액 */
  readonly realizedProfitLoss: string;
  /** 실현수익율 */
  readonly realizedProfitLossRate: string;
}

/** A foreign stock held; amounts in its currency, rates in percent; strings as KIS sent them. */
export interface KisOverseasHolding {
  readonly symbol: string;
  readonly name: string;
  readonly exchange: string;
  readonly currency: string;
  readonly quantity: string;
  /** How many may be sold. */
  readonly orderableQuantity: string;
  readonly averagePrice: string;
  readonly currentPrice: string;
  readonly purchaseAmount: string;
  readonly valuation: string;
  readonly profitLoss: string;
  readonly profitLossRate: string;
}

export interface KisOverseasBalance extends KisOverseasMarket {
  /** When the last page of the balance arrived. */
  readonly asOf: Date;
  readonly summary: KisOverseasSummary;
  readonly holdings: readonly KisOverseasHolding[];
}

/** KIS portal, 해외주식 잔고. */
const SUMMARY = {
  purchaseAmount: 'frcr_pchs_amt1',
  valuationProfitLoss: 'tot_evlu_pfls_amt',
  totalProfitLoss: 'ovrs_tot_pfls',
  totalProfitLossRate: 'tot_pftrt',
  realizedProfitLoss: 'ovrs_rlzt_pfls_amt',
  realizedProfitLossRate: 'rlzt_erng_rt',
} as const satisfies Record<keyof KisOverseasSummary, string>;

const HOLDING = {
  symbol: 'ovrs_pdno',
  name: 'ovrs_item_name',
  exchange: 'ovrs_excg_cd',
  currency: 'tr_crcy_cd',
  quantity: 'ovrs_cblc_qty',
  orderableQuantity: 'ord_psbl_qty',
  averagePrice: 'pchs_avg_pric',
  currentPrice: 'now_pric2',
  purchaseAmount: 'frcr_pchs_amt1',
  valuation: 'ovrs_stck_evlu_amt',
  profitLoss: 'frcr_evlu_pfls_amt',
  profitLossRate: 'evlu_pfls_rt',
} as const satisfies Record<keyof KisOverseasHolding, string>;

const ROW: RowKind = {
  symbol: 'ovrs_pdno',
  quantity: 'ovrs_cblc_qty',
  identity: ['ovrs_pdno', 'ovrs_excg_cd', 'loan_type_cd', 'loan_dt', 'ovrs_cblc_qty', 'pchs_avg_pric'],
};

const BALANCE = answerOf({ output1: listOf(renamed(HOLDING)), output2: renamed(SUMMARY) });

export async function readOverseasBalance(
  pages: KisPageReader,
  account: KisAccount,
  { exchange, currency }: KisOverseasMarket,
  options: KisReadOptions,
): Promise<KisOverseasBalance> {
  refuseUnknown('exchange', exchange, OVERSEAS_EXCHANGES);
  refuseUnknown('currency', currency, OVERSEAS_CURRENCIES);
  const call = KIS_CALLS.overseasBalance;
  const params = {
    CANO: account.number,
    ACNT_PRDT_CD: account.productCode,
    OVRS_EXCG_CD: exchange,
    TR_CRCY_CD: currency,
  };
  const { asOf, ...found } = await readHoldingPages(pages, account, call, params, ROW, options);
  const about = { asOf, exchange, currency };
  if (found.output1.length === 0 && !found.output2)
    return { ...about, summary: unsaid(SUMMARY), holdings: [] };
  const { output1, output2 } = readAnswer(BALANCE, found, call);
  return { ...about, summary: output2, holdings: output1 };
}

function refuseUnknown(what: string, value: string, known: ReadonlySet<string>): void {
  if (known.has(value)) return;
  throw new KisInvalidRequestError(
    `"${value.slice(0, 20)}" is no ${what} of KIS. Give one of ${[...known].join(', ')}.`,
  );
}
