import { type DemoAccount } from './demo';
import { Customers } from './oauth/customers';
import { IssueLog } from './oauth/issue-log';
import { TokenDesk } from './oauth/token-desk';
import { Market } from './market/market';
import { Matching } from './order/matching';
import { type Order, type OrderFacts } from './order/order';
import { OrderBook } from './order/order-book';
import { OrderMemory } from './order/order-memory';
import { type Random } from './random';
import { RealtimeHub } from './realtime/hub';
import { Sockets } from './realtime/sockets';
import { RequestLog } from './request-log';
import { DEFAULT_SETTINGS, type SimulatorSettings } from './settings';
import { checkedSettings } from './settings-check';
import { RateWindow } from './uapi/rate-window';

export interface BrokerageOptions {
  readonly demo: { readonly real: DemoAccount; readonly mock: DemoAccount };
  readonly clock: () => number;
  readonly random: Random;
  readonly settings: Partial<SimulatorSettings>;
  /** The file that keeps orders across restarts; null: none. */
  readonly ordersFile: string | null;
}

/** The state that the two hosts share: one brokerage with one memory and one clock. */
export class Brokerage {
  /** Changed in place, so that every holder sees the effect of `update`. */
  readonly settings: SimulatorSettings = { ...DEFAULT_SETTINGS };
  readonly random: Random;
  readonly market: Market;
  readonly customers: Customers;
  readonly tokens: TokenDesk;
  readonly requests = new RequestLog();
  readonly issues = new IssueLog();
  readonly rates = new RateWindow();
  readonly orders: OrderBook;
  /** Where orders are kept across restarts; null: nowhere. */
  readonly orderMemory: OrderMemory | null;
  readonly matching: Matching;
  readonly realtime: RealtimeHub;
  readonly sockets: Sockets;
  /** KIS sends a KakaoTalk message (알림톡) for every issue on a real account, none on a mock account. */
  kakaoMessages = 0;

  constructor(private readonly options: BrokerageOptions) {
    this.update(options.settings);
    this.random = options.random;
    this.market = new Market(this.settings);
    this.orderMemory = options.ordersFile === null ? null : new OrderMemory(options.ordersFile);
    this.orders = new OrderBook(this.orderMemory);
    this.matching = new Matching(this.orders, this.market, this.settings);
    this.matching.resume(this.now());
    this.customers = new Customers(options.demo);
    this.tokens = new TokenDesk(this.settings, options.random);
    this.realtime = new RealtimeHub(this);
    this.sockets = new Sockets(this.realtime, this.settings);
  }

  /** The brokerage's time, in epoch milliseconds. */
  now(): number {
    return this.options.clock() + this.settings.clockOffsetMs;
  }

  /** @throws InvalidSettingsError when any value is wrong; then nothing is changed. */
  update(change: unknown): void {
    Object.assign(this.settings, checkedSettings(change));
  }

  /** Enters an order that KIS has accepted; it reaches the market now or, depending on the settings, a little later. */
  place(facts: OrderFacts): Order {
    const order = this.orders.enter({ ...facts, at: facts.at + this.settings.orderReachesAfterMs });
    this.matching.add(order);
    this.matching.advance(facts.at);
    return order;
  }

  /** Restores the initial state: initial settings, no memory, demo customers only. */
  reset(): void {
    Object.assign(this.settings, DEFAULT_SETTINGS, this.options.settings);
    this.customers.forgetStrangers();
    this.tokens.forget();
    for (const record of [
      this.market,
      this.matching,
      this.realtime,
      this.requests,
      this.issues,
      this.rates,
      this.orders,
    ])
      record.clear();
    this.kakaoMessages = 0;
  }
}
