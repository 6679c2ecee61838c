import { Module } from '@nestjs/common';
import { KisExchange } from '../auth/kis-exchange';
import { KisClock } from '../clock';
import { KisConfiguration } from '../kis.options';
import { KisRedis } from '../redis/kis-redis';
import { KisApiClient } from './kis-api.client';
import { KisCaller } from './kis-caller';
import { KisRequestPacer } from './pacing/kis-request-pacer';
import { LanedKisRequestPacer } from './pacing/laned-kis-request-pacer';
import { openPermitLog } from './pacing/open-permit-log';
import { PermitLog } from './pacing/permit-log';
import { KisSecondChances } from './second-chances';

/** More than the longest page of any call by far. */
const MAX_ANSWER_BYTES = 10_000_000;

/** How calls get to KIS, with all that the library's own calls need. Needs the token module, which is global. */
@Module({
  providers: [
    {
      provide: KisExchange,
      inject: [KisClock],
      useFactory: (clock: KisClock) =>
        new KisExchange(clock, { maxAnswerBytes: MAX_ANSWER_BYTES, keepAlive: true }),
    },
    { provide: PermitLog, inject: [KisConfiguration, KisClock, KisRedis], useFactory: openPermitLog },
    {
      provide: KisRequestPacer,
      inject: [KisConfiguration, PermitLog, KisClock],
      useFactory: (configuration: KisConfiguration, log: PermitLog, clock: KisClock) =>
        new LanedKisRequestPacer(configuration, log, clock),
    },
    KisSecondChances,
    KisCaller,
    KisApiClient,
  ],
  exports: [KisCaller, KisApiClient],
})
export class KisCallModule {}
