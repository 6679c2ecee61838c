import { Injectable, Logger } from '@nestjs/common';
import { KisClock } from '../../clock';
import type { KisReadOptions } from '../../http/kis-api.client';
import type { KisAccount } from '../../kis-account';
import { KisConfiguration } from '../../kis.options';
import { accountKey } from '../account-key';
import { dayPlus } from '../korean-date';
import { KisOrderClock } from '../kis-order.clock';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { KisOrderLists, type OrderListQuery } from '../list/kis-order.lists';
import { candidatesFor, firstListedDay, type ListSnapshot } from '../list/row-matching';
import type { Moment, OrderRecord } from '../journal/order-record';
import { isCovered, manualSettlementHint, settledBy } from './settlement-rules';

/**
 * Reads KIS's lists, compares them with the journal, and records the outcomes that they prove for orders without one. Writes
 * with compare-and-set, so any number of processes may run passes at the same time.
 */
@Injectable()
export class KisReconciliationPass {
  private readonly logger = new Logger('Orders');
  /** Orders already reported as ambiguous, by day and id. */
  private readonly ambiguous = new Set<string>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly journal: KisOrderJournal,
    private readonly lists: KisOrderLists,
    private readonly clock: KisClock,
    private readonly time: KisOrderClock,
  ) {}

  /**
   * One pass over all records that the lists must show, including those that counted as not placed. The records are those
   * of the days of the lists and of the day before, because around midnight KIS lists an order under the next day.
   *
   * @returns the lists, and the records as they are after the pass.
   */
  async run(account: KisAccount, lists: OrderListQuery, options: KisReadOptions = {}): Promise<ListSnapshot> {
    const began = this.clock.monotonic();
    const moment = this.time.moment();
    const listed = await this.lists.read(account, lists, options);
    // Computed only now, because the response may have shown that the clock is wrong.
    const lookedAt = this.time.now(account) - (this.clock.monotonic() - began);
    // Read after the lists: an order number in them that no record has by now was placed elsewhere.
    const records = await this.journal.list(accountKey(account), dayPlus(lists.from, -1), lists.to);
    const look = { listed, records, correctionMs: this.time.correctionMs(account) };
    return { ...look, records: await this.settle(account, look, lists, { lookedAt, moment }) };
  }

  private async settle(
    account: KisAccount,
    look: ListSnapshot,
    { markets, from }: OrderListQuery,
    { lookedAt, moment }: { readonly lookedAt: number; readonly moment: Moment | null },
  ): Promise<readonly OrderRecord[]> {
    const { settleMs: absentForMs } = this.configuration.orderPolicy(account);
    const rule = {
      absentForMs,
      looks: LOOKS_BEFORE_ABSENT,
      isTimeCertain: this.time.isCertain(account),
      moment,
    };
    let { records } = look;
    const isShown = (each: OrderRecord): boolean =>
      firstListedDay(each) >= from && isCovered(each, markets, lookedAt, look.correctionMs);
    for (const record of look.records.filter(isShown)) {
      const next = settledBy(record, { ...look, records }, lookedAt, rule);
      if (next.outcome === 'unknown') this.reportAmbiguity(next, { ...look, records });
      if (next === record) continue;
      const isWritten = await this.journal.write(next);
      // Otherwise another process has settled it.
      const current = isWritten ? next : await this.journal.latest(record);
      records = records.map((each) => (each === record ? current : each));
      if (isWritten) this.report(record, next);
    }
    return records;
  }

  private report(before: OrderRecord, { outcome, orderNumber, clientOrderId }: OrderRecord): void {
    if (outcome === before.outcome) return;
    if (before.outcome === 'not-placed') {
      this.logger.error(
        `Order "${clientOrderId}" counted as not placed, because KIS's lists did not show it for long enough. Now they do: it is ${outcome}. ` +
          `A larger ${this.configuration.nameOption('settleSeconds', null)} gives the lists more time.`,
      );
      return;
    }
    const known = orderNumber === null ? '' : ` as number ${orderNumber}`;
    this.logger.log(`Order "${clientOrderId}" is ${outcome}${known}, by KIS's lists.`);
  }

  /** Once per order: lists with several matching orders cannot resolve it later either. */
  private reportAmbiguity(record: OrderRecord, look: ListSnapshot): void {
    const { day, clientOrderId } = record;
    const candidates = candidatesFor(record, look);
    if (candidates.length < 2 || this.ambiguous.has(`${day} ${clientOrderId}`)) return;
    this.ambiguous.add(`${day} ${clientOrderId}`);
    const numbers = candidates.map(({ orderNumber }) => orderNumber).join(', ');
    this.logger.warn(
      `Order "${clientOrderId}" remains unknown, because KIS's lists show several orders that can be it: ${numbers}. ${manualSettlementHint(this.configuration.nameOption)}`,
    );
  }
}

/** How many passes in a row must miss an order before its absence counts. */
const LOOKS_BEFORE_ABSENT = 3;
