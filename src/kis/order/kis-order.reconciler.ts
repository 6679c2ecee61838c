import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisConfiguration } from '../kis.options';
import { accountKey, koreanDate } from './account-key';
import { within } from '../token/within';
import { KisOrderEqualUnsettledError } from './kis-order.errors';
import { KisOrderJournal } from './kis-order.journal';
import { KisOrderLists } from './kis-order.lists';
import { isUnsettled, type OrderRecord } from './order-record';
import { settledBy } from './order-settlement';

/** Pauses between looks at the lists; the last one is repeated. Programs in use wait 1 to 3 s and look several times. */
const LOOK_AFTER_MS = [1000, 2000, 3000, 5000, 10_000, 30_000];

/** How many looks in a row must not find an order before its absence counts. */
const LOOKS_BEFORE_ABSENT = 3;

/** How often a caller who waits reads the journal: another process may have settled the order. */
const READ_EVERY_MS = 250;

/**
 * Finds out what became of orders whose outcome is not known, by comparing KIS's lists with the journal. It looks while
 * there is any, in the background; what it finds is written down with a compare-and-set, so that any number of processes
 * may do this at the same time.
 */
@Injectable()
export class KisOrderReconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Orders');
  /** By alias: a series of looks under way. */
  private readonly series = new Map<string, Promise<void>>();
  /** By alias: the search for orders that were without an outcome at the start. */
  private readonly leftovers = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly journal: KisOrderJournal,
    private readonly lists: KisOrderLists,
    private readonly clock: KisClock,
  ) {}

  /** Looks again and again until every order of the account has an outcome. Joins a series that is under way. */
  settle(account: KisAccount): Promise<void> {
    const running = this.series.get(account.alias);
    if (running) return running;
    const series = this.lookUntilSettled(account).finally(() => this.series.delete(account.alias));
    this.series.set(account.alias, series);
    return series;
  }

  /** The record once it has an outcome, or as it is after `limitMs`. */
  async settled(account: KisAccount, record: OrderRecord, limitMs: number): Promise<OrderRecord> {
    const until = this.clock.monotonic() + limitMs;
    let latest = record;
    // Its failures are logged; here only the journal counts.
    void this.settle(account).catch(() => undefined);
    while (isUnsettled(latest) && this.clock.monotonic() < until) {
      await this.clock.sleep(Math.min(READ_EVERY_MS, until - this.clock.monotonic()));
      latest = (await this.journal.find(record.account, record.day, record.clientOrderId)) ?? latest;
    }
    return latest;
  }

  /** Orders of an earlier process without an outcome are looked for at once. */
  onApplicationBootstrap(): void {
    for (const account of this.configuration.accounts) {
      if (!this.configuration.orderPolicy(account).enabled) continue;
      const settling = this.settleLeftovers(account);
      this.leftovers.set(account.alias, settling);
      settling.catch((error: unknown) => {
        this.logger.error(
          `Earlier orders of account "${account.alias}" could not be looked up: ${String(error)}`,
        );
      });
    }
  }

  /**
   * Resolves when every order that was without an outcome at the start has one: before, no new order may leave.
   * @throws KisOrderEqualUnsettledError after `limitMs`.
   */
  async ready(account: KisAccount, limitMs: number): Promise<void> {
    const settling = this.leftovers.get(account.alias);
    if (!settling) return;
    const done = await within(
      settling.then(() => true),
      limitMs,
      this.clock,
    );
    if (done) return;
    throw new KisOrderEqualUnsettledError(
      `Orders of account "${account.alias}" from before the last start have no outcome yet, so nothing was sent. GET …/orders?status=unknown shows them.`,
      { retryAt: new Date(this.clock.now() + 5000) },
    );
  }

  beforeApplicationShutdown(): void {
    this.closing.abort();
  }

  private async settleLeftovers(account: KisAccount): Promise<void> {
    const open = await this.journal.unsettled(accountKey(account));
    if (open.length > 0) {
      this.logger.warn(
        `Account "${account.alias}" has ${open.length} order(s) without an outcome; they are looked up.`,
      );
      await this.settle(account);
    }
    this.leftovers.delete(account.alias);
  }

  private async lookUntilSettled(account: KisAccount): Promise<void> {
    for (let looks = 0; !this.closing.signal.aborted; looks += 1) {
      const open = await this.journal.unsettled(accountKey(account));
      if (open.length === 0) return;
      const pauseMs = LOOK_AFTER_MS[Math.min(looks, LOOK_AFTER_MS.length - 1)] ?? 0;
      await this.pause(pauseMs);
      await this.look(account).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.logger.warn(
          `The lists of orders could not be read, so ${open.length} order(s) of account "${account.alias}" remain unknown: ${reason}`,
        );
      });
    }
  }

  /** One look at the lists, for all orders of the account without an outcome. */
  private async look(account: KisAccount): Promise<void> {
    const lookedAt = this.clock.now();
    const open = await this.journal.unsettled(accountKey(account));
    const [oldest] = open;
    if (!oldest) return;
    const listed = await this.lists.read(account, {
      from: oldest.day,
      to: koreanDate(lookedAt),
      markets: new Set(open.map(({ intent }) => intent.market)),
    });
    const { settleMs: absentForMs } = this.configuration.orderPolicy(account);
    for (const record of open) {
      const next = settledBy(record, listed, lookedAt, { absentForMs, looks: LOOKS_BEFORE_ABSENT });
      if (next !== record && (await this.journal.write(next))) this.report(record, next);
    }
  }

  private report(before: OrderRecord, { outcome, orderNumber, clientOrderId }: OrderRecord): void {
    if (outcome === before.outcome) return;
    const known = orderNumber === null ? '' : ` as number ${orderNumber}`;
    this.logger.log(`Order "${clientOrderId}" is ${outcome}${known}, by KIS's lists.`);
  }

  private async pause(pauseMs: number): Promise<void> {
    try {
      await this.clock.sleep(pauseMs, this.closing.signal);
    } catch (error) {
      if (!this.closing.signal.aborted) throw error;
    }
  }
}
