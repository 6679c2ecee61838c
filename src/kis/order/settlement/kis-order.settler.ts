import { Injectable, Logger } from '@nestjs/common';
import type { KisReadOptions } from '../../http/kis-api.client';
import type { KisAccount } from '../../kis-account';
import { KisInvalidRequestError } from '../../kis.errors';
import { accountKey } from '../account-key';
import { koreanDate } from '../korean-date';
import { orderOf, type KisOrder } from '../kis-order';
import { KisOrderComparer } from './kis-order.comparer';
import { KisOrderClock } from '../kis-order.clock';
import { KisOrderNotFoundError, KisOrderNotUnknownError } from '../kis-order.errors';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { candidatesFor, firstListedDay, type ListedOrder } from '../list/listed-order';
import { isUnsettled, type OrderRecord } from '../journal/order-record';
import { isStillSent, settledByHand } from './settlement-rules';

/**
 * Lets a person settle an order whose outcome the lists of KIS cannot tell, because they show several orders that can be
 * it. Nothing is sent to KIS but reads. May be called concurrently, from any number of processes: the first verdict counts.
 */
@Injectable()
export class KisOrderSettler {
  private readonly logger = new Logger('Orders');

  constructor(
    private readonly journal: KisOrderJournal,
    private readonly comparer: KisOrderComparer,
    private readonly time: KisOrderClock,
  ) {}

  /**
   * Writes down what became of an order, modification or cancellation that is `unknown`. The lists are read first: what
   * they can tell counts more than the verdict, and a number must be that of a listed order that can be this one. A verdict
   * that says what is known already changes nothing.
   * @param clientOrderId of the order, as the journal has it.
   * @returns the order after it.
   * @throws KisOrderNotFoundError; KisOrderNotUnknownError when it has another outcome or may still be on its way;
   * KisInvalidRequestError for a number that cannot be the order's; KisOrderJournalError; what a read can meet.
   */
  async settle(
    account: KisAccount,
    clientOrderId: string,
    verdict: KisOrderVerdict,
    options: KisReadOptions = {},
  ): Promise<KisOrder> {
    const open = await this.journal.unsettled(accountKey(account));
    const found = open.findLast((each) => each.clientOrderId === clientOrderId);
    if (!found) return this.settledBefore(await this.latest(account, clientOrderId), verdict);
    const { record, candidates } = await this.compared(account, found, options);
    if (!isUnsettled(record)) return this.settledBefore(record, verdict);
    if (isStillSent(record, this.time.now(account), this.time.moment())) throw stillSent(record);
    const chosen = verdict.orderNumber === null ? null : chosenFrom(candidates, verdict.orderNumber, record);
    const next = settledByHand(record, chosen, candidates, this.time.now(account));
    if (!(await this.journal.write(next))) return this.settle(account, clientOrderId, verdict, options);
    const number = next.orderNumber === null ? '' : `, as number ${next.orderNumber}`;
    this.logger.warn(
      `Order "${clientOrderId}" of account "${account.alias}" was settled by hand: it is ${next.outcome}${number}.`,
    );
    return outcomeOf(next);
  }

  /** The record after a look at the lists, and the listed orders that can be it. */
  private async compared(
    account: KisAccount,
    found: OrderRecord,
    options: KisReadOptions,
  ): Promise<{ readonly record: OrderRecord; readonly candidates: readonly ListedOrder[] }> {
    const days = { from: firstListedDay(found), to: koreanDate(this.time.now(account)) };
    const markets = new Set([found.intent.market]);
    const look = await this.comparer.compare(account, { ...days, markets }, options);
    const isFound = ({ day, clientOrderId }: OrderRecord): boolean =>
      day === found.day && clientOrderId === found.clientOrderId;
    const record = look.records.find(isFound) ?? found;
    return { record, candidates: candidatesFor(record, look) };
  }

  private async latest(account: KisAccount, clientOrderId: string): Promise<OrderRecord> {
    const now = this.time.now(account);
    const records = await this.journal.list(accountKey(account), koreanDate(now - MONTH_MS), koreanDate(now));
    const record = records.findLast((each) => each.clientOrderId === clientOrderId);
    if (record) return record;
    throw new KisOrderNotFoundError(
      `Account "${account.alias}" has no order "${clientOrderId.slice(0, 64)}" in its journal, so there is nothing to settle. Orders without an outcome are settled by their clientOrderId.`,
    );
  }

  private settledBefore(record: OrderRecord, { orderNumber }: KisOrderVerdict): KisOrder {
    const isSame =
      orderNumber === null
        ? record.outcome === 'not-placed'
        : record.orderNumber !== null && Number(record.orderNumber) === Number(orderNumber);
    if (isSame) return outcomeOf(record);
    const number = record.orderNumber === null ? '' : `, number ${record.orderNumber}`;
    throw new KisOrderNotUnknownError(
      `Order "${record.clientOrderId}" has an outcome: it is ${record.outcome}${number}. Nothing was changed; read the order again.`,
    );
  }
}

/** What a person has found out about an order: its number at KIS, or `null` when KIS has no such order. */
export type KisOrderVerdict = { readonly orderNumber: string | null };

/** Ids are looked for in a month. */
const MONTH_MS = 30 * 86_400_000;

function outcomeOf(record: OrderRecord): KisOrder {
  return orderOf(record, { listed: null, replacement: null });
}

function stillSent({ clientOrderId, sendingUntil }: OrderRecord): KisOrderNotUnknownError {
  return new KisOrderNotUnknownError(
    `Order "${clientOrderId}" may still be on its way to KIS, so it cannot be settled yet. Nothing was changed; try again after retryAt.`,
    { retryAt: new Date(sendingUntil) },
  );
}

function chosenFrom(
  candidates: readonly ListedOrder[],
  orderNumber: string,
  { clientOrderId }: OrderRecord,
): ListedOrder {
  const chosen = candidates.find((each) => Number(each.orderNumber) === Number(orderNumber));
  if (chosen) return chosen;
  const numbers = candidates.map((each) => each.orderNumber);
  throw new KisInvalidRequestError(
    `KIS lists no order ${orderNumber} that can be "${clientOrderId}": same stock, side, quantity, price, type and venue, not older, and no other order of the journal. ` +
      (numbers.length === 0 ? 'It lists none at all.' : `Those that can be it: ${numbers.join(', ')}.`) +
      ' Nothing was changed.',
  );
}
