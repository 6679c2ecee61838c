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
  firstNoticed,
  rejectedBy,
  type NoticedOrder,
} from './noticed-order';
import { candidatesFor, marketOf, type ListedOrder } from '../list/listed-order';
import type { KisOrderEvent, KisOrderNotice } from './order-notice';
import { isUnsettled, type OrderRecord } from '../journal/order-record';
import { changed } from '../settlement/settlement-rules';

/**
 * What KIS's notices say of orders: they settle orders whose outcome is not known, and tell listeners what happens. What was
 * missed while no notices came is read from KIS's lists. Calls about one account are carried out one after the other.
 */
@Injectable()
export class KisOrderNotices {
  private readonly logger = new Logger('Orders');
  /** By account, market and order number: the orders of the last days. */
  private readonly noticed = new Map<string, NoticedOrder>();
  private readonly turns = new Map<string, Promise<unknown>>();
  /** Accounts whose orders were all known at some moment. */
  private readonly begun = new Set<string>();

  constructor(
    private readonly journal: KisOrderJournal,
    private readonly book: KisOrderBook,
    private readonly reconciler: KisOrderReconciler,
    private readonly time: KisOrderClock,
  ) {}

  /** Notes which orders there are, so that what happens to them later is told and nothing else. */
  begin(account: KisAccount): Promise<void> {
    return this.inTurn(account, async () => {
      for (const found of await this.book.read(account)) this.note(account, found);
      this.begun.add(account.alias);
    });
  }

  /** The event of a notice; `null` for one that changes nothing, such as the receipt of a cancellation. */
  take(account: KisAccount, notice: KisOrderNotice): Promise<KisOrderEvent | null> {
    return this.inTurn(account, () => this.apply(account, notice));
  }

  /** Settles orders without an outcome, and tells what happened to all of today's since the last notice, by KIS's lists. */
  catchUp(account: KisAccount): Promise<KisOrderEvent[]> {
    return this.inTurn(account, async () => {
      // Its failures are logged; it looks again for as long as it takes.
      void this.reconciler.settle(account).catch(() => undefined);
      const events: KisOrderEvent[] = [];
      for (const found of await this.book.read(account)) {
        events.push(...this.missed(account, found));
        this.note(account, found);
      }
      this.begun.add(account.alias);
      return events;
    });
  }

  private async apply(account: KisAccount, notice: KisOrderNotice): Promise<KisOrderEvent | null> {
    const now = this.time.now(account);
    const at = notice.timeOfDay === null ? now : koreanTimeNear(notice.timeOfDay, now);
    const before = this.noticed.get(keyOf(account, notice));
    const known = before ?? firstNoticed(notice, koreanDate(now), at);
    const records = await this.settle(account, notice, known.row, now);
    const number = this.follow(account, notice, known);
    if (number === null) return null;
    const fill = notice.event === 'filled' ? { quantity: notice.quantity, price: notice.price } : null;
    const order = await this.orderOf(account, notice, number, records);
    return order && { account: account.alias, event: notice.event, fill, order };
  }

  /** Changes what is known by a notice. @returns the number of the order that it is about; `null`: nothing happened yet. */
  private follow(account: KisAccount, notice: KisOrderNotice, known: NoticedOrder): string | null {
    const { orderNumber, originalNumber, event, action } = notice;
    const put = (number: string, order: NoticedOrder): void => {
      this.noticed.set(keyOf(account, { ...notice, orderNumber: number }), order);
    };
    const change = (number: string, next: (order: NoticedOrder) => NoticedOrder): void => {
      const order = this.noticed.get(keyOf(account, { ...notice, orderNumber: number }));
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

  /** What a notice of receipt proves: KIS has an order, or the exchange has refused it. The records, with that. */
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
    // Equal orders are sent one after another, so more than one cannot be told apart.
    if (!record || meant.length > 1) return records;
    const outcome = notice.event === 'rejected' ? 'rejected' : 'accepted';
    const { orderNumber } = notice;
    const known = { outcome, orderNumber, branch: '', absentSince: null, absentLooks: 0 } as const;
    const next = changed(record, known, now);
    // The record has changed meanwhile: it may have an outcome, or be known to have lost its answer.
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
    const noticed = this.noticed.get(keyOf(account, { ...notice, orderNumber: number }));
    if (!noticed?.complete) return this.looked(account, number, noticed);
    return this.withRecord(noticed.row, records);
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

  /** An order whose receipt was not seen. */
  private async looked(
    account: KisAccount,
    number: string,
    noticed: NoticedOrder | undefined,
  ): Promise<KisOrder | null> {
    const found = await this.book.find(account, number).catch(() => null);
    if (found) this.note(account, found);
    return found?.order ?? (noticed ? externalOrder(noticed.row) : null);
  }

  private note(account: KisAccount, { listed }: FoundOrder): void {
    if (listed) this.noticed.set(keyOf(account, listed), { row: listed, complete: true });
  }

  private missed(account: KisAccount, { order, listed }: FoundOrder): KisOrderEvent[] {
    if (!listed) return [];
    const before = this.noticed.get(keyOf(account, listed))?.row;
    // Without a beginning nothing says whether an order is new.
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
