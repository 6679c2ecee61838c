import { Injectable } from '@nestjs/common';
import {
  KisConfiguration,
  KisOrderBook,
  KisOrderService,
  KisManualSettlement,
  KisTradingService,
  type KisExecution,
  type KisOrder,
  type KisOrderForecast,
  type KisPlacedOrder,
} from '../kis';
import {
  waitMsOf,
  type CancellationQuery,
  type ChangeBody,
  type ExecutionsQuery,
  type ListQuery,
  type OrderBody,
  type SettlementBody,
  type WaitQuery,
} from './order-validation';

/**
 * The orders of the accounts by alias. Every method rejects with `KisAccountNotFoundError` for an alias that is not
 * configured. Methods that send an order take no signal, since a request that has been sent cannot be taken back.
 */
@Injectable()
export class OrdersService {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly orders: KisOrderService,
    private readonly book: KisOrderBook,
    private readonly manualSettlement: KisManualSettlement,
    private readonly trading: KisTradingService,
  ) {}

  async place(
    alias: string,
    order: OrderBody,
    clientOrderId: string | undefined,
    query: WaitQuery,
  ): Promise<KisPlacedOrder> {
    const account = this.configuration.account(alias);
    return this.orders.place(account, order, { clientOrderId, waitMs: waitMsOf(query) });
  }

  async check(alias: string, order: OrderBody): Promise<KisOrderForecast> {
    return this.trading.forecast(this.configuration.account(alias), order);
  }

  async change(
    alias: string,
    id: string,
    change: ChangeBody,
    clientOrderId: string | undefined,
    query: WaitQuery,
  ): Promise<KisPlacedOrder> {
    const account = this.configuration.account(alias);
    return this.orders.modify(account, id, change, { clientOrderId, waitMs: waitMsOf(query) });
  }

  async cancel(alias: string, id: string, query: CancellationQuery): Promise<KisPlacedOrder> {
    const account = this.configuration.account(alias);
    return this.orders.cancel(account, id, { quantity: query.quantity, waitMs: waitMsOf(query) });
  }

  async settle(
    alias: string,
    id: string,
    { orderNumber }: SettlementBody,
    signal: AbortSignal,
  ): Promise<KisOrder> {
    return this.manualSettlement.settle(
      this.configuration.account(alias),
      id,
      { orderNumber: orderNumber ?? null },
      { signal },
    );
  }

  async list(alias: string, query: ListQuery, signal: AbortSignal): Promise<KisOrder[]> {
    return this.book.list(this.configuration.account(alias), query, { signal });
  }

  async one(alias: string, id: string, signal: AbortSignal): Promise<KisOrder> {
    return (await this.book.find(this.configuration.account(alias), id, { signal })).order;
  }

  async executions(alias: string, query: ExecutionsQuery, signal: AbortSignal): Promise<KisExecution[]> {
    return this.book.executions(this.configuration.account(alias), query, { signal });
  }
}
