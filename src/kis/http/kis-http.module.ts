import { HttpService } from '@nestjs/axios';
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
import { KisRequestPacer } from './pacing/kis-request-pacer';
import { LanedKisRequestPacer } from './pacing/laned-kis-request-pacer';
import { openPermitLog } from './pacing/open-permit-log';
import { PermitLog } from './pacing/permit-log';
import { KisRetryPolicy } from './retry-policy';

/** More than the longest page of any call by far. */
const MAX_ANSWER_BYTES = 10_000_000;

/**
 * Provides an `HttpService` whose requests leave with a valid token, paced, and to KIS only:
 *
 *     http.get('/uapi/…', { headers: { tr_id: 'FHKST01010100' }, params })
 *
 * `response.data` is the parsed body of a call that KIS has executed (`rt_cd` "0"). Every failure is a KisError, except
 * that a caller who aborts gets the reason of his signal. A call is given up (KisTimeoutError) after its `timeout`, which
 * bounds everything together: waiting for a token and for a turn, exchanges, retries; by default after 60 seconds, or
 * three times the request timeout if that is longer. The option `kis` of a request names another account than the
 * first one (see `KisRequestOptions`). Needs the token module, which is global.
 */
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
      provide: HttpService,
      inject: [KisHttpInterceptor],
      useFactory: (kis: KisHttpInterceptor) => new HttpService(kis.createAxios()),
    },
    KisApiClient,
    KisPageReader,
  ],
  exports: [HttpService, KisApiClient, KisPageReader, KisCaller],
})
export class KisHttpModule {}
