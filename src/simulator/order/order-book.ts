import { koreanDate } from '../korean-time';
import { fingerprint } from '../market/noise';
import { type KisHost } from '../message';
import { type OrderMemory } from './order-memory';
import { type Action, type OrderEventKind, Order, type OrderFacts, type Side } from './order';

/** An event for customers who have registered for realtime notices. */
export interface OrderNotice {
  readonly order: Order;
  /** `received` comes for every order, also for modifications and cancellations. */
  readonly kind: 'received' | OrderEventKind;
  readonly quantity: number;
  readonly price: number;
  readonly at: number;
  /** The cancellation or modification that did it; null where it happened otherwise. */
  readonly by: Order | null;
}

/** An order as reported to tests and controls; `price` in won or the currency of the exchange. */
export interface OrderReport {
  readonly at: number;
  readonly host: KisHost;
  readonly trId: string;
  readonly action: Action;
  readonly side: Side;
  readonly accountNumber: string;
  readonly symbol: string;
  readonly exchange: string;
  /** ORD_DVSN */
  readonly type: string;
  readonly quantity: string;
  readonly price: string;
  /** ODNO of the answer */
  readonly orderNumber: string;
  readonly branch: string;
  /** ODNO of the order that it changes; empty for a new one. */
  readonly originalNumber: string;
  readonly filled: number;
  readonly remaining: number;
}

const NUMBER_LENGTH = 10;
/** Branches that passed orders on, as seen in public answers of each host; other accounts have others. */
const DEMO_BRANCHES: Readonly<Record<string, string>> = { '50012345': '91252', '50112345': '00950' };

/** Everything that reached the book, in order: an order that a client sends twice is listed twice. */
export class OrderBook {
  private readonly orders: Order[] = [];
  private readonly lastNumbers = new Map<string, number>();
  private readonly listeners = new Set<(notice: OrderNotice) => void>();

  /** @param memory keeps the orders across restarts; null: none. */
  constructor(private readonly memory: OrderMemory | null = null) {
    for (const order of memory?.recall() ?? []) {
      this.orders.push(order);
      const counter = `${order.branch} ${order.date}`;
      this.lastNumbers.set(counter, Math.max(this.lastNumbers.get(counter) ?? 0, Number(order.number)));
    }
  }

  get all(): readonly Order[] {
    return this.orders;
  }

  get reports(): readonly OrderReport[] {
    return this.orders.map(reportOf);
  }

  /** Enters an order. Listeners are notified by `announce` once it has reached the book. */
  enter(facts: OrderFacts): Order {
    const date = koreanDate(facts.at);
    const branch = branchOf(facts.account);
    const counter = `${branch} ${date}`;
    const number = (this.lastNumbers.get(counter) ?? 0) + 1;
    this.lastNumbers.set(counter, number);
    const order = new Order(facts, String(number).padStart(NUMBER_LENGTH, '0'), branch, date);
    this.orders.push(order);
    this.memory?.entered(order);
    return order;
  }

  of(account: string): readonly Order[] {
    return this.orders.filter(({ facts }) => facts.account === account);
  }

  /** Notifies all listeners. */
  announce(notice: OrderNotice): void {
    const event = notice.order.events.at(-1);
    if (notice.kind !== 'received' && event) this.memory?.recorded(notice.order, event);
    for (const listener of this.listeners) listener(notice);
  }

  /** @returns ends the listening */
  onNotice(listener: (notice: OrderNotice) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  clear(): void {
    this.orders.length = 0;
    this.lastNumbers.clear();
    this.memory?.clear();
  }
}

function reportOf(order: Order): OrderReport {
  const { at, host, trId, action, side, account, stock, exchange, type, quantity, price, original } =
    order.facts;
  return {
    at,
    host,
    trId,
    action,
    side,
    accountNumber: account.slice(0, 8),
    symbol: stock.symbol,
    exchange,
    type,
    quantity: String(quantity),
    price: String(price),
    orderNumber: order.number,
    branch: order.branch,
    originalNumber: original?.number ?? '',
    filled: order.count('filled'),
    remaining: order.remaining(),
  };
}

/** Order numbers are unique for a branch and a day only; accounts of different branches can have the same. */
function branchOf(account: string): string {
  const known = DEMO_BRANCHES[account.slice(0, 8)];
  return known ?? String(1_000 + (fingerprint(account) % 9_000)).padStart(5, '0');
}
