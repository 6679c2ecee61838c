import { Injectable } from '@nestjs/common';
import { KisApiClient, type KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { requireDomesticSymbol, unknownSymbol } from '../http/symbols';
import type { KisAccount } from '../kis-account';
import { KIS_CALLS } from '../protocol/kis-calls';
import { answerOf, structureOf } from '../protocol/wire';
import { description, figure, figureOrNull, isZero, recordOf } from '../protocol/wire-fields';

/**
 * The price of a domestic stock at KRX; strings as KIS sent them, prices in won. `null` where KIS leaves out what only
 * describes or does not exist for the security, such as the price limits of an ELW.
 */
export interface KisQuote {
  readonly asOf: Date;
  readonly symbol: string;
  readonly price: string;
  /** 전일 대비: against the close of the day before. */
  readonly change: string;
  /** 1 upper limit, 2 up, 3 unchanged, 4 lower limit, 5 down. */
  readonly changeSign: string | null;
  /** In percent. */
  readonly changeRate: string | null;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  /** 상한가 */
  readonly upperLimit: string | null;
  /** 하한가 */
  readonly lowerLimit: string | null;
  /** 기준가 */
  readonly basePrice: string;
  /** Shares traded today. */
  readonly volume: string;
  /** Won traded today. */
  readonly tradingValue: string | null;
  readonly per: string | null;
  readonly pbr: string | null;
  readonly eps: string | null;
  readonly bps: string | null;
  /** HTS 시가총액, in units of 100 million won (억). */
  readonly marketCap: string | null;
}

/** KIS portal, 주식현재가 시세. */
const QUOTE = answerOf({
  output: structureOf(
    recordOf({
      price: figure('stck_prpr'),
      change: figure('prdy_vrss'),
      changeSign: description('prdy_vrss_sign'),
      changeRate: figureOrNull('prdy_ctrt'),
      open: figure('stck_oprc'),
      high: figure('stck_hgpr'),
      low: figure('stck_lwpr'),
      upperLimit: figureOrNull('stck_mxpr'),
      lowerLimit: figureOrNull('stck_llam'),
      basePrice: figure('stck_sdpr'),
      volume: figure('acml_vol'),
      tradingValue: figureOrNull('acml_tr_pbmn'),
      per: figureOrNull('per'),
      pbr: figureOrNull('pbr'),
      eps: figureOrNull('eps'),
      bps: figureOrNull('bps'),
      marketCap: figureOrNull('hts_avls'),
    }),
  ),
});

/** KIS answers for a symbol that it does not know with a success whose price is 0 (python-kis, pykis/api/stock/quote.py). */
const PRICE = answerOf({ output: structureOf(recordOf({ price: figure('stck_prpr') })) });

/** Prices. Strings and failures as in `KisAccountClient`. */
@Injectable()
export class KisQuotationClient {
  constructor(private readonly api: KisApiClient) {}

  /**
   * The current price of a domestic stock at KRX (주식현재가 시세), asked with the credentials of `account`.
   *
   * @param text a symbol: six characters, with a Q before for an ETN; an A before others is left out.
   * @throws KisInvalidRequestError for a symbol that is none; nothing is sent then. KisSymbolNotFoundError for one that KIS
   * does not know.
   */
  async price(account: KisAccount, text: string, options: KisReadOptions = {}): Promise<KisQuote> {
    const symbol = requireDomesticSymbol(text);
    const call = KIS_CALLS.domesticPrice;
    const params = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: symbol };
    const { body, receivedAt } = await this.api.read(account, call, params, options);
    if (isZero(readAnswer(PRICE, body, call).output.price)) throw unknownSymbol(symbol);
    return { asOf: receivedAt, symbol, ...readAnswer(QUOTE, body, call).output };
  }
}
