import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { KisRequestPacer, type KisReservation } from '../http/pacing/kis-request-pacer';
import type { KisAccount } from '../kis-account';
import { KisConfiguration } from '../kis.options';
import { accountKey } from './account-key';
import { koreanDate } from './korean-date';
import { orderOf, type KisOrder } from './kis-order';
import { KisOrderBook } from './kis-order.book';
import { KisOrderChecks } from './check/kis-order.checks';
import { KisOrderClock } from './kis-order.clock';
import { KisOrderRefusedError, KisOrdersDisabledError } from './kis-order.errors';
import { KisOrderIdempotency, type CarriedOutOrder } from './kis-order.idempotency';
import { KisOrderLists } from './list/kis-order.lists';
import { changedRequest, intentFound, targetOf, type KisOrderChange } from './order-change';
import { readOrder, type KisOrderIntent, type KisOrderRequest } from './order-intent';
import { beforeSending, isUnsettled, type OrderRecord } from './journal/order-record';
import { isSameChange, orRepetition } from './order-repetition';
import { rejectedOrder } from './order-rejection';

/**
 * Places, modifies and cancels orders. Each is written into the journal before it is sent, is sent at most once, whatever
 * fails, is repeated or is restarted, and is reported as `unknown` until KIS shows its outcome. May be called concurrently,
 * from any number of processes that share a journal.
 *
 * All methods reject with KisOrdersDisabledError, KisOrderIdReusedError, KisOrderEqualUnsettledError, KisOrderJournalError
 * or the errors of a read when nothing was sent, and with KisOrderRejectedError when KIS refused the order.
 */
@Injectable()
export class KisOrderService {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly book: KisOrderBook,
    private readonly checks: KisOrderChecks,
    private readonly lists: KisOrderLists,
    private readonly idempotency: KisOrderIdempotency,
    private readonly time: KisOrderClock,
    @Inject(KisRequestPacer) private readonly pacer: Pick<KisRequestPacer, 'reserve'>,
  ) {}

  /**
   * Places an order. Resolves with the order: `accepted`, or `unknown` when there was no answer or an inconclusive one.
   * @throws KisOrderRefusedError when KIS would refuse it; KisOrderCapExceededError. Nothing was sent then.
   */
  async place(
    account: KisAccount,
    request: KisOrderRequest,
    options: KisOrderOptions = {},
  ): Promise<KisPlacedOrder> {
    const intent = intentOf(request, account);
    const wanted = this.record(account, { action: 'place', intent, target: null, amount: '0' }, options);
    const permits = this.pacer.reserve(account.credential, CALLS_OF_AN_ORDER);
    const carryOut = (): Promise<KisPlacedOrder> =>
      this.carryOut(account, wanted, { ...options, permits }, async () => {
        const [{ problems, estimatedAmount }, before] = await Promise.all([
          this.checks.check(account, intent, URGENT),
          this.lists.numbersBefore(account, wanted, URGENT),
        ]);
        if (problems.length > 0) throw new KisOrderRefusedError(problems);
        return { ...wanted, amount: estimatedAmount, before };
      });
    try {
      return await orRepetition(carryOut, () => {
        permits.release();
        return this.repeatedOrder(account, wanted, options);
      });
    } finally {
      permits.release();
    }
  }

  /**
   * Modifies the open part of an order, found by `clientOrderId` or number. Resolves with the order that replaces it, which
   * has a number of its own and counts towards the caps like a new order.
   * @throws KisOrderNotFoundError; KisOrderNotOpenError; as {@link place} does.
   */
  async modify(
    account: KisAccount,
    id: string,
    change: KisOrderChange,
    options: KisOrderOptions = {},
  ): Promise<KisPlacedOrder> {
    const repetition = (): Promise<KisPlacedOrder | null> =>
      this.repeatedChange(account, id, change, options);
    const repeated = await repetition();
    return repeated ?? orRepetition(() => this.newChange(account, id, change, options), repetition);
  }

  private async newChange(
    account: KisAccount,
    id: string,
    change: KisOrderChange,
    options: KisOrderOptions,
  ): Promise<KisPlacedOrder> {
    const found = await this.book.find(account, id, URGENT);
    const target = targetOf(found, change.quantity);
    const intent = intentOf(changedRequest(found, change), account);
    const wanted = this.record(account, { action: 'modify', intent, target, amount: '0' }, options);
    return this.carryOut(account, wanted, options, async () => {
      const { problems, estimatedAmount } = await this.checks.checkChange(account, intent, URGENT);
      if (problems.length > 0) throw new KisOrderRefusedError(problems);
      return { ...wanted, amount: estimatedAmount };
    });
  }

  /**
   * Cancels the open part of an order, or `quantity` shares of it. Resolves with the order as it is afterwards. Possible
   * while the kill switch is on, and for an account that may not place orders.
   * @throws KisOrderNotFoundError; KisOrderNotOpenError.
   */
  async cancel(
    account: KisAccount,
    id: string,
    { quantity, ...options }: KisOrderOptions & { readonly quantity?: string | undefined } = {},
  ): Promise<KisPlacedOrder> {
    const found = await this.book.find(account, id, URGENT);
    const target = targetOf(found, quantity);
    const intent = {
      ...intentFound(found, account.mode),
      quantity: quantity ?? found.order.openQuantity,
    };
    const wanted = this.record(account, { action: 'cancel', intent, target, amount: '0' }, options);
    const { record: cancellation, isRepeat } = await this.idempotency.execute(
      account,
      wanted,
      options.waitMs ?? 0,
    );
    for (let record = cancellation; ;) {
      if (record.outcome === 'rejected') throw rejectedOrder(record, found.order);
      const { order } = await this.book.find(account, id, URGENT);
      const { outcome } = record;
      record = await this.idempotency.latest(record);
      if (record.outcome === outcome) return { order, isRepeat, isUnknown: isUnsettled(record) };
    }
  }

  private async repeatedOrder(
    account: KisAccount,
    wanted: OrderRecord,
    { clientOrderId, waitMs = 0 }: KisOrderOptions,
  ): Promise<KisPlacedOrder | null> {
    // An id that was just drawn names no order.
    const first = clientOrderId === undefined ? null : await this.idempotency.repeatedOrder(account, wanted);
    return first && this.repetition(account, first, waitMs);
  }

  /** A modification given before is found by its id, even if the order that it changed is closed by now. */
  private async repeatedChange(
    account: KisAccount,
    id: string,
    change: KisOrderChange,
    { clientOrderId, waitMs = 0 }: KisOrderOptions,
  ): Promise<KisPlacedOrder | null> {
    if (clientOrderId === undefined) return null;
    const day = koreanDate(this.time.now(account));
    const isSame = (first: OrderRecord): boolean => isSameChange(first, id, change);
    const first = await this.idempotency.repeated(account, { day, clientOrderId, isSame });
    return first && this.repetition(account, first, waitMs);
  }

  /** @param prepare completes the record of an order that was not given before. */
  private async carryOut(
    account: KisAccount,
    wanted: OrderRecord,
    { clientOrderId, waitMs = 0, permits }: KisOrderOptions & { readonly permits?: KisReservation },
    prepare: () => Promise<OrderRecord>,
  ): Promise<KisPlacedOrder> {
    const [first, stopped] = await Promise.all([
      // An id that was just drawn names no order.
      clientOrderId === undefined ? null : this.idempotency.repeatedOrder(account, wanted),
      this.idempotency.stopped(account),
    ]);
    if (first) {
      // The outcome of the first may take a while.
      permits?.release();
      return this.repetition(account, first, waitMs);
    }
    this.mustBeEnabled(account);
    if (stopped) throw stopped;
    await this.idempotency.ready(account);
    return placed(await this.idempotency.execute(account, await prepare(), waitMs));
  }

  private async repetition(account: KisAccount, first: OrderRecord, waitMs: number): Promise<KisPlacedOrder> {
    const record = await this.idempotency.outcomeOf(account, first, waitMs);
    return placed({ record, isRepeat: true });
  }

  private record(account: KisAccount, what: NewRecord, options: KisOrderOptions): OrderRecord {
    const now = this.time.now(account);
    return {
      ...what,
      account: accountKey(account),
      day: koreanDate(now),
      clientOrderId: options.clientOrderId ?? `api-${randomUUID()}`,
      program: options.program ?? null,
      ...beforeSending(now),
    };
  }

  private mustBeEnabled(account: KisAccount): void {
    const { enabled, reason } = this.configuration.orderPolicy(account);
    if (enabled) return;
    throw new KisOrdersDisabledError(
      `Account "${account.alias}" may not place orders, so nothing was sent. ${reason ?? ''}`.trimEnd(),
    );
  }
}

