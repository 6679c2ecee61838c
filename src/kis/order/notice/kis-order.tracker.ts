import { Injectable, Logger } from '@nestjs/common';
import type { KisAccount } from '../../kis-account';
import { DAY_MS, koreanTimeNear } from '../../protocol/market-time';
import { accountKey } from '../account-key';
import { koreanDate } from '../korean-date';
import { externalOrder, orderOf, type KisOrder } from '../kis-order';
import { KisOrderBook, type FoundOrder } from '../kis-order.book';
import { KisOrderClock } from '../kis-order.clock';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { KisOrderReconciler } from '../settlement/kis-order.reconciler';
import {
  cancelledBy,
  changesBetween,
  filledBy,
  firstTracked,
  rejectedBy,
  type TrackedOrder,
} from './tracked-order';
import { marketOf, type ListedOrder } from '../list/listed-order';
import { candidatesFor } from '../list/row-matching';
import type { KisOrderEvent } from './order-event';
import type { KisOrderNotice } from './order-notice';
import { isUnsettled, type OrderRecord } from '../journal/order-record';
import { changed } from '../settlement/settlement-rules';

/**
 * Tracks the orders of accounts by KIS's notices: turns notices into events, and settles orders whose outcome they prove.
 * What was missed while no notices came is read from KIS's lists. Calls for one account are executed one after the other.
 */
@Injectable()
export class KisOrderTracker {
  private readonly logger = new Logger('Orders');
  /** By account, market and order number: the orders of the last days. */
  private readonly tracked = new Map<string, TrackedOrder>();
  private readonly turns = new Map<string, Promise<unknown>>();
  /** Aliases of accounts whose orders have been read at least once: an order that appears later is new. */
  private readonly begun = new Set<string>();

  constructor(
    private readonly journal: KisOrderJournal,
    private readonly book: KisOrderBook,
    private readonly reconciler: KisOrderReconciler,
    private readonly time: KisOrderClock,
  ) {}

  /** Reads the orders of today, so that only what happens from now on becomes an event. */
  begin(account: KisAccount): Promise<void> {
    return this.inTurn(account, async () => {
      for (const found of await this.book.read(account)) this.track(account, found);
      this.begun.add(account.alias);
    });
  }

  /** The event of a notice; `null` for a notice that changes nothing, such as the receipt of a cancellation. */
  take(account: KisAccount, notice: KisOrderNotice): Promise<KisOrderEvent | null> {
    return this.inTurn(account, () => this.apply(account, notice));
  }

  /**
   * Starts to settle orders without an outcome, and resolves with what happened to today's orders since the last notice, by
   * KIS's lists.
   */
  catchUp(account: KisAccount): Promise<KisOrderEvent[]> {
    return this.inTurn(account, async () => {
      // The reconciler logs its own failures, and goes on for as long as it takes.
      void this.reconciler.settle(account).catch(() => undefined);
      const events: KisOrderEvent[] = [];
      for (const found of await this.book.read(account)) {
        events.push(...this.missed(account, found));
        this.track(account, found);
      }
      this.begun.add(account.alias);
      return events;
    });
  }

  private async apply(account: KisAccount, notice: KisOrderNotice): Promise<KisOrderEvent | null> {
    const now = this.time.now(account);
    const at = notice.timeOfDay === null ? now : koreanTimeNear(notice.timeOfDay, now);
    const before = this.tracked.get(keyOf(account, notice));
    const known = before ?? firstTracked(notice, koreanDate(now), at);
    const records = await this.settle(account, notice, known.row, now);
    const number = this.follow(account, notice, known);
    if (number === null) return null;
    const fill = notice.event === 'filled' ? { quantity: notice.quantity, price: notice.price } : null;
    const order = await this.orderOf(account, notice, number, records);
    return order && { account: account.alias, event: notice.event, fill, order };
  }

  /**
   * Applies a notice to the tracked orders. @returns the number of the order that changed; `null` when nothing happened
   * yet.
   */
  private follow(account: KisAccount, notice: KisOrderNotice, known: TrackedOrder): string | null {
    const { orderNumber, originalNumber, event, action } = notice;
    const put = (number: string, order: TrackedOrder): void => {
      this.tracked.set(keyOf(account, { ...notice, orderNumber: number }), order);
    };
    const change = (number: string, next: (order: TrackedOrder) => TrackedOrder): void => {
      const order = this.tracked.get(keyOf(account, { ...notice, orderNumber: number }));
      if (order) put(number, next(order));
    };
    if (event === 'filled') put(orderNumber, filledBy(known, notice.quantity, notice.price));
    else if (event === 'rejected') put(orderNumber, rejectedBy(known));
    else if (event === 'cancelled' && action === 'new') put(orderNumber, cancelledBy(known, '0'));
    else put(orderNumber, known);
    if (action === 'new' || originalNumber === null || event === 'filled') return orderNumber;
    if (event === 'received') return null;
    if (event !== 'rejected') change(originalNumber, (order) => cancelledBy(order, notice.quantity));
    return event === 'modified' ? orderNumber : originalNumber;
  }

