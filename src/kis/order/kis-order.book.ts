import { Injectable } from '@nestjs/common';
import type { KisReadOptions } from '../http/kis-api.client';
import type { KisAccount } from '../kis-account';
import { accountKey } from './account-key';
import { dayPlus, koreanDate } from './korean-date';
import { externalOrder, isClosed, orderOf, type KisOrder } from './kis-order';
import { KisReconciliationPass } from './settlement/kis-reconciliation-pass';
import { KisOrderClock } from './kis-order.clock';
import { KisOrderNotFoundError } from './kis-order.errors';
import { KisOrderJournal } from './journal/kis-order.journal';
import { product, scaled } from './decimal-text';
import type { KisOrderSide, KisOrderVenue } from '../protocol/order-divisions';
import type { ListedOrder } from './list/listed-order';
import { isListedAs } from './list/row-matching';
import type { OrderRecord } from './journal/order-record';

/** The orders of an account, wherever they were placed: KIS's lists merged with the journal. */
@Injectable()
export class KisOrderBook {
  constructor(
    private readonly journal: KisOrderJournal,
    private readonly reconciliation: KisReconciliationPass,
    private readonly time: KisOrderClock,
  ) {}

  /** Oldest first; all pages of KIS's lists. */
  async list(
    account: KisAccount,
    query: KisOrderQuery = {},
    options: KisReadOptions = {},
  ): Promise<KisOrder[]> {
    const found = await this.read(account, query, options);
    const orders = query.status === 'unknown' ? await this.unsettled(account, query) : found.map(orderIn);
    return orders
      .filter(({ symbol }) => query.symbol === undefined || symbol === query.symbol)
      .filter((order) => hasStatus(order, query.status ?? 'all'));
  }

  /**
   * The latest order with this `clientOrderId`, or today's order with this number, with or without leading zeros.
   * Modifications and cancellations are found by their own ids too.
   * @throws KisOrderNotFoundError
   */
  find(account: KisAccount, id: string, options: KisReadOptions = {}): Promise<FoundOrder> {
    return /^\d+$/.test(id) ? this.findByNumber(account, id, options) : this.findById(account, id, options);
  }

  /** Executions, oldest first, one per order, because KIS's lists have totals. */
  async executions(
    account: KisAccount,
    query: Omit<KisOrderQuery, 'status'> = {},
    options: KisReadOptions = {},
  ): Promise<KisExecution[]> {
    const found = await this.read(account, query, options);
    return found
      .filter(({ order }) => query.symbol === undefined || order.symbol === query.symbol)
      .flatMap(({ order, listed }) => executionOf(order, listed));
  }

  private async findByNumber(account: KisAccount, id: string, options: KisReadOptions): Promise<FoundOrder> {
    const number = id.padStart(10, '0');
    const orders = await this.read(account, {}, options);
    const found = orders.find(({ order }) => order.orderNumber?.padStart(10, '0') === number);
    if (found) return found;
    throw notFound(account, id);
  }

  /** All records without an outcome, cancellations included; of any day unless the query names days. */
  private async unsettled(account: KisAccount, { from = '', to = '~' }: KisOrderQuery): Promise<KisOrder[]> {
    const records = await this.journal.unsettled(accountKey(account));
    return records
      .filter(({ day }) => day >= from && day <= to)
      .map(recorded)
      .map(orderIn);
  }

  /** Reads KIS's lists only for an accepted order, because they add nothing to any other. */
  private async findById(account: KisAccount, id: string, options: KisReadOptions): Promise<FoundOrder> {
    const today = koreanDate(this.time.now(account));
    const records = await this.journal.list(accountKey(account), dayPlus(today, -DAYS_OF_IDS), today);
    const own = records.filter(({ clientOrderId }) => clientOrderId === id);
    const record =
      own.findLast(({ action }) => action !== 'cancel') ??
      own.at(-1) ??
      (await this.unsettledById(account, id));
    if (!record) throw notFound(account, id);
    // Lists show a cancellation as part of the order that it cancels.
    if (record.outcome !== 'accepted' || record.action === 'cancel') return recorded(record);
    const orders = await this.read(account, { from: record.day, to: record.day }, options);
    const found = orders.find((each) => each.record?.clientOrderId === id);
    if (found) return found;
    throw notFound(account, id);
  }

