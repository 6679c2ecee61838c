import { Module } from '@nestjs/common';
import { KisClock } from '../clock';
import { KisConfiguration } from '../kis.options';
import { KisOrderModule } from '../order/kis-order.module';
import { FileRealtimeStore } from './claim/file-realtime.store';
import { OrderFeedStarter } from './order-feed-starter';
import { KisRealtime } from './kis-realtime';
import { KisRealtimeSessions } from './kis-realtime.sessions';
import { MemoryRealtimeStore } from './claim/memory-realtime.store';
import { KisRedis } from '../redis/kis-redis';
import { RedisRealtimeStore } from './claim/redis-realtime.store';
import { RealtimeStore } from './claim/realtime-store';

/** Real time: see {@link KisRealtime}. Needs the token module, which is global. */
@Module({
  imports: [KisOrderModule],
  providers: [
    { provide: RealtimeStore, inject: [KisConfiguration, KisClock, KisRedis], useFactory: openStore },
    KisRealtimeSessions,
    KisRealtime,
    OrderFeedStarter,
  ],
  exports: [KisRealtimeSessions, KisRealtime],
})
export class KisRealtimeModule {}

/** The store follows the store of tokens, so that processes that share tokens share the session. */
function openStore(
  { tokenStore, tokenDir, nameOption }: KisConfiguration,
  clock: KisClock,
  redis: KisRedis | null,
): RealtimeStore {
  if (tokenStore === 'memory') return new MemoryRealtimeStore(clock);
  if (redis) return new RedisRealtimeStore(redis, clock);
  return new FileRealtimeStore(tokenDir, clock, nameOption('tokenDir', null));
}
