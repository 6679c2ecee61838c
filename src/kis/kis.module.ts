import { Module, type DynamicModule } from '@nestjs/common';
import { KisAccountClient } from './account/kis-account.client';
import { KisHttpModule } from './http/kis-http.module';
import type { KisOptions } from './kis.options';
import { KisQuotationClient } from './quotation/kis-quotation.client';
import { KisTokenModule, type KisAsyncOptions } from './token/kis-token.module';

/**
 * KIS for a Nest application: tokens, an `HttpService` whose requests leave with one, and the calls. Import it once,
 * in the root module, beside `ScheduleModule.forRoot()`; what it exports may be injected everywhere.
 */
@Module({})
export class KisModule {
  static forRoot(options: KisOptions): DynamicModule {
    return KisModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync(options: KisAsyncOptions): DynamicModule {
    return {
      module: KisModule,
      global: true,
      imports: [KisTokenModule.forRootAsync(options), KisHttpModule],
      providers: [KisAccountClient, KisQuotationClient],
      exports: [KisTokenModule, KisHttpModule, KisAccountClient, KisQuotationClient],
    };
  }
}
