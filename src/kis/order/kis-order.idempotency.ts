import { Injectable } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisConfiguration } from '../kis.options';
import { accountKey } from './account-key';
import { koreanDate } from './korean-date';
import {
  KisOrderCapExceededError,
  KisOrderEqualUnsettledError,
  KisOrderIdReusedError,
  KisOrdersDisabledError,
} from './kis-order.errors';
import { KisOrderClock } from './kis-order.clock';
import { KisOrderJournal } from './journal/kis-order.journal';
import { KisOrderReconciler } from './settlement/kis-order.reconciler';
import { KisOrderSubmitter } from './kis-order.submitter';
import { isFromJustNow, LATE_REPEAT_MS, type AdmissionDecision } from './order-admission';
import { manualSettlementHint } from './settlement/settlement-rules';
import { isSameIntent, isUnsettled, type OrderRecord } from './journal/order-record';

/**
 * Sends each order once under its id: a repetition gets the outcome of the first, a new order is written into the journal and
 * submitted.
 */
@Injectable()
export class KisOrderIdempotency {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly journal: KisOrderJournal,
    private readonly submitter: KisOrderSubmitter,
    private readonly reconciler: KisOrderReconciler,
    private readonly clock: KisClock,
    private readonly time: KisOrderClock,
  ) {}

  /** How long a caller waits for an outcome by default, in milliseconds. */
  limitMs(account: KisAccount): number {
    return this.configuration.requestPolicy(account.credential).timeoutMs + GRACE_MS;
  }

  /**
   * The record of an order that was given before under the same id; `null` when there was none.
   * @throws KisOrderIdReusedError when the id belongs to another order.
   */
  repeatedOrder(account: KisAccount, wanted: OrderRecord): Promise<OrderRecord | null> {
    const { day, clientOrderId } = wanted;
    const isSame = (first: OrderRecord): boolean => isSameIntent(first, wanted);
    return this.repeated(account, { day, clientOrderId, isSame });
  }

  /** The same for an order that is compared by other means than its record. */
  async repeated(account: KisAccount, repeated: RepeatedOrder): Promise<OrderRecord | null> {
    const { day, clientOrderId, isSame } = repeated;
    const known = await this.journal.find(accountKey(account), day, clientOrderId);
    if (known && !isSame(known)) throw idReused(known);
    return known ?? this.justBeforeMidnight(account, repeated);
  }

  /**
   * The outcome of an order that was given before, for its repetition. Waits until the first is sent, and then up to `waitMs`
   * for its outcome.
   */
  async outcomeOf(account: KisAccount, first: OrderRecord, waitMs: number): Promise<OrderRecord> {
    const sent =
      first.outcome === 'sending'
        ? await this.reconciler.settled(account, first, this.limitMs(account), isSent)
        : first;
    return isUnsettled(sent) ? this.reconciler.settled(account, sent, waitMs) : sent;
  }

  /** The record as the journal has it now: it may have got an outcome since it was read. */
  latest(record: OrderRecord): Promise<OrderRecord> {
    return this.journal.latest(record);
  }

  private async justBeforeMidnight(
    account: KisAccount,
    { day, clientOrderId, isSame }: RepeatedOrder,
  ): Promise<OrderRecord | null> {
    const now = this.time.now(account);
    const before = koreanDate(now - LATE_REPEAT_MS);
    if (before === day) return null;
    const record = await this.journal.find(accountKey(account), before, clientOrderId);
    return record && isSame(record) && isFromJustNow(record, now) ? record : null;
  }

  /**
   * Why nothing is placed or changed at present; `null` while the kill switch is off. An early check that saves the reads
   * of an order; admission checks the switch again.
   */
  async stopped(account: KisAccount): Promise<Error | null> {
    const { enabled } = await this.journal.trading();
    return enabled ? null : refusal({ kind: 'trading-stopped' }, account);
  }

  /** Waits for orders from before the start. @throws KisOrderEqualUnsettledError when they have no outcome in time. */
  ready(account: KisAccount): Promise<void> {
    return this.reconciler.ready(account, this.limitMs(account));
  }

  /**
   * Writes an order into the journal and sends it, unless it was given before. Resolves with its record, which has no outcome
   * if KIS has not reported one within the request timeout and `waitMs`.
   */
  async execute(account: KisAccount, wanted: OrderRecord, waitMs: number): Promise<CarriedOutOrder> {
    const until = this.clock.monotonic() + this.limitMs(account) + waitMs;
    for (;;) {
      const record = this.stamped(account, wanted);
      const decision = await this.journal.admit(record, this.configuration.orderPolicy(account).caps);
      if (decision.kind === 'admitted')
        return { record: await this.send(account, decision.record, waitMs), isRepeat: false };
      if (decision.kind === 'repeated')
        return { record: await this.outcomeOf(account, decision.record, waitMs), isRepeat: true };
      if (decision.kind !== 'equal-unsettled') throw refusal(decision, account);
      const leftMs = until - this.clock.monotonic();
      const other = await this.reconciler.settled(account, decision.record, leftMs);
      if (isUnsettled(other)) throw this.stillUnsettled(other);
    }
  }

  /** Dates the record anew, because checks and waits take time: what counts is when it is written down and sent. */
  stamped(account: KisAccount, wanted: OrderRecord): OrderRecord {
    const now = this.time.now(account);
    const sendingUntil = this.submitter.sendingUntil(account, now);
    const clockCorrectionMs = this.time.correctionMs(account);
    return {
      ...wanted,
      day: koreanDate(now),
      createdAt: now,
      updatedAt: now,
      sendingUntil,
      clockCorrectionMs,
      openedAt: this.time.moment(),
    };
  }

  private async send(account: KisAccount, admitted: OrderRecord, waitMs: number): Promise<OrderRecord> {
    const { record, error } = await this.submitter.submit(account, admitted, this.limitMs(account));
    if (record.outcome === 'not-placed' && error) throw error;
    return isUnsettled(record) ? this.reconciler.settled(account, record, waitMs) : record;
  }

  private stillUnsettled({ clientOrderId }: OrderRecord): KisOrderEqualUnsettledError {
    return new KisOrderEqualUnsettledError(
      `An equal order ("${clientOrderId}") was sent, and KIS has not said what became of it. Nothing was sent, because KIS's ` +
        `lists could not distinguish the two. Look that order up, or try again later. ${manualSettlementHint(this.configuration.nameOption)}`,
      { retryAt: new Date(this.clock.now() + 5000) },
    );
  }
}

