import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';
import type { KisReadOptions } from '../http/kis-api.client';
import type { KisPageReader } from '../http/kis-page-reader';
import { readAnswer } from '../http/read-answer';
import { OVERSEAS_CURRENCIES, OVERSEAS_EXCHANGES } from '../protocol/inputs';
import { KIS_CALLS } from '../protocol/kis-calls';
import { answerOf, fullListOf } from '../protocol/wire';
import { description, figure, figureOrNull, identity, recordOf } from '../protocol/wire-fields';
import { HoldingPages, type RowKind } from './holding-pages';

/** A foreign market as KIS divides them: exchange and currency. */
export interface KisOverseasMarket {
  /**
   * NASD, NYSE, AMEX, SEHK, SHAA, SZAA, TKSE, HASE or VNSE. In REAL trading NASD means all of the USA and NAS is Nasdaq
   * alone; in MOCK trading NASD is Nasdaq alone.
   */
  readonly exchange: string;
  /** USD, HKD, CNY, JPY or VND. */
  readonly currency: string;
}

/**
 * Amounts in the requested currency, rates in percent; strings as KIS sent them. For a market in which nothing is held
 * KIS may send an empty structure: all fields are `null` then, and otherwise none of the amounts.
 */
export interface KisOverseasSummary {
  /** 외화매입금액1 */
  readonly purchaseAmount: string | null;
  /** 총평가손익금액 by its name; in the portal's example it is the valuation. */
  readonly valuationProfitLoss: string | null;
  /** 해외총손익 */
  readonly totalProfitLoss: string | null;
  /** 총수익률 */
  readonly totalProfitLossRate: string | null;
  /** 해외실현손익금액 */
  readonly realizedProfitLoss: string | null;
  /** 실현수익율 */
  readonly realizedProfitLossRate: string | null;
}

/**
 * A foreign security held; amounts in its currency, rates in percent; strings as KIS sent them. Supplementary fields
 * are `null` where KIS leaves them out: a bond has no exchange, for instance.
 */
export interface KisOverseasHolding {
  /** 해외상품번호 */
  readonly symbol: string;
  /** 해외종목명, in Korean. */
  readonly name: string | null;
  /** 해외거래소코드, such as NASD. */
  readonly exchange: string | null;
  /** 거래통화코드: the currency of the amounts. */
  readonly currency: string | null;
  /** Shares held (해외잔고수량). */
  readonly quantity: string;
  /** Shares that can be sold now. */
  readonly orderableQuantity: string;
  /** 매입평균가격: average purchase price per share. */
  readonly averagePrice: string;
  /** 현재가격 */
  readonly currentPrice: string;
  /** 외화매입금액 */
  readonly purchaseAmount: string;
  /** 해외주식평가금액 */
  readonly valuation: string;
  /** 외화평가손익금액: valuation minus purchase amount. */
  readonly profitLoss: string;
  /** 평가손익율, in percent of the purchase amount. */
  readonly profitLossRate: string | null;
}

/** Foreign stocks of one market, of all pages. */
export interface KisOverseasBalance extends KisOverseasMarket {
  /** When the last page of the balance arrived. */
  readonly asOf: Date;
  /** Of the whole market. */
  readonly summary: KisOverseasSummary;
  /** In KIS's order; empty when nothing is held there. */
  readonly holdings: readonly KisOverseasHolding[];
}

/** KIS portal, 해외주식 잔고. */
const SUMMARY = {
  purchaseAmount: figure('frcr_pchs_amt1'),
  valuationProfitLoss: figure('tot_evlu_pfls_amt'),
  totalProfitLoss: figure('ovrs_tot_pfls'),
  totalProfitLossRate: figureOrNull('tot_pftrt'),
  realizedProfitLoss: figure('ovrs_rlzt_pfls_amt'),
  realizedProfitLossRate: figureOrNull('rlzt_erng_rt'),
};

const NO_SUMMARY: KisOverseasSummary = {
  purchaseAmount: null,
  valuationProfitLoss: null,
  totalProfitLoss: null,
  totalProfitLossRate: null,
  realizedProfitLoss: null,
  realizedProfitLossRate: null,
};

const HOLDING = {
  symbol: identity('ovrs_pdno'),
  name: description('ovrs_item_name'),
  exchange: description('ovrs_excg_cd'),
  currency: description('tr_crcy_cd'),
  quantity: figure('ovrs_cblc_qty'),
  orderableQuantity: figure('ord_psbl_qty'),
  averagePrice: figure('pchs_avg_pric'),
  currentPrice: figure('now_pric2'),
  purchaseAmount: figure('frcr_pchs_amt1'),
  valuation: figure('ovrs_stck_evlu_amt'),
  profitLoss: figure('frcr_evlu_pfls_amt'),
  profitLossRate: figureOrNull('evlu_pfls_rt'),
};

const ROW: RowKind = {
  symbol: 'ovrs_pdno',
  quantity: 'ovrs_cblc_qty',
  identity: ['ovrs_pdno', 'ovrs_excg_cd', 'loan_type_cd', 'loan_dt', 'ovrs_cblc_qty', 'pchs_avg_pric'],
};

const BALANCE = answerOf({
  output1: fullListOf(recordOf(HOLDING), [ROW.symbol, ROW.quantity]),
  output2: recordOf(SUMMARY),
});

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
  const collect = (): HoldingPages => new HoldingPages(call, ROW);
  const found = await pages.readAll(account, call, params, collect, options);
  const about = { asOf: found.asOf, exchange, currency };
  if (found.output1.length === 0 && !found.output2) return { ...about, summary: NO_SUMMARY, holdings: [] };
  const { output1, output2 } = readAnswer(BALANCE, found, call);
  return { ...about, summary: output2, holdings: output1 };
}

function refuseUnknown(what: string, value: string, known: ReadonlySet<string>): void {
  if (known.has(value)) return;
  throw new KisInvalidRequestError(
    `"${value.slice(0, 20)}" is not a ${what} that KIS knows. Use one of ${[...known].join(', ')}.`,
  );
}
