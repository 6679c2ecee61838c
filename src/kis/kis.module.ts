import { Module, type DynamicModule } from '@nestjs/common';
import { KisAccountClient } from './account/kis-account.client';
import { KisCallModule } from './http/kis-call.module';
import type { KisOptions } from './kis.options';
import { KisOrderModule } from './order/kis-order.module';
import { KisQuotationModule } from './quotation/kis-quotation.module';
import { KisRealtimeModule } from './realtime/kis-realtime.module';
import { KisTokenModule, type KisAsyncOptions } from './token/kis-token.module';

/**
 * KIS for a Nest application: tokens (`KisTokenService`), requests that leave with one (`KisHttpService`) and the
 * calls (`KisAccountClient`, `KisQuotationClient`, `KisOrderService`), symbols and trading days (`KisSymbolDirectory`,
 * `KisTradingCalendar`). Import it once, in the root module, beside `ScheduleModule.forRoot()`;
 * what it exports may be injected everywhere. The `HttpService` of the application stays as it is.
 */
@Module({})
export class KisModule {
  /**
   * The module with fixed options.
   *
   * @throws KisInvalidRequestError at the start of the application, naming the invalid option.
   */
  static forRoot(options: KisOptions): DynamicModule {
    return KisModule.forRootAsync({ useFactory: () => options });
  }

  /** As {@link forRoot}, with options from a factory; see {@link KisAsyncOptions}. */
  static forRootAsync(options: KisAsyncOptions): DynamicModule {
    return {
      module: KisModule,
      global: true,
      imports: [
        KisTokenModule.forRootAsync(options),
        KisCallModule,
        KisOrderModule,
        KisQuotationModule,
        KisRealtimeModule,
      ],
      providers: [KisAccountClient],
      exports: [
        KisTokenModule,
        KisCallModule,
        KisOrderModule,
        KisQuotationModule,
        KisRealtimeModule,
        KisAccountClient,
      ],
    };
  }
}
