import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { KisRedis } from '../../redis/kis-redis';
import { RealtimeStore, type RealtimeChange, type RealtimeRecord } from './realtime-store';
import { RedisLinks } from '../link/redis-links';

/** Records shared by all processes and machines that use one Redis; times are by its clock. */
export class RedisRealtimeStore extends RealtimeStore {
  constructor(
    private readonly redis: KisRedis,
    private readonly clock: KisClock,
  ) {
    super();
  }

  async update<T>(
    credential: KisCredential,
    record: RealtimeRecord,
    decide: (text: string | null, now: number) => RealtimeChange<T>,
  ): Promise<T> {
    const key = this.redis.keyFor(credential, `realtime-${record}`);
    for (;;) {
      const [text, now] = (await this.redis.run(READ, [key])) as [string, string];
      const { answer, next } = decide(text === '' ? null : text, Number(now));
      if (next === null) return answer;
      // A process that loses the race tries again. Another one has won it, so this ends.
      if ((await this.redis.run(SWAP, [key], text, next, KEPT_MS)) === 1) return answer;
    }
  }

  links(credential: KisCredential): RedisLinks {
    return new RedisLinks(this.redis, credential, this.clock);
  }
}

/** The record and the time, by the server's clock. */
const READ = `
local time = redis.call('TIME')
return { redis.call('GET', KEYS[1]) or '', tostring(time[1] * 1000 + math.floor(time[2] / 1000)) }`;

/** Writes a record if it still is what was read. ARGV: what was read, the new text, how long it is kept. */
const SWAP = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** Nothing stored here is useful after a day. */
const KEPT_MS = 90_000_000;
