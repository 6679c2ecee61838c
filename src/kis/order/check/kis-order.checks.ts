import { Injectable } from '@nestjs/common';
import { KisApiClient, type KisReadOptions } from '../../http/kis-api.client';
import { KisPageReader } from '../../http/kis-page-reader';
import { readAnswer } from '../../http/read-answer';
import { unknownSymbol } from '../../http/symbols';
import { readDomesticBalance } from '../../account/domestic-balance';
import type { KisAccount } from '../../kis-account';
import { KIS_CALLS } from '../../protocol/kis-calls';
import { answerOf, structureOf } from '../../protocol/wire';
import { figure, figureOrNull, isZero, recordOf } from '../../protocol/wire-fields';
import { product } from '../decimal-text';
import {
  bindingPrice,
  estimatedAmount,
  problemsWith,
  type AccountFacts,
  type KisOrderCheck,
  type StockFacts,
} from './check-rules';
import type { KisOrderIntent, KisOrderProblem } from '../order-intent';
import { checkUsOrder } from './check-us-order';

/** Checks orders before they are sent: reads KIS's figures of the stock and the account, and applies the rules. */
@Injectable()
export class KisOrderChecks {
  constructor(
    private readonly api: KisApiClient,
    private readonly pages: KisPageReader,
  ) {}

  /** Two reads at the same time: the stock, and the account's cash or shares. @throws the errors of a read. */
  async check(
    account: KisAccount,
    intent: KisOrderIntent,
    options: KisReadOptions = {},
  ): Promise<KisOrderCheck> {
    if (intent.market === 'us') return checkUsOrder(this.api, this.pages, account, intent, options);
    const [stock, facts] = await Promise.all([
      this.stock(account, intent.symbol, options),
      this.account(account, intent, options),
    ]);
    return {
      problems: problemsWith(intent, stock, facts),
      ...facts,
      estimatedAmount: estimatedAmount(intent, stock),
    };
  }

  /** The check of a modification, without cash and shares, which the order that it replaces already holds. */
  async checkChange(
    account: KisAccount,
    intent: KisOrderIntent,
    options: KisReadOptions = {},
  ): Promise<KisOrderCheck> {
    const { problems, ...found } = await this.check(account, intent, options);
    const isOfPrice = ({ code }: KisOrderProblem): boolean =>
      code !== 'BUYING_POWER' && code !== 'SELLABLE_QUANTITY';
    return { problems: problems.filter(isOfPrice), ...found };
  }

  /**
   * The amount in won that an order counts towards the caps. Reads the upper limit for an order without a binding price, and
   * the exchange rate for dollars.
   */
  async amount(account: KisAccount, intent: KisOrderIntent, options: KisReadOptions = {}): Promise<string> {
    if (intent.market === 'us') {
      return (await checkUsOrder(this.api, this.pages, account, intent, options)).estimatedAmount;
    }
    const price = bindingPrice(intent);
    if (price !== null) return product(intent.quantity, price);
    return estimatedAmount(intent, await this.stock(account, intent.symbol, options));
  }

  private async stock(account: KisAccount, symbol: string, options: KisReadOptions): Promise<StockFacts> {
    const call = KIS_CALLS.domesticPrice;
    const params = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: symbol };
    const { body } = await this.api.read(account, call, params, options);
    const { output } = readAnswer(STOCK, body, call);
    if (isZero(output.currentPrice)) throw unknownSymbol(symbol);
    return output;
  }

  private async account(
    account: KisAccount,
    intent: KisOrderIntent,
    options: KisReadOptions,
  ): Promise<AccountFacts> {
    if (intent.side === 'buy') {
      return { buyableQuantity: await this.buyable(account, intent, options), sellableQuantity: null };
    }
    const { holdings } = await readDomesticBalance(this.pages, account, options);
    const held = holdings.filter(({ symbol }) => symbol === intent.symbol);
    const quantity = held.reduce((sum, { orderableQuantity }) => sum + BigInt(orderableQuantity), 0n);
    return { buyableQuantity: null, sellableQuantity: quantity.toString() };
  }

  /** The request has the type and the price of the order, because KIS's figure depends on both. */
  private async buyable(
    account: KisAccount,
    { symbol, price, division }: KisOrderIntent,
    options: KisReadOptions,
  ): Promise<string> {
    const call = KIS_CALLS.buyingPower;
    const params = {
      CANO: account.number,
      ACNT_PRDT_CD: account.productCode,
      PDNO: symbol,
      ORD_UNPR: price ?? '',
      ORD_DVSN: division,
      CMA_EVLU_AMT_ICLD_YN: 'N',
      OVRS_ICLD_YN: 'N',
    };
    const { body } = await this.api.read(account, call, params, options);
    return readAnswer(BUYABLE, body, call).output.quantity;
  }
}

const STOCK = answerOf({
  output: structureOf(
    recordOf({
      currentPrice: figure('stck_prpr'),
      tick: figureOrNull('aspr_unit'),
      lowerLimit: figureOrNull('stck_llam'),
      upperLimit: figureOrNull('stck_mxpr'),
      lot: figureOrNull('hts_deal_qty_unit_val'),
    }),
  ),
});

/** KIS portal, 매수가능조회: without buying on unsettled funds (미수). */
const BUYABLE = answerOf({ output: structureOf(recordOf({ quantity: figure('nrcvb_buy_qty') })) });
