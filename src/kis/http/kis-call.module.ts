import { Module } from '@nestjs/common';
import { KisExchange } from '../transport/kis-exchange';
import { KisClock } from '../clock';
import { KisConfiguration } from '../kis.options';
import { KisRedis } from '../redis/kis-redis';
import { KisApiClient } from './kis-api.client';
import { KisPageReader } from './kis-page-reader';
import { KisCallSender } from './call-sender';
import { KisCircuitBreakers } from './circuit-breaker';
import { KisCaller } from './kis-caller';
import { KisHttpInterceptor } from './kis-http.interceptor';
import { KisHttpService } from './kis-http.service';
import { KisRequestPacer } from './pacing/kis-request-pacer';
import { LanedKisRequestPacer } from './pacing/laned-kis-request-pacer';
import { openPermitLog } from './pacing/open-permit-log';
import { PermitLog } from './pacing/permit-log';
import { KisRelay } from './kis-relay';
import { KisRetryPolicy } from './retry-policy';

/** Far more than the longest page of any call. */
const MAX_ANSWER_BYTES = 10_000_000;

/** The calls of the library: `KisHttpService` and what sends its requests. Needs the token module, which is global. */
@Module({
  providers: [
    {
      provide: KisExchange,
      inject: [KisConfiguration, KisClock],
      useFactory: ({ proxies }: KisConfiguration, clock: KisClock) =>
        new KisExchange(clock, { maxAnswerBytes: MAX_ANSWER_BYTES, keepAlive: true }, proxies),
    },
    { provide: PermitLog, inject: [KisConfiguration, KisClock, KisRedis], useFactory: openPermitLog },
    {
      provide: KisRequestPacer,
      inject: [KisConfiguration, PermitLog, KisClock],
      useFactory: (configuration: KisConfiguration, log: PermitLog, clock: KisClock) =>
        new LanedKisRequestPacer(configuration, log, clock),
    },
    KisRetryPolicy,
    KisCircuitBreakers,
    KisCallSender,
    KisCaller,
    KisHttpInterceptor,
    {
      provide: KisHttpService,
      inject: [KisHttpInterceptor],
      useFactory: (kis: KisHttpInterceptor) => new KisHttpService(kis),
    },
    KisApiClient,
    KisPageReader,
    KisRelay,
  ],
  exports: [KisRequestPacer, KisHttpService, KisApiClient, KisPageReader, KisCaller, KisRelay],
})
export class KisCallModule {}
