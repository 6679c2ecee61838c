import { Injectable, Logger } from '@nestjs/common';
import type { KisReadOptions } from '../../http/kis-api.client';
import type { KisAccount } from '../../kis-account';
import { KisInvalidRequestError } from '../../kis.errors';
import { accountKey } from '../account-key';
import { koreanDate } from '../korean-date';
import { orderOf, type KisOrder } from '../kis-order';
import { KisReconciliationPass } from './kis-reconciliation-pass';
import { KisOrderClock } from '../kis-order.clock';
import { KisOrderNotFoundError, KisOrderNotUnknownError } from '../kis-order.errors';
import { KisOrderJournal } from '../journal/kis-order.journal';
import type { ListedOrder } from '../list/listed-order';
import { candidatesFor, firstListedDay } from '../list/row-matching';
import { isUnsettled, type OrderRecord } from '../journal/order-record';
import { isStillSent, settledByHand } from './settlement-rules';

/**
 * Records the outcome that a person has found out for an `unknown` order. Needed where KIS's lists show several orders that
 * match it. Only reads are sent to KIS. May be called concurrently, from any number of processes: the first call decides.
 */
@Injectable()
export class KisManualSettlement {
  private readonly logger = new Logger('Orders');

  constructor(
    private readonly journal: KisOrderJournal,
    private readonly reconciliation: KisReconciliationPass,
    private readonly time: KisOrderClock,
  ) {}

  /**
   * Records the outcome of an order, modification or cancellation that is `unknown`. KIS's lists are read first: an outcome
   * that they prove takes precedence, and a given number must be that of a listed order that matches. Recording the
   * outcome that the order already has changes nothing.
   * @param clientOrderId of the order, as in the journal.
   * @returns the order with its outcome.
   * @throws KisOrderNotFoundError; KisOrderNotUnknownError when it has another outcome or may still be on its way;
   * KisInvalidRequestError for a number that cannot be the order's; KisOrderJournalError; the errors of a read.
   */
  async settle(
    account: KisAccount,
    clientOrderId: string,
    outcome: KisManualOutcome,
    options: KisReadOptions = {},
  ): Promise<KisOrder> {
    const open = await this.journal.unsettled(accountKey(account));
    const found = open.findLast((each) => each.clientOrderId === clientOrderId);
    if (!found) return this.settledBefore(await this.latest(account, clientOrderId), outcome);
    const { record, candidates } = await this.reconciled(account, found, options);
    if (!isUnsettled(record)) return this.settledBefore(record, outcome);
    if (isStillSent(record, this.time.now(account), this.time.moment())) throw stillSent(record);
    const chosen = outcome.orderNumber === null ? null : chosenFrom(candidates, outcome.orderNumber, record);
    const next = settledByHand(record, chosen, candidates, this.time.now(account));
    if (!(await this.journal.write(next))) return this.settle(account, clientOrderId, outcome, options);
    const number = next.orderNumber === null ? '' : `, as number ${next.orderNumber}`;
    this.logger.warn(
      `Order "${clientOrderId}" of account "${account.alias}" was settled by hand: it is ${next.outcome}${number}.`,
    );
    return outcomeOf(next);
  }

  /** The record after KIS's lists were read, and the listed orders that match it. */
  private async reconciled(
    account: KisAccount,
    found: OrderRecord,
    options: KisReadOptions,
  ): Promise<{ readonly record: OrderRecord; readonly candidates: readonly ListedOrder[] }> {
    const days = { from: firstListedDay(found), to: koreanDate(this.time.now(account)) };
    const markets = new Set([found.intent.market]);
    const look = await this.reconciliation.run(account, { ...days, markets }, options);
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

  private settledBefore(record: OrderRecord, { orderNumber }: KisManualOutcome): KisOrder {
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
export type KisManualOutcome = { readonly orderNumber: string | null };

/** An id is looked up in the last 30 days. */
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