/** The order that was sent under an id. */
export interface CarriedOutOrder {
  readonly record: OrderRecord;
  /** It was given before; nothing was sent this time. */
  readonly isRepeat: boolean;
}

/** An order that may have been given before. */
export interface RepeatedOrder {
  readonly day: string;
  readonly clientOrderId: string;
  /** Whether the record under the id is that order. */
  readonly isSame: (first: OrderRecord) => boolean;
}

/** On top of the request timeout, for the token and the response. */
const GRACE_MS = 2000;

function isSent({ outcome }: OrderRecord): boolean {
  return outcome !== 'sending';
}

function refusal(
  decision: Exclude<AdmissionDecision, { kind: 'admitted' | 'repeated' | 'equal-unsettled' }>,
  account: KisAccount,
): Error {
  switch (decision.kind) {
    case 'id-reused':
      return idReused(decision.record);
    case 'trading-stopped':
      return new KisOrdersDisabledError(
        'Trading is stopped by the kill switch, so nothing was sent. Cancelling remains possible; resume trading to place orders again.',
      );
    case 'capped':
      return new KisOrderCapExceededError(
        `The order of account "${account.alias}" exceeds ${decision.reason}. Nothing was sent.`,
      );
  }
}

function idReused({ clientOrderId }: OrderRecord): KisOrderIdReusedError {
  return new KisOrderIdReusedError(
    `"${clientOrderId}" already names another order of today, so nothing was sent. Give each order an id of its own.`,
  );
}
