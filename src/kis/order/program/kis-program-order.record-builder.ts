import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { KisAccount } from '../../kis-account';
import { accountKey } from '../account-key';
import { koreanDate } from '../korean-date';
import { KisOrderClock } from '../kis-order.clock';
import { KisOrderBook } from '../kis-order.book';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { intentFound } from '../order-change';
import type { KisOrderIntent } from '../order-intent';
import { marketOf } from '../list/listed-order';
import { beforeSending, type OrderRecord, type OrderTarget } from '../journal/order-record';
import {
  changedIntent,
  requestIdentity,
  unreadIntent,
  type ProgramOrder,
  type ProgramOrderBody,
} from './program-order';

/** Builds the journal record of a program's order. For a modification or cancellation it looks up the original order. */
@Injectable()
export class KisProgramOrderRecordBuilder {
  constructor(
    private readonly journal: KisOrderJournal,
    private readonly book: KisOrderBook,
    private readonly time: KisOrderClock,
  ) {}

  /** The record before admission; its amount is not known yet. */
  async record(
    account: KisAccount,
    trId: string,
    body: ProgramOrderBody,
    order: ProgramOrder,
    program: string,
  ): Promise<OrderRecord> {
    const { intent, target, unlisted } = await this.read(account, trId, body, order);
    const now = this.time.now(account);
    return {
      account: accountKey(account),
      day: koreanDate(now),
      clientOrderId: `gateway-${randomUUID()}`,
      action: order.action,
      intent,
      target,
      amount: '0',
      program,
      answered: false,
      ...(unlisted ? { unlisted, request: requestIdentity(trId, body) } : {}),
      ...beforeSending(now),
    };
  }

  private async read(
    account: KisAccount,
    trId: string,
    body: ProgramOrderBody,
    order: ProgramOrder,
  ): Promise<ReadOrder> {
    if (order.intent) return { intent: order.intent, target: null, unlisted: false };
    const known = order.original === null ? null : await this.original(account, order);
    const target = known?.target ?? (order.original === null ? null : targetOf(order, null));
    if (known) return { intent: known.intent, target, unlisted: false };
    return { intent: unreadIntent(trId, body, order), target, unlisted: true };
  }

  /**
   * The order that is changed. A cancellation looks it up in the journal first, which takes no call to KIS; a modification
   * also needs the open quantity, which only KIS's lists have. `null` when neither has the order.
   */
  private async original(
    account: KisAccount,
    order: ProgramOrder,
  ): Promise<Omit<ReadOrder, 'unlisted'> | null> {
    const number = (order.original ?? '').padStart(10, '0');
    const own = order.action === 'cancel' ? await this.ownRecord(account, number, order.market) : null;
    if (own) {
      const intent = changedIntent(order, own.intent, own.intent.quantity);
      return { intent, target: targetOf(order, own.clientOrderId) };
    }
    try {
      const orders = await this.book.read(account, {}, { timeoutMs: LOOK_UP_MS, urgent: true });
      const found = orders.find(
        (each) => isNumbered(each.order, number) && marketOf(each.order) === order.market,
      );
      if (!found) return null;
      const intent = changedIntent(order, intentFound(found, account.mode), found.order.openQuantity);
      return { intent, target: targetOf(order, found.order.clientOrderId) };
    } catch {
      // If it cannot be looked up, KIS decides.
      return null;
    }
  }

  private async ownRecord(
    account: KisAccount,
    number: string,
    market: ProgramOrder['market'],
  ): Promise<OrderRecord | null> {
    const today = koreanDate(this.time.now(account));
    const records = await this.journal.list(accountKey(account), today, today);
    return records.findLast((each) => isNumbered(each, number) && each.intent.market === market) ?? null;
  }
}

/** Time limit for reading KIS's lists to find the order that a program changes. */
const LOOK_UP_MS = 4000;

interface ReadOrder {
  readonly intent: KisOrderIntent;
  readonly target: OrderTarget | null;
  readonly unlisted: boolean;
}

function isNumbered({ orderNumber }: { readonly orderNumber: string | null }, number: string): boolean {
  return orderNumber?.padStart(10, '0') === number;
}

function targetOf({ original, branch, whole }: ProgramOrder, clientOrderId: string | null): OrderTarget {
  return { clientOrderId, orderNumber: (original ?? '').padStart(10, '0'), branch, whole };
}
