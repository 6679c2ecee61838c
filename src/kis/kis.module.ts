import { Module, type DynamicModule } from '@nestjs/common';
import { KisAccountClient } from './account/kis-account.client';
import { KisCallModule } from './http/kis-call.module';
import { KisHttpModule } from './http/kis-http.module';
import type { KisOptions } from './kis.options';
import { KisQuotationClient } from './quotation/kis-quotation.client';
import { KisTokenModule, type KisAsyncOptions } from './token/kis-token.module';

/** Which parts of the library a program wants. */
interface KisParts {
  /** The `HttpService` of `KisHttpModule`. Without it axios is not even loaded. */
  readonly httpService: boolean;
}

const ALL: KisParts = { httpService: true };

/**
 * KIS for a Nest application: tokens, an `HttpService` whose requests leave with one, and the calls. Import it once,
 * in the root module, beside `ScheduleModule.forRoot()`; what it exports may be injected everywhere.
 */
@Module({})
export class KisModule {
  static forRoot(options: KisOptions, parts = ALL): DynamicModule {
    return KisModule.forRootAsync({ useFactory: () => options }, parts);
  }

  static forRootAsync(options: KisAsyncOptions, { httpService } = ALL): DynamicModule {
    const calls = httpService ? KisHttpModule : KisCallModule;
    return {
      module: KisModule,
      global: true,
      imports: [KisTokenModule.forRootAsync(options), calls],
      providers: [KisAccountClient, KisQuotationClient],
      exports: [KisTokenModule, calls, KisAccountClient, KisQuotationClient],
    };
  }
}
