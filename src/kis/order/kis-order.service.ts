import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisConfiguration } from '../kis.options';
import { orderRefusal } from '../protocol/order-refusals';
import { accountKey, koreanDate } from './account-key';
import { orderOf, type KisOrder } from './kis-order';
import { KisOrderBook, type FoundOrder } from './kis-order.book';
import { KisOrderChecks } from './kis-order.checks';
import { KisOrderRefusedError, KisOrderRejectedError, KisOrdersDisabledError } from './kis-order.errors';
import { KisOrderExecutor } from './kis-order.executor';
import { changedRequest, targetOf, type KisOrderChange } from './order-change';
import { readOrder, type KisOrderIntent, type KisOrderRequest } from './order-intent';
import type { OrderRecord } from './order-record';

export interface KisOrderOptions {
  /**
   * Names the order, 1 to 64 characters of `A-Za-z0-9._:-`, not digits only; unique per account and Korean day. The same
   * order under the same id is sent once, however often it is given. Without one every call is a new order.
   */
  readonly clientOrderId?: string | undefined;
  /** How long to wait for an outcome that KIS's answer did not tell; 0 unless given. */
  readonly waitMs?: number | undefined;
  /** The program in whose name it is given, for the journal. */
  readonly program?: string | undefined;
}

type NewRecord = Pick<OrderRecord, 'action' | 'intent' | 'target' | 'amount'>;

/**
 * Places, modifies and cancels orders. Each is written into the journal before it is sent, is sent at most once whatever
 * fails, is repeated or is restarted, and is reported as `unknown` until KIS says what became of it. May be called
 * concurrently, from any number of processes that share a journal.
 *
 * All methods reject with KisOrdersDisabledError, KisOrderIdReusedError, KisOrderEqualUnsettledError,
 * the journal's failures or what a read can meet when nothing was sent, and with KisOrderRejectedError when KIS refused the order.
 */
