import { Injectable } from '@nestjs/common';
import type { KisReadOptions } from '../http/kis-api.client';
import { KisPageReader } from '../http/kis-page-reader';
import type { KisAccount } from '../kis-account';
import type { ListedOrder } from './order-list';
import { readDomesticOrders, type KisOrderDays } from './domestic-orders';
import { readOverseasOrders } from './overseas-orders';

/** Which orders to read. */
export interface ListedOrders extends KisOrderDays {
  /** Each market costs a call of its own. */
  readonly markets: ReadonlySet<'domestic' | 'us'>;
}

/** KIS's lists of the orders of an account. */
@Injectable()
export class KisOrderLists {
  constructor(private readonly pages: KisPageReader) {}

  /** Complete lists or an error: an order that is not in them is not in KIS's lists at that moment. Oldest first. */
  async read(
    account: KisAccount,
    { markets, ...days }: ListedOrders,
    options: KisReadOptions = {},
  ): Promise<ListedOrder[]> {
    const lists = await Promise.all([
      markets.has('domestic') ? readDomesticOrders(this.pages, account, days, options) : [],
      markets.has('us') ? readOverseasOrders(this.pages, account, days, options) : [],
    ]);
    return lists.flat().sort((one, other) => one.placedAt - other.placedAt);
  }
}
