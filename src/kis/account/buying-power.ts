import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';
import { requireDomesticSymbol, unknownSymbol } from '../http/symbols';
import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { PRICE } from '../protocol/inputs';
import { KIS_CALLS } from '../protocol/kis-calls';
import { answerOf, structureOf } from '../protocol/wire';
import { figure, isZero, recordOf } from '../protocol/wire-fields';

/** The intended purchase; without a symbol only amounts are returned. */
export interface KisIntendedOrder {
  /** Code of a domestic stock, such as `005930`. */
  readonly symbol?: string | undefined;
  /** Won per share; without it the order is a market order. */
  readonly price?: string | undefined;
}

/** How much can be bought, in won and in shares; strings as KIS sent them. */
export interface KisBuyable {
  /** Won. */
  readonly amount: string;
  /** Shares; "0" when no symbol was given. */
  readonly quantity: string;
}

/** Won amounts and numbers of shares; strings as KIS sent them. */
export interface KisBuyingPower {
  /** When the answer arrived. */
  readonly asOf: Date;
  readonly symbol: string | null;
  readonly price: string | null;
  /** 주문가능현금 */
  readonly cash: string;
  /** 미수없는매수: without buying on unsettled funds. */
  readonly withoutCredit: KisBuyable;
  /** 최대매수: with them. */
  readonly maximum: KisBuyable;
  /** 가능수량계산단가: the price with which the quantities were calculated. */
  readonly calculationPrice: string;
}

/** KIS portal, 매수가능조회. */
const OUTPUT = {
  cash: figure('ord_psbl_cash'),
  calculationPrice: figure('psbl_qty_calc_unpr'),
  amountWithoutCredit: figure('nrcvb_buy_amt'),
  quantityWithoutCredit: figure('nrcvb_buy_qty'),
  maximumAmount: figure('max_buy_amt'),
  maximumQuantity: figure('max_buy_qty'),
};

const BUYING_POWER = answerOf({ output: structureOf(recordOf(OUTPUT)) });

export async function readBuyingPower(
  api: KisApiClient,
  account: KisAccount,
  { symbol: text, price }: KisIntendedOrder,
  options: KisReadOptions,
): Promise<KisBuyingPower> {
  const symbol = text === undefined ? undefined : requireDomesticSymbol(text);
  refuseUnclear(symbol, price);
  const call = KIS_CALLS.buyingPower;
  const params = {
    CANO: account.number,
    ACNT_PRDT_CD: account.productCode,
    PDNO: symbol ?? '',
    ORD_UNPR: price ?? '',
    ORD_DVSN: orderKind(symbol, price),
    CMA_EVLU_AMT_ICLD_YN: 'N',
    OVRS_ICLD_YN: 'N',
  };
  const { body, receivedAt } = await api.read(account, call, params, options);
  const { output } = readAnswer(BUYING_POWER, body, call);
  if (symbol !== undefined && isZero(output.calculationPrice)) throw unknownSymbol(symbol);
  return {
    asOf: receivedAt,
    symbol: symbol ?? null,
    price: price ?? null,
    cash: output.cash,
    withoutCredit: { amount: output.amountWithoutCredit, quantity: output.quantityWithoutCredit },
    maximum: { amount: output.maximumAmount, quantity: output.maximumQuantity },
    calculationPrice: output.calculationPrice,
  };
}

/** 00 is a limit order, 01 a market order, which KIS requires without a price; without a stock KIS expects 00. */
function orderKind(symbol: string | undefined, price: string | undefined): string {
  return symbol !== undefined && price === undefined ? '01' : '00';
}

function refuseUnclear(symbol: string | undefined, price: string | undefined): void {
  if (price === undefined) return;
  if (symbol === undefined)
    throw new KisInvalidRequestError('A price needs a symbol: give both, or neither.');
  if (!PRICE.test(price)) {
    throw new KisInvalidRequestError(
      `"${price.slice(0, 20)}" is not a price: use whole won, digits only, such as 70000.`,
    );
  }
}
