import { Module } from '@nestjs/common';
import { KisClock } from '../clock';
import { KisHttpModule } from '../http/kis-http.module';
import { KisOrderBook } from './kis-order.book';
import { KisOrderExecutor } from './kis-order.executor';
import { KisOrderChecks } from './kis-order.checks';
import { KisOrderJournal } from './kis-order.journal';
import { KisOrderLists } from './kis-order.lists';
import { KisOrderReconciler } from './kis-order.reconciler';
import { KisOrderSender } from './kis-order.sender';
import { KisOrderService } from './kis-order.service';
import { KisOrderSubmitter } from './kis-order.submitter';
import { MemoryKisOrderJournal } from './memory-kis-order.journal';

/** Orders: see {@link KisOrderService}. Needs the token module, which is global. */
@Module({
  imports: [KisHttpModule],
  providers: [
    {
      provide: KisOrderJournal,
      inject: [KisClock],
      useFactory: (clock: KisClock) => new MemoryKisOrderJournal(clock),
    },
    KisOrderLists,
    KisOrderChecks,
    KisOrderSender,
    KisOrderSubmitter,
    KisOrderReconciler,
    KisOrderExecutor,
    KisOrderBook,
    KisOrderService,
  ],
  exports: [KisOrderService, KisOrderBook],
})
export class KisOrderModule {}
