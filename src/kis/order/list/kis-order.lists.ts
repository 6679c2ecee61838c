import { Injectable } from '@nestjs/common';
import { KisApiClient, type KisReadOptions } from '../../http/kis-api.client';
import { KisPageReader } from '../../http/kis-page-reader';
import type { KisAccount } from '../../kis-account';
import type { ListedOrder } from './listed-order';
import { readDomesticOrders, readNewestDomesticOrders } from './domestic-order-list';
import type { KisOrderDays } from './row-values';
import type { OrderRecord } from '../journal/order-record';
import { readOverseasOrders } from './overseas-order-list';

/** Reads KIS's lists of the orders of an account, domestic and US. */
@Injectable()
export class KisOrderLists {
  constructor(
    private readonly pages: KisPageReader,
    private readonly api: KisApiClient,
  ) {}

  /**
   * The numbers of the latest listed orders for a stock, read before an order is sent: none of them can be that order. The
   * newest page is enough, because older orders differ in their time.
   */
  async numbersBefore(
    account: KisAccount,
    { intent, day }: OrderRecord,
    options: KisReadOptions = {},
  ): Promise<string[]> {
    const { symbol, market } = intent;
    const listed =
      market === 'domestic'
        ? await readNewestDomesticOrders(this.api, account, { day, symbol }, options)
        : await this.read(account, { from: day, to: day, markets: new Set(['us']) }, options);
    return listed.filter((each) => each.symbol === symbol).map(({ orderNumber }) => orderNumber);
  }

  /** Complete lists, oldest first, or an error: an order that is missing in them is not in KIS's lists at that moment. */
  async read(
    account: KisAccount,
    { markets, ...days }: OrderListQuery,
    options: KisReadOptions = {},
  ): Promise<ListedOrder[]> {
    const lists = await Promise.all([
      markets.has('domestic') ? readDomesticOrders(this.pages, account, days, options) : [],
      markets.has('us') ? readOverseasOrders(this.pages, account, days, options) : [],
    ]);
    return lists.flat().sort((one, other) => one.placedAt - other.placedAt);
  }
}

/** Which orders to read. */
export interface OrderListQuery extends KisOrderDays {
  /** Each market costs a call of its own. */
  readonly markets: ReadonlySet<'domestic' | 'us'>;
}
