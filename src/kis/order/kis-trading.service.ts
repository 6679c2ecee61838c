import { Injectable, Logger } from '@nestjs/common';
import type { KisAccount } from '../kis-account';
import { KisConfiguration } from '../kis.options';
import { accountKey } from './account-key';
import { koreanDate } from './korean-date';
import { KisOrderChecks } from './check/kis-order.checks';
import { KisOrderClock } from './kis-order.clock';
import { KisOrderJournal, type TradingSwitch } from './journal/kis-order.journal';
import {
  describeExceededCap,
  exceededCap,
  usageOf,
  type KisOrderCaps,
  type KisOrderUsage,
} from './order-caps';
import { readOrder, type KisOrderProblem, type KisOrderRequest } from './order-intent';
import { tradingHoursWarnings } from './check/trading-hours-warnings';

/** Whether and how much may be traded: the kill switch and the caps; and the check of an order that is not sent. */
@Injectable()
export class KisTradingService {
  private readonly logger = new Logger('Orders');

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly journal: KisOrderJournal,
    private readonly checks: KisOrderChecks,
    private readonly time: KisOrderClock,
  ) {}

  /** @throws KisOrderJournalError */
  async status(): Promise<KisTrading> {
    const { accounts } = this.configuration;
    const [trading, ...found] = await Promise.all([
      this.journal.trading(),
      ...accounts.map((account) => this.accountStatus(account)),
    ]);
    return { ...trading, accounts: found };
  }

  /**
   * Stops or resumes new orders and changes, for all accounts, in all processes that share the journal, and across restarts.
   * Cancelling stays possible.
   * @throws KisOrderJournalError
   */
  async setEnabled(enabled: boolean): Promise<KisTrading> {
    await this.journal.setTrading(enabled);
    this.logger.warn(
      enabled
        ? 'Trading is enabled: orders are taken again.'
        : 'Trading is stopped by the kill switch: no new orders and changes, of any account, in any process.',
    );
    return this.status();
  }

  /** Checks an order without sending it. @throws the errors of a read. */
  async forecast(account: KisAccount, request: KisOrderRequest): Promise<KisOrderForecast> {
    const { intent, problems } = readOrder(request, account.mode);
    const general = await this.generalProblems(account);
    if (!intent) {
      const nothing = { buyingPower: null, sellableQuantity: null, estimatedAmount: null };
      return { ok: false, problems: [...general, ...problems], warnings: [], ...nothing };
    }
    const found = await this.checks.check(account, intent);
    const capped = await this.capProblems(account, found.estimatedAmount);
    const all = [...general, ...found.problems, ...capped];
    return {
      ok: all.length === 0,
      problems: all,
      warnings: tradingHoursWarnings(
        intent,
        account.mode,
        this.time.now(account),
        this.configuration.tradingDays.includes,
      ),
      buyingPower: found.buyableQuantity === null ? null : { quantity: found.buyableQuantity },
      sellableQuantity: found.sellableQuantity,
      estimatedAmount: found.estimatedAmount,
    };
  }

  private async accountStatus(account: KisAccount): Promise<KisAccountTrading> {
    const { enabled, reason, caps } = this.configuration.orderPolicy(account);
    return { alias: account.alias, orders: enabled, reason, caps, used: await this.usage(account) };
  }

  private async usage(account: KisAccount): Promise<KisOrderUsage> {
    const now = this.time.now(account);
    const day = koreanDate(now);
    return usageOf(await this.journal.list(accountKey(account), koreanDate(now - 60_000), day), day, now);
  }

  private async generalProblems(account: KisAccount): Promise<KisOrderProblem[]> {
    const { enabled, reason } = this.configuration.orderPolicy(account);
    if (!enabled) return [{ code: 'ORDERS_DISABLED', detail: reason ?? 'The account may not place orders.' }];
    if ((await this.journal.trading()).enabled) return [];
    const detail = 'Trading is stopped by the kill switch: PUT /api/trading {"enabled": true} resumes it.';
    return [{ code: 'ORDERS_DISABLED', detail }];
  }

  private async capProblems(account: KisAccount, amount: string): Promise<KisOrderProblem[]> {
    const { caps } = this.configuration.orderPolicy(account);
    const usage = await this.usage(account);
    const cap = exceededCap(amount, usage, caps);
    if (cap === null) return [];
    const detail = `The order exceeds ${describeExceededCap(cap, caps, amount, usage)}.`;
    return [{ code: 'ORDER_CAP_EXCEEDED', detail }];
  }
}

/** Whether an account may place orders, its caps, and how much of them is used. */
export interface KisAccountTrading {
  readonly alias: string;
  /** Whether it may place orders. */
  readonly orders: boolean;
  /** Why not; `null` when it may. */
  readonly reason: string | null;
  readonly caps: KisOrderCaps;
  readonly used: KisOrderUsage;
}

/** Whether orders are taken: the switch for all accounts, and the rules of each. */
export interface KisTrading extends TradingSwitch {
  readonly accounts: readonly KisAccountTrading[];
}

/** The expected outcome of an order, as far as it is known without sending it. */
export interface KisOrderForecast {
  /** Whether no problem was found. */
  readonly ok: boolean;
  readonly problems: readonly KisOrderProblem[];
  /** Points that KIS decides, such as whether the market is open. */
  readonly warnings: readonly string[];
  /** What can be bought with this type and price, for purchases; `null` while the order itself is not valid. */
  readonly buyingPower: { readonly quantity: string } | null;
  /** Shares that can be sold, for sales. */
  readonly sellableQuantity: string | null;
  /** In won, as it counts towards the caps. */
  readonly estimatedAmount: string | null;
}
