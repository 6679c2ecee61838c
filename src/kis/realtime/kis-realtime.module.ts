import { Module } from '@nestjs/common';
import { KisClock } from '../clock';
import { KisConfiguration } from '../kis.options';
import { FileRealtimeStore } from './file-realtime.store';
import { KisRealtimeSessions } from './kis-realtime.sessions';
import { MemoryRealtimeStore } from './memory-realtime.store';
import { RealtimeStore } from './realtime-store';

/** Real time: see {@link KisRealtimeSessions}. Needs the token module, which is global. */
@Module({
  providers: [
    { provide: RealtimeStore, inject: [KisConfiguration, KisClock], useFactory: openStore },
    KisRealtimeSessions,
  ],
  exports: [KisRealtimeSessions],
})
export class KisRealtimeModule {}

/** Who shares the tokens shares the session. */
function openStore({ tokenStore, tokenDir, nameOption }: KisConfiguration, clock: KisClock): RealtimeStore {
  if (tokenStore === 'memory') return new MemoryRealtimeStore(clock);
  return new FileRealtimeStore(tokenDir, clock, nameOption('tokenDir', null));
}
