import { Module } from '@nestjs/common';
import { KisClock } from '../clock';
import { KisConfiguration } from '../kis.options';
import { KisCallModule } from '../http/kis-call.module';
import { KisOrderBook } from './kis-order.book';
import { KisReconciliationPass } from './settlement/kis-reconciliation-pass';
import { KisOrderIdempotency } from './kis-order.idempotency';
import { KisOrderChecks } from './check/kis-order.checks';
import { KisOrderClock } from './kis-order.clock';
import { KisOrderJournal } from './journal/kis-order.journal';
import { KisOrderLists } from './list/kis-order.lists';
import { KisOrderTracker } from './notice/kis-order.tracker';
import { KisOrderReconciler } from './settlement/kis-order.reconciler';
import { KisManualSettlement } from './settlement/kis-manual-settlement';
import { KisOrderEndpoint } from './kis-order.endpoint';
import { KisOrderService } from './kis-order.service';
import { KisTradingService } from './kis-trading.service';
import { KisOrderSubmitter } from './kis-order.submitter';
import { KisProgramOrders } from './program/kis-program-orders';
import { KisProgramOrderPreparer } from './program/kis-program-order.preparer';
import { KisProgramOrderRepeats } from './program/kis-program-order.repeats';
import { KisProgramOrderRecordBuilder } from './program/kis-program-order.record-builder';
import { FileOrderLedger } from './journal/file-order-ledger';
import { MemoryOrderLedger } from './journal/memory-order-ledger';
import { OrderLedger } from './journal/order-ledger';
import { KisRedis } from '../redis/kis-redis';
import { RedisOrderLedger } from './journal/redis-order-ledger';

/** Orders: see {@link KisOrderService}. Needs the token module, which is global. */
@Module({
  imports: [KisCallModule],
  providers: [
    { provide: OrderLedger, inject: [KisConfiguration, KisClock, KisRedis], useFactory: openLedger },
    KisOrderClock,
    KisOrderJournal,
    KisOrderLists,
    KisOrderChecks,
    KisOrderEndpoint,
    KisOrderSubmitter,
    KisReconciliationPass,
    KisOrderReconciler,
    KisOrderIdempotency,
    KisOrderBook,
    KisOrderTracker,
    KisOrderService,
    KisManualSettlement,
    KisTradingService,
    KisProgramOrderRecordBuilder,
    KisProgramOrderRepeats,
    KisProgramOrderPreparer,
    KisProgramOrders,
  ],
  exports: [
    KisOrderJournal,
    KisOrderTracker,
    KisOrderService,
    KisOrderBook,
    KisManualSettlement,
    KisTradingService,
    KisProgramOrders,
    OrderLedger,
  ],
})
export class KisOrderModule {}

/** Beside the tokens: a program that keeps those in memory wants nothing on the disk. */
function openLedger(configuration: KisConfiguration, clock: KisClock, redis: KisRedis | null): OrderLedger {
  const { tokenStore, stateDir, nameOption, accounts } = configuration;
  if (tokenStore === 'memory') return new MemoryOrderLedger();
  if (!redis) return new FileOrderLedger(stateDir, clock, undefined, nameOption('stateDir', null));
  const isForOrders = accounts.some((account) => configuration.orderPolicy(account).enabled);
  return new RedisOrderLedger(redis, isForOrders && configuration.scheduledRefresh);
}