  private async unsettledById(account: KisAccount, id: string): Promise<OrderRecord | undefined> {
    const records = await this.journal.unsettled(accountKey(account));
    return records.findLast(({ clientOrderId }) => clientOrderId === id);
  }

  /** The orders of some days, today's unless the query says otherwise, with their rows in KIS's lists. */
  async read(
    account: KisAccount,
    query: Pick<KisOrderQuery, 'from' | 'to'> = {},
    options: KisReadOptions = {},
  ): Promise<FoundOrder[]> {
    const today = koreanDate(this.time.now(account));
    const days = { from: query.from ?? today, to: query.to ?? today };
    const markets = new Set(['domestic', 'us'] as const);
    // An order placed just before midnight may be on the list of the next day.
    const to = days.to < today ? dayPlus(days.to, 1) : days.to;
    const range = { from: days.from, to, markets };
    const { listed, records } = await this.reconciliation.run(account, range, options);
    const isInRange = ({ record, listed: row }: FoundOrder): boolean => {
      const day = record?.day ?? row?.day ?? '';
      return day >= days.from && day <= days.to;
    };
    return merged(records, listed).filter(isInRange);
  }
}

/** Which orders of an account. */
export interface KisOrderQuery {
  /** `unknown`: all without an outcome, of any day unless days are given, cancellations too; `all` unless given. */
  readonly status?: 'open' | 'closed' | 'unknown' | 'all' | undefined;
  /** Korean day, `YYYY-MM-DD`, inclusive; today unless given. */
  readonly from?: string | undefined;
  /** Korean day, `YYYY-MM-DD`, inclusive; today unless given. */
  readonly to?: string | undefined;
  readonly symbol?: string | undefined;
}

/** The filled part of an order. */
export interface KisExecution {
  readonly orderNumber: string;
  /** `null` for an order that was placed elsewhere. */
  readonly clientOrderId: string | null;
  readonly symbol: string;
  readonly side: KisOrderSide;
  readonly quantity: string;
  /** The average of all fills; `null` where KIS's list leaves it out. */
  readonly price: string | null;
  /** Quantity times price. */
  readonly amount: string | null;
  readonly venue: KisOrderVenue | null;
  /** When the order was placed: KIS's lists have no times of fills. */
  readonly time: Date;
}

/** An id is looked up in the last 30 days, for which KIS's lists can be read (they reach back three months). */
const DAYS_OF_IDS = 30;

/** An order with its record and its row, which are needed to change it. */
export interface FoundOrder {
  readonly order: KisOrder;
  /** `null` for an order that was placed elsewhere. */
  readonly record: OrderRecord | null;
  /** `null` while KIS's list does not show it. */
  readonly listed: ListedOrder | null;
}

/** An order as the journal alone shows it. */
function recorded(record: OrderRecord): FoundOrder {
  return { order: orderOf(record, { listed: null, replacement: null }), record, listed: null };
}

function orderIn({ order }: FoundOrder): KisOrder {
  return order;
}

/** Cancellations are not orders of their own: they show in the status of the order that they cancel. */
function merged(records: readonly OrderRecord[], listed: readonly ListedOrder[]): FoundOrder[] {
  const own = records.map((record): FoundOrder => {
    const row = listed.find((each) => isListedAs(record, each)) ?? null;
    const order = orderOf(record, { listed: row, replacement: replacementOf(record, records) });
    return { order, record, listed: row };
  });
  const others = listed
    .filter((row) => !row.cancellation && !records.some((record) => isListedAs(record, row)))
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

function notFound({ alias }: KisAccount, id: string): KisOrderNotFoundError {
  return new KisOrderNotFoundError(
    `Account "${alias}" has no order "${id.slice(0, 64)}". Give the clientOrderId, or today's order number at KIS; older orders are in the list of their day.`,
  );
}

function executionOf(order: KisOrder, listed: ListedOrder | null): KisExecution[] {
  if (!listed || scaled(listed.filledQuantity) === 0n) return [];
  const { filledQuantity: quantity, averageFillPrice: price, orderNumber, venue, placedAt } = listed;
  const { clientOrderId, symbol, side } = order;
  const amount = price === null ? null : product(quantity, price);
  return [
    { orderNumber, clientOrderId, symbol, side, quantity, price, amount, venue, time: new Date(placedAt) },
  ];
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
