import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { KisClock } from '../../clock';
import type { KisAccount } from '../../kis-account';
import { KisConfiguration } from '../../kis.options';
import { accountKey } from '../account-key';
import { koreanDate } from '../korean-date';
import { within } from '../../token/caller-wait';
import { KisReconciliationPass } from './kis-reconciliation-pass';
import { KisOrderClock } from '../kis-order.clock';
import { KisOrderEqualUnsettledError } from '../kis-order.errors';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { firstListedDay } from '../list/row-matching';
import { isUnsettled, type OrderRecord } from '../journal/order-record';
import { manualSettlementHint } from './settlement-rules';

/**
 * Settles orders whose outcome is not known: runs a {@link KisReconciliationPass} in the background, again and again while
 * there is such an order. Any number of processes may do this at the same time, because a pass writes with compare-and-set.
 */
@Injectable()
export class KisOrderReconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Orders');
  /** By alias: the series of passes under way. */
  private readonly series = new Map<string, Promise<void>>();
  /** By alias: the settlement of orders that had no outcome at the start; `null` once all have one. */
  private readonly leftovers = new Map<string, Promise<void> | null>();
  private readonly closing = new AbortController();
  private endWatch = (): void => undefined;

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly journal: KisOrderJournal,
    private readonly reconciliation: KisReconciliationPass,
    private readonly clock: KisClock,
    private readonly time: KisOrderClock,
  ) {}

  /** Runs passes until every order of the account has an outcome. Joins a series that is under way. */
  settle(account: KisAccount): Promise<void> {
    const running = this.series.get(account.alias);
    if (running) return running;
    const series = this.lookUntilSettled(account).finally(() => this.series.delete(account.alias));
    this.series.set(account.alias, series);
    return series;
  }

  /**
   * Resolves with the record once it has an outcome or satisfies `isEnough`, and after `limitMs` at the latest. The journal
   * is read last, so the record is never older than what had been written by then. When the journal cannot be read, the
   * latest known record is returned, because the order may have been sent.
   */
  async settled(
    account: KisAccount,
    record: OrderRecord,
    limitMs: number,
    isEnough = (each: OrderRecord): boolean => !isUnsettled(each),
  ): Promise<OrderRecord> {
    const until = this.clock.monotonic() + limitMs;
    let latest = record;
    // The series logs its own failures; here only the journal counts.
    void this.settle(account).catch(() => undefined);
    for (;;) {
      latest = await this.journal.latest(latest);
      const leftMs = until - this.clock.monotonic();
      if (isEnough(latest) || leftMs <= 0) return latest;
      await this.clock.sleep(Math.min(READ_EVERY_MS, leftMs));
    }
  }

  /** Starts at once with the orders that an earlier process left without an outcome. */
  onApplicationBootstrap(): void {
    // A command does this when it is about to place an order.
    if (!this.configuration.scheduledRefresh) return;
    for (const account of this.configuration.accounts) {
      if (!this.configuration.orderPolicy(account).enabled) continue;
      this.beginWithLeftovers(account)?.catch((error: unknown) => {
        // The journal is closed with the application.
        if (this.closing.signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.logger.error(`Earlier orders of account "${account.alias}" could not be looked up: ${reason}`);
      });
    }
    this.watch();
  }

  /**
   * Resolves when every order that had no outcome at the start has one. No new order may be sent before that.
   * @throws KisOrderEqualUnsettledError after `limitMs`.
   */
  async ready(account: KisAccount, limitMs: number): Promise<void> {
    const settling = this.beginWithLeftovers(account);
    if (!settling) return;
    const done = await within(
      settling.then(() => true),
      limitMs,
      this.clock,
    );
    if (done) return;
    const open = await this.journal.unsettled(accountKey(account));
    const ids = open.map(({ clientOrderId }) => `"${clientOrderId}"`).join(', ');
    throw new KisOrderEqualUnsettledError(
      `Orders of account "${account.alias}" from before the last start have no outcome yet (${ids}), so nothing was sent. KIS's lists are read until they tell. ${manualSettlementHint(this.configuration.nameOption)}`,
      { retryAt: new Date(this.clock.now() + 5000) },
    );
  }

  beforeApplicationShutdown(): void {
    this.closing.abort();
    this.endWatch();
  }

  /** Takes over the orders of processes that were killed. */
  private watch(): void {
    this.endWatch = this.clock.background(WATCH_EVERY_MS, () => {
      for (const account of this.configuration.accounts) {
        // A failing journal is reported to the caller who places an order.
        if (this.configuration.orderPolicy(account).enabled) this.settle(account).catch(() => undefined);
      }
      this.watch();
    });
  }

  /** `null` once they have been settled. */
  private beginWithLeftovers(account: KisAccount): Promise<void> | null {
    const { alias } = account;
    const known = this.leftovers.get(alias);
    if (known !== undefined) return known;
    const settling = this.settleLeftovers(account);
    this.leftovers.set(alias, settling);
    settling.then(
      () => this.leftovers.set(alias, null),
      // The next order tries again.
      () => this.leftovers.delete(alias),
    );
    return settling;
  }

  private async settleLeftovers(account: KisAccount): Promise<void> {
    const open = await this.unsettled(account);
    if (open.length > 0) {
      this.logger.warn(
        `Account "${account.alias}" has ${open.length} order(s) without an outcome; they are looked up.`,
      );
      await this.settle(account);
    }
  }

  /** Those that KIS's lists can show. */
  private async unsettled(account: KisAccount): Promise<OrderRecord[]> {
    const open = await this.journal.unsettled(accountKey(account));
    return open.filter(({ unlisted }) => unlisted !== true);
  }

  private async lookUntilSettled(account: KisAccount): Promise<void> {
    for (let looks = 0; !this.closing.signal.aborted; looks += 1) {
      const open = await this.unsettled(account);
      if (open.length === 0) return;
      const pauseMs = LOOK_AFTER_MS[Math.min(looks, LOOK_AFTER_MS.length - 1)] ?? 0;
      await this.pause(pauseMs);
      await this.look(account).catch((error: unknown) => {
        if (this.closing.signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.logger.warn(
          `The lists of orders could not be read, so ${open.length} order(s) of account "${account.alias}" remain unknown: ${reason}`,
        );
      });
    }
  }

  /** One pass for all orders of the account without an outcome. */
  private async look(account: KisAccount): Promise<void> {
    const open = await this.unsettled(account);
    const [oldest] = open.map(firstListedDay).sort();
    if (oldest === undefined) return;
    const today = koreanDate(this.time.now(account));
    const markets = new Set(open.map(({ intent }) => intent.market));
    const days = { from: oldest, to: today < oldest ? oldest : today };
    await this.reconciliation.run(account, { ...days, markets }, { urgent: true });
  }

  private async pause(pauseMs: number): Promise<void> {
    try {
      await this.clock.sleep(pauseMs, this.closing.signal);
    } catch (error) {
      if (!this.closing.signal.aborted) throw error;
    }
  }
}

/** Pauses before the passes; the last one is repeated. Other programs for KIS wait 1 to 3 s and read several times. */
const LOOK_AFTER_MS = [500, 1000, 1500, 2000, 3000, 5000, 8000];

/** How often a process checks whether another one has left orders without an outcome. */
const WATCH_EVERY_MS = 5000;

/** How often a waiting caller reads the journal: another process may have settled the order. */
const READ_EVERY_MS = 250;
