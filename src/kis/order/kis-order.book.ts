import { Injectable } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisReadOptions } from '../http/kis-api.client';
import type { KisAccount } from '../kis-account';
import { accountKey, koreanDate } from './account-key';
import { externalOrder, isClosed, orderOf, type KisOrder } from './kis-order';
import { KisOrderNotFoundError } from './kis-order.errors';
import { KisOrderJournal } from './kis-order.journal';
import { KisOrderLists } from './kis-order.lists';
import type { ListedOrder } from './order-list';
import type { OrderRecord } from './order-record';

/** Which orders of an account. */
export interface KisOrderQuery {
  /** `unknown`: those whose outcome KIS has not told; `all` unless given. */
  readonly status?: 'open' | 'closed' | 'unknown' | 'all' | undefined;
  /** Korean day, `YYYY-MM-DD`, inclusive; today unless given. */
  readonly from?: string | undefined;
  /** Korean day, `YYYY-MM-DD`, inclusive; today unless given. */
  readonly to?: string | undefined;
  readonly symbol?: string | undefined;
}

/** An order with what is needed to change it. */
export interface FoundOrder {
  readonly order: KisOrder;
  /** `null` for an order that was placed elsewhere. */
  readonly record: OrderRecord | null;
  /** `null` while KIS's list does not show it. */
  readonly listed: ListedOrder | null;
}

/** The orders of an account: KIS's lists and the journal together, wherever an order was placed. */
@Injectable()
export class KisOrderBook {
  constructor(
    private readonly journal: KisOrderJournal,
    private readonly lists: KisOrderLists,
    private readonly clock: KisClock,
  ) {}

  /** Oldest first; all pages of KIS's lists. */
  async list(
    account: KisAccount,
    query: KisOrderQuery = {},
    options: KisReadOptions = {},
  ): Promise<KisOrder[]> {
    const found = await this.read(account, query, options);
    return found
      .map(({ order }) => order)
      .filter(({ symbol }) => query.symbol === undefined || symbol === query.symbol)
      .filter((order) => hasStatus(order, query.status ?? 'all'));
  }

  /**
   * Today's order under this `clientOrderId`, or under this order number, with or without its leading zeros.
   * @throws KisOrderNotFoundError
   */
  async find(account: KisAccount, id: string, options: KisReadOptions = {}): Promise<FoundOrder> {
    const orders = await this.read(account, {}, options);
    const isMeant = /^\d+$/.test(id)
      ? ({ order }: FoundOrder) => order.orderNumber?.padStart(10, '0') === id.padStart(10, '0')
      : ({ order }: FoundOrder) => order.clientOrderId === id;
    const found = orders.find(isMeant);
    if (found) return found;
    throw new KisOrderNotFoundError(
      `Account "${account.alias}" has no order "${id.slice(0, 64)}" today. Give the clientOrderId, or the order number as KIS names it; older orders are in the list.`,
    );
  }

  private async read(
    account: KisAccount,
    { from, to }: KisOrderQuery,
    options: KisReadOptions,
  ): Promise<FoundOrder[]> {
    const today = koreanDate(this.clock.now());
    const days = { from: from ?? today, to: to ?? today };
    const markets = new Set(['domestic', 'us'] as const);
    const [records, listed] = await Promise.all([
      this.journal.list(accountKey(account), days.from, days.to),
      this.lists.read(account, { ...days, markets }, options),
    ]);
    return merged(records, listed);
  }
}

/** Cancellations are no orders of their own: they show in the order that they end. */
function merged(records: readonly OrderRecord[], listed: readonly ListedOrder[]): FoundOrder[] {
  const rows = new Map(listed.map((row) => [rowKey(row.day, row.orderNumber), row]));
  const own = records.map((record): FoundOrder => {
    const row = rows.get(rowKey(record.day, record.orderNumber ?? '')) ?? null;
    const order = orderOf(record, { listed: row, replacement: replacementOf(record, records) });
    return { order, record, listed: row };
  });
  const numbers = new Set(records.map(({ day, orderNumber }) => rowKey(day, orderNumber ?? '')));
  const others = listed
    .filter(({ day, orderNumber, cancellation }) => !cancellation && !numbers.has(rowKey(day, orderNumber)))
    .map((row): FoundOrder => ({ order: externalOrder(row), record: null, listed: row }));
  return [...own.filter(({ record }) => record?.action !== 'cancel'), ...others].sort(
    (one, other) => one.order.createdAt.getTime() - other.order.createdAt.getTime(),
  );
}

function replacementOf(record: OrderRecord, records: readonly OrderRecord[]): OrderRecord | null {
  const isReplacement = ({ action, target, outcome }: OrderRecord): boolean =>
    action === 'modify' && outcome === 'accepted' && target?.clientOrderId === record.clientOrderId;
  return records.filter(isReplacement).at(-1) ?? null;
}

function rowKey(day: string, orderNumber: string): string {
  return `${day} ${orderNumber.padStart(10, '0')}`;
}

function hasStatus({ status }: KisOrder, wanted: 'open' | 'closed' | 'unknown' | 'all'): boolean {
  switch (wanted) {
    case 'all':
      return true;
    case 'unknown':
      return status === 'unknown' || status === 'sending';
    case 'closed':
      return isClosed(status);
    case 'open':
      return !isClosed(status) && status !== 'unknown' && status !== 'sending';
  }
}