/** For reads that an order waits for. */
const URGENT = { urgent: true };
/** Calls of placing an order: three reads, and the order itself. */
const CALLS_OF_AN_ORDER = 4;

/** How an order is identified and how long its outcome is waited for. */
export interface KisOrderOptions {
  /**
   * Identifies the order: 1 to 64 characters of `A-Za-z0-9._:-`, not digits only; unique per account and Korean day. The same
   * order under the same id is sent once, however often it is given. Without an id every call is a new order.
   */
  readonly clientOrderId?: string | undefined;
  /** How long to wait, in milliseconds, for an outcome that KIS's answer did not have; default 0. */
  readonly waitMs?: number | undefined;
  /** The program on whose behalf the order is placed, for the journal. */
  readonly program?: string | undefined;
}

/** An order that was placed, changed or cancelled. */
export interface KisPlacedOrder {
  readonly order: KisOrder;
  /** The same order was given before under its id: nothing was sent this time. */
  readonly isRepeat: boolean;
  /** Its outcome is not known yet. */
  readonly isUnknown: boolean;
}

type NewRecord = Pick<OrderRecord, 'action' | 'intent' | 'target' | 'amount'>;

function intentOf(request: KisOrderRequest, { mode }: KisAccount): KisOrderIntent {
  const { intent, problems } = readOrder(request, mode);
  if (intent) return intent;
  throw new KisOrderRefusedError(problems);
}

/** @throws KisOrderRejectedError */
function placed({ record, isRepeat }: CarriedOutOrder): KisPlacedOrder {
  const order = orderOf(record, { listed: null, replacement: null });
  if (record.outcome === 'rejected') throw rejectedOrder(record, order);
  return { order, isRepeat, isUnknown: isUnsettled(record) };
}
