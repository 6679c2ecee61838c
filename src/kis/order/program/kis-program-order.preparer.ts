import { Injectable } from '@nestjs/common';
import type { KisAccount } from '../../kis-account';
import { KisConfiguration } from '../../kis.options';
import { KisOrderChecks } from '../check/kis-order.checks';
import { KisOrderCapExceededError } from '../kis-order.errors';
import { KisOrderLists } from '../list/kis-order.lists';
import type { OrderRecord } from '../journal/order-record';

/** Completes the record of a program's order before admission: its amount, and the orders that are listed already. */
@Injectable()
export class KisProgramOrderPreparer {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly checks: KisOrderChecks,
    private readonly lists: KisOrderLists,
  ) {}

  /**
   * The record with its amount, and with the numbers of orders listed before it, none of which can be this order.
   * @param isKnown whether the order type is known, which determines what the price means.
   * @throws KisOrderCapExceededError when its amount is not known and a cap needs it; the errors of a read.
   */
  async prepared(account: KisAccount, wanted: OrderRecord, isKnown: boolean): Promise<OrderRecord> {
    const [amount, before] = await Promise.all([
      wanted.action === 'cancel' ? '0' : this.amount(account, wanted, isKnown),
      wanted.action === 'place' && wanted.unlisted !== true
        ? this.lists.numbersBefore(account, wanted, SNAPSHOT).catch(() => [])
        : [],
    ]);
    return { ...wanted, amount, before };
  }

  /** An unknown amount stops the order only if a cap needs it; otherwise it counts as "0". */
  private async amount(account: KisAccount, wanted: OrderRecord, isKnown: boolean): Promise<string> {
    const { intent, unlisted = false } = wanted;
    const { caps } = this.configuration.orderPolicy(account);
    const matters = caps.maxAmount !== null || caps.dailyMaxAmount !== null;
    if (matters && (unlisted || !isKnown)) {
      throw new KisOrderCapExceededError(
        'The account has a cap on amounts, and what this kind of order costs is not known here.',
      );
    }
    if (unlisted) return '0';
    try {
      return await this.checks.amount(account, intent, matters ? { urgent: true } : SNAPSHOT);
    } catch (error) {
      if (matters) throw error;
      return '0';
    }
  }
}

/** Options for the read before an order is sent that a later reconciliation needs. */
const SNAPSHOT = { timeoutMs: 2000, urgent: true };
