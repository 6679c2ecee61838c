import { Injectable } from '@nestjs/common';
import { KisApiClient, type KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';
import { DOMESTIC_SYMBOL } from '../protocol/inputs';
import { KIS_CALLS } from '../protocol/kis-calls';
import { answerOf, bothOf, renamed, renamedOptional, structureOf } from '../protocol/wire';

interface KisPriceFigures {
  readonly price: string;
  /** 전일 대비: against the close of the day before. */
  readonly change: string;
  /** 1 upper limit, 2 up, 3 unchanged, 4 lower limit, 5 down. */
  readonly changeSign: string;
  /** In percent. */
  readonly changeRate: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  /** 상한가 */
  readonly upperLimit: string;
  /** 하한가 */
  readonly lowerLimit: string;
  /** 기준가 */
  readonly basePrice: string;
  /** Shares traded today. */
  readonly volume: string;
  /** Won traded today. */
  readonly tradingValue: string;
}

/** KIS leaves fields out that are empty, for an ETF for instance: `null` then. */
interface KisStockFigures {
  readonly per: string | null;
  readonly pbr: string | null;
  readonly eps: string | null;
  readonly bps: string | null;
  /** HTS 시가총액, in units of 100 million won (억). */
  readonly marketCap: string | null;
}

/** The price of a domestic stock at KRX; strings as KIS sent them, prices in won. */
export interface KisQuote extends KisPriceFigures, KisStockFigures {
  readonly asOf: Date;
  readonly symbol: string;
}

/** KIS portal, 주식현재가 시세. */
const PRICE = {
  price: 'stck_prpr',
  change: 'prdy_vrss',
  changeSign: 'prdy_vrss_sign',
  changeRate: 'prdy_ctrt',
  open: 'stck_oprc',
  high: 'stck_hgpr',
  low: 'stck_lwpr',
  upperLimit: 'stck_mxpr',
  lowerLimit: 'stck_llam',
  basePrice: 'stck_sdpr',
  volume: 'acml_vol',
  tradingValue: 'acml_tr_pbmn',
} as const satisfies Record<keyof KisPriceFigures, string>;

const STOCK = {
  per: 'per',
  pbr: 'pbr',
  eps: 'eps',
  bps: 'bps',
  marketCap: 'hts_avls',
} as const satisfies Record<keyof KisStockFigures, string>;

const QUOTE = answerOf({ output: structureOf(bothOf(renamed(PRICE), renamedOptional(STOCK))) });

/** Prices. Strings and failures as in `KisAccountClient`. */
@Injectable()
export class KisQuotationClient {
  constructor(private readonly api: KisApiClient) {}

  /**
   * The current price of a domestic stock at KRX (주식현재가 시세), asked with the credentials of `account`.
   *
   * @param symbol six characters, with a Q before for an ETN.
   * @throws KisInvalidRequestError for a symbol that is none; nothing is sent then.
   */
  async price(account: KisAccount, symbol: string, options: KisReadOptions = {}): Promise<KisQuote> {
    if (!DOMESTIC_SYMBOL.test(symbol)) {
      throw new KisInvalidRequestError(
        `"${symbol.slice(0, 20)}" is no symbol of a domestic stock: give six characters such as 005930 (an ETN with a Q before).`,
      );
    }
    const call = KIS_CALLS.domesticPrice;
    const params = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: symbol };
    const { body, receivedAt } = await this.api.read(account, call, params, options);
    return { asOf: receivedAt, symbol, ...readAnswer(QUOTE, body, call).output };
  }
}
