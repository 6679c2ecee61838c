import { Injectable } from '@nestjs/common';
import { KisApiClient, type KisReadOptions } from '../http/kis-api.client';
import { KisPageReader } from '../http/kis-page-reader';
import type { KisAccount } from '../kis-account';
import { readAccountAssets, type KisAssets } from './account-assets';
import { readBuyingPower, type KisBuyingPower, type KisIntendedOrder } from './buying-power';
import { readDomesticBalance, type KisBalance } from './domestic-balance';
import { readOverseasBalance, type KisOverseasBalance, type KisOverseasMarket } from './overseas-balance';

/**
 * The contents of an account. Every amount, price, rate and quantity is the unchanged string that KIS sent.
 * Supplementary fields, such as a name or a rate, are `null` where KIS leaves them out.
 *
 * All methods reject with `KisBadResponseError`, naming the field, when a list, an identifying field or a figure is
 * missing: an answer without its list is never taken for an empty account. Otherwise they reject as `KisApiClient.read`
 * does. They may be called concurrently: identical concurrent requests become one call to KIS.
 */
@Injectable()
export class KisAccountClient {
  constructor(
    private readonly api: KisApiClient,
    private readonly pages: KisPageReader,
  ) {}

  /**
   * Domestic stocks and deposits, all pages (주식잔고조회; 50 rows a page, 20 in mock trading). Stocks sold out today are
   * left out, although KIS lists them until D-2.
   */
  balance(account: KisAccount, options: KisReadOptions = {}): Promise<KisBalance> {
    return readDomesticBalance(this.pages, account, options);
  }

  /** Assets by class (투자계좌자산현황조회). Real trading only. @throws KisNotAvailableInMockError */
  assets(account: KisAccount, options: KisReadOptions = {}): Promise<KisAssets> {
    return readAccountAssets(this.api, account, options);
  }

  /**
   * What can be bought (매수가능조회). A symbol and a price mean a limit order, whose quantities ignore the stock's margin
   * rate; a symbol alone means a market order, whose quantities take it into account.
   *
   * @throws KisInvalidRequestError for an invalid symbol or price; nothing is sent then.
   */
  buyingPower(
    account: KisAccount,
    order: KisIntendedOrder = {},
    options: KisReadOptions = {},
  ): Promise<KisBuyingPower> {
    return readBuyingPower(this.api, account, order, options);
  }

  /**
   * Foreign stocks of a market, all pages (해외주식 잔고).
   *
   * @throws KisInvalidRequestError for an exchange or currency that KIS does not have; nothing is sent then.
   */
  overseasBalance(
    account: KisAccount,
    market: KisOverseasMarket,
    options: KisReadOptions = {},
  ): Promise<KisOverseasBalance> {
    return readOverseasBalance(this.pages, account, market, options);
  }
}
