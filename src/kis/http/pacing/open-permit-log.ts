import type { KisClock } from '../../clock';
import type { KisConfiguration } from '../../kis.options';
import type { KisRedis } from '../../redis/kis-redis';
import { FallbackPermitLog } from './fallback-permit-log';
import { FilePermitLog } from './file-permit-log';
import { MemoryPermitLog } from './memory-permit-log';
import type { PermitLog } from './permit-log';
import { RedisPermitLog } from './redis-permit-log';

/** Opens the permit log that fits the token store: processes that share tokens also share the rate limit. */
export function openPermitLog(
  { tokenStore, tokenDir, nameOption }: KisConfiguration,
  clock: KisClock,
  redis: KisRedis | null,
): PermitLog {
  if (tokenStore === 'memory') return new MemoryPermitLog(clock);
  const shared = redis
    ? new RedisPermitLog(redis, clock)
    : new FilePermitLog(tokenDir, clock, undefined, nameOption('tokenDir', null));
  return new FallbackPermitLog(shared, clock);
}