@Injectable()
export class KisOrderService {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly book: KisOrderBook,
    private readonly checks: KisOrderChecks,
    private readonly executor: KisOrderExecutor,
    private readonly clock: KisClock,
  ) {}

  /**
   * Places an order. Resolves with the order as KIS's answer leaves it: `accepted`, or `unknown` when no answer told.
   * @throws KisOrderRefusedError when KIS would not take it; KisOrderCapExceededError: nothing was sent.
   */
  async place(
    account: KisAccount,
    request: KisOrderRequest,
    options: KisOrderOptions = {},
  ): Promise<KisOrder> {
    const intent = intentOf(request, account);
    const wanted = this.record(account, { action: 'place', intent, target: null, amount: '0' }, options);
    return this.carryOut(account, wanted, options, async () => {
      const { problems, estimatedAmount } = await this.checks.check(account, intent);
      if (problems.length > 0) throw new KisOrderRefusedError(problems);
      return { ...wanted, amount: estimatedAmount };
    });
  }

  /**
   * Modifies what is open of an order, under its `clientOrderId` or its number; resolves with the order that goes on in
   * its place, which has a number of its own.
   * @throws KisOrderNotFoundError; KisOrderNotOpenError; as {@link place} does.
   */
  async modify(
    account: KisAccount,
    id: string,
    change: KisOrderChange,
    options: KisOrderOptions = {},
  ): Promise<KisOrder> {
    const found = await this.book.find(account, id);
    const target = targetOf(found, change.quantity);
    const intent = intentOf(changedRequest(found, change), account);
    const wanted = this.record(account, { action: 'modify', intent, target, amount: '0' }, options);
    return this.carryOut(account, wanted, options, () => Promise.resolve(wanted));
  }

  /**
   * Cancels what is open of an order, or `quantity` shares of it; resolves with the order as it stands then. Possible while
   * the kill switch is on, and for an account that may not place orders.
   * @throws KisOrderNotFoundError; KisOrderNotOpenError.
   */
  async cancel(
    account: KisAccount,
    id: string,
    { quantity, ...options }: KisOrderOptions & { readonly quantity?: string | undefined } = {},
  ): Promise<KisOrder> {
    const found = await this.book.find(account, id);
    const target = targetOf(found, quantity);
    const intent = { ...intentFound(found, account), quantity: quantity ?? found.order.openQuantity };
    const wanted = this.record(account, { action: 'cancel', intent, target, amount: '0' }, options);
    const record = await this.executor.execute(account, wanted, options.waitMs ?? 0);
    if (record.outcome === 'rejected') throw rejected(record, found.order);
    return (await this.book.find(account, id)).order;
  }

  /** @param prepare what is only done for an order that was not given before. */
  private async carryOut(
    account: KisAccount,
    wanted: OrderRecord,
    { waitMs = 0 }: KisOrderOptions,
    prepare: () => Promise<OrderRecord>,
  ): Promise<KisOrder> {
    const known = await this.executor.repeated(account, wanted, waitMs);
    if (known) return outcomeOf(known);
    this.mustBeEnabled(account);
    await this.executor.ready(account);
    return outcomeOf(await this.executor.execute(account, await prepare(), waitMs));
  }

  private record(account: KisAccount, what: NewRecord, options: KisOrderOptions): OrderRecord {
    const now = this.clock.now();
    return {
      ...what,
      account: accountKey(account),
      day: koreanDate(now),
      clientOrderId: options.clientOrderId ?? `api-${randomUUID()}`,
      program: options.program ?? null,
      outcome: 'sending',
      orderNumber: null,
      branch: null,
      kis: null,
      createdAt: now,
      updatedAt: now,
      sendingUntil: this.executor.sendingUntil(account),
      before: [],
      absentSince: null,
      absentLooks: 0,
      version: 1,
    };
  }

  private mustBeEnabled(account: KisAccount): void {
    if (this.configuration.orderPolicy(account).enabled) return;
    throw new KisOrdersDisabledError(
      `Account "${account.alias}" may not place orders, so nothing was sent. Allow it in the options of the account.`,
    );
  }
}

function intentOf(request: KisOrderRequest, { mode }: KisAccount): KisOrderIntent {
  const { intent, problems } = readOrder(request, mode);
  if (intent) return intent;
  throw new KisOrderRefusedError(problems);
}

/** The intent of an order that was placed by whomever. */
function intentFound({ record, listed, order }: FoundOrder, account: KisAccount): KisOrderIntent {
  if (record) return record.intent;
  const request = changedRequest({ order, record, listed }, {});
  const { intent } = readOrder(request, account.mode);
  const market = order.symbol.includes(':') ? 'us' : 'domestic';
  // An order of a type that this library does not know can be cancelled all the same.
  return (
    intent ?? {
      market,
      symbol: order.symbol,
      side: order.side,
      type: order.type ?? 'limit',
      timeInForce: order.timeInForce ?? 'day',
      venue: order.venue,
      session: order.session ?? 'regular',
      quantity: order.openQuantity,
      price: order.price,
      triggerPrice: null,
      division: listed?.division ?? '00',
    }
  );
}

/** @throws KisOrderRejectedError */
function outcomeOf(record: OrderRecord): KisOrder {
  const order = orderOf(record, { listed: null, replacement: null });
  if (record.outcome === 'rejected') throw rejected(record, order);
  return order;
}

function rejected({ kis }: OrderRecord, order: KisOrder): KisOrderRejectedError {
  const { msgCd = '', msg1 = '' } = kis ?? {};
  const known = orderRefusal(msgCd, msg1);
  const said = `KIS refused the order: ${msgCd} ${msg1}`.replace(/[.\s]+$/, '');
  const meaning = known
    ? ` ${known.meaning.en} ${known.cure.en}`
    : ' KIS gives the reason in its own words; the order is not in its book.';
  return new KisOrderRejectedError(`${said}.${meaning}`, order, kis ? { kis } : {});
}
