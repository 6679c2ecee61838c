import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AccountsModule } from './accounts/accounts.module';
import { AccessModule } from './common/access/access.module';
import { ProblemFilter } from './common/problem.filter';
import type { AppConfig } from './config/app-config';
import { AppConfigModule } from './config/app-config.module';
import { GatewayModule } from './gateway/gateway.module';
import { GracefulShutdown } from './graceful-shutdown';
import { HealthModule } from './health/health.module';
import { connectKis } from './kis-connection';
import { MarketModule } from './market/market.module';
import { MetricsModule } from './metrics/metrics.module';
import { OrdersModule } from './orders/orders.module';
import { QuotesModule } from './quotes/quotes.module';
import { StreamModule } from './stream/stream.module';
import { SymbolsModule } from './symbols/symbols.module';
import { TokensModule } from './tokens/tokens.module';

const FEATURES = [
  AccountsModule,
  OrdersModule,
  QuotesModule,
  StreamModule,
  SymbolsModule,
  MarketModule,
  TokensModule,
  HealthModule,
  MetricsModule,
  GatewayModule,
];

/** Composition root; the only file that imports every module. */
@Module({})
export class AppModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        AppConfigModule.forRoot(config),
        AccessModule,
        ScheduleModule.forRoot(),
        connectKis(config),
        ...FEATURES,
      ],
      providers: [GracefulShutdown, { provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
