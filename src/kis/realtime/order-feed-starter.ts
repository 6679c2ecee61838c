import { Injectable, type OnModuleInit } from '@nestjs/common';
import { KisConfiguration } from '../kis.options';
import { accountKey } from '../order/account-key';
import { KisOrderJournal } from '../order/journal/kis-order.journal';
import { KisRealtime } from './kis-realtime';

/**
 * Starts the order feed of an account with the first order that this process sends or finds without an outcome. A process
 * that does neither opens no session: another program may be using the only one that KIS allows.
 */
@Injectable()
export class OrderFeedStarter implements OnModuleInit {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly journal: KisOrderJournal,
    private readonly realtime: KisRealtime,
  ) {}

  onModuleInit(): void {
    const { accounts, scheduledRefresh } = this.configuration;
    // A command ends before a notice could come.
    if (!scheduledRefresh) return;
    this.journal.onUnsettled((key) => {
      const account = accounts.find((each) => accountKey(each) === key);
      if (account) this.realtime.followOrders(account);
    });
  }
}