  /**
   * Records what a notice other than a fill proves of an order without an outcome: KIS has it, or the exchange has refused
   * it.
   * @returns the records of the account as they are then.
   */
  private async settle(
    account: KisAccount,
    notice: KisOrderNotice,
    row: ListedOrder,
    now: number,
  ): Promise<OrderRecord[]> {
    const records = await this.recent(account, now);
    if (notice.event === 'filled') return records;
    const look = { listed: [row], records, correctionMs: this.time.correctionMs(account) };
    const meant = records.filter((record) => isUnsettled(record) && candidatesFor(record, look).length === 1);
    const [record] = meant;
    // Equal orders are sent one after another, so there is normally one; several cannot be told apart.
    if (!record || meant.length > 1) return records;
    const outcome = notice.event === 'rejected' ? 'rejected' : 'accepted';
    const { orderNumber } = notice;
    const known = { outcome, orderNumber, branch: '', absentSince: null, absentLooks: 0 } as const;
    const next = changed(record, known, now);
    // The record has changed in the meantime: it may have an outcome by now, or be known to have lost its response.
    if (!(await this.journal.write(next))) return this.settle(account, notice, row, now);
    this.logger.log(
      `Order "${record.clientOrderId}" is ${outcome} as number ${orderNumber}, by KIS's notice.`,
    );
    return records.map((each) => (each === record ? next : each));
  }

  private recent(account: KisAccount, now: number): Promise<OrderRecord[]> {
    return this.journal.list(accountKey(account), koreanDate(now - DAY_MS), koreanDate(now));
  }

  private async orderOf(
    account: KisAccount,
    notice: KisOrderNotice,
    number: string,
    records: readonly OrderRecord[],
  ): Promise<KisOrder | null> {
    const tracked = this.tracked.get(keyOf(account, { ...notice, orderNumber: number }));
    if (!tracked?.complete) return this.lookedUp(account, number, tracked);
    return this.withRecord(tracked.row, records);
  }

  private withRecord(row: ListedOrder, records: readonly OrderRecord[]): KisOrder {
    const ofMarket = records.filter(({ intent }) => intent.market === marketOf(row));
    const record = ofMarket.findLast(({ orderNumber }) => orderNumber === row.orderNumber);
    if (!record) return externalOrder(row);
    const replacement = ofMarket.findLast(
      ({ action, outcome, target }) =>
        action === 'modify' && outcome === 'accepted' && target?.orderNumber === row.orderNumber,
    );
    return orderOf(record, { listed: row, replacement: replacement ?? null });
  }

  /** An order whose receipt was not seen: KIS's lists know it. */
  private async lookedUp(
    account: KisAccount,
    number: string,
    tracked: TrackedOrder | undefined,
  ): Promise<KisOrder | null> {
    const found = await this.book.find(account, number).catch(() => null);
    if (found) this.track(account, found);
    return found?.order ?? (tracked ? externalOrder(tracked.row) : null);
  }

  private track(account: KisAccount, { listed }: FoundOrder): void {
    if (listed) this.tracked.set(keyOf(account, listed), { row: listed, complete: true });
  }

  private missed(account: KisAccount, { order, listed }: FoundOrder): KisOrderEvent[] {
    if (!listed) return [];
    const before = this.tracked.get(keyOf(account, listed))?.row;
    // Before the first reading it is not known whether an order is new.
    if (!before && !this.begun.has(account.alias)) return [];
    return changesBetween(before, listed).map((change) => ({ account: account.alias, ...change, order }));
  }

  private inTurn<T>({ alias }: KisAccount, work: () => Promise<T>): Promise<T> {
    const turn = (this.turns.get(alias) ?? Promise.resolve()).then(work, work);
    this.turns.set(alias, turn);
    return turn;
  }
}

function keyOf(
  { alias }: KisAccount,
  order: { readonly symbol: string; readonly orderNumber: string },
): string {
  return `${alias} ${marketOf(order)} ${order.orderNumber.padStart(10, '0')}`;
}
