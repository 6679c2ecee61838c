import { Injectable } from '@nestjs/common';
import type { KisAccount } from '../../kis-account';
import { KisConfiguration } from '../../kis.options';
import { KisOrderChecks } from '../check/kis-order.checks';
import { KisOrderCapExceededError } from '../kis-order.errors';
import { KisOrderLists } from '../list/kis-order.lists';
import type { OrderRecord } from '../journal/order-record';

/** Finds out what the journal has to know of a program's order before it is sent. */
@Injectable()
export class KisProgramOrderPreparer {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly checks: KisOrderChecks,
    private readonly lists: KisOrderLists,
  ) {}

  /**
   * The record with its amount, and with the numbers of orders that it cannot be.
   * @param isKnown whether the type is known, which says what the price means.
   * @throws KisOrderCapExceededError when its amount is not known and a cap needs it; what a read can meet.
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

  /** An amount that cannot be found out stops an order only for a cap. */
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

/** For reading what reconciliation needs, before an order is sent. */
const SNAPSHOT = { timeoutMs: 2000, urgent: true };
