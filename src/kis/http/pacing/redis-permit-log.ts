import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { KisTokenStoreError } from '../../kis.errors';
import type { KisRedis } from '../../redis/kis-redis';
import type { Pace } from './pace';
import { LATEST_ARRIVAL_MS, ORDERS_LATE_MS, SHARER_FOR_MS, REPORTED_WITHIN_MS } from './permit-book';
import { PermitLog, type PermitAnswer, type PermitRequest } from './permit-log';

/** Permits of all processes of all machines that share a Redis, by its clock. */
export class RedisPermitLog extends PermitLog {
  /** @param now the part of the script that reads the time, for tests. */
  constructor(
    private readonly redis: KisRedis,
    private readonly clock: KisClock,
    private readonly now: () => string = () => SERVER_NOW,
  ) {
    super();
  }

  async look(credential: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer> {
    const { answer, late } = await this.ask(credential, pace, request);
    if (!late) return answer;
    // This process may have been stopped: one more attempt, and what arrived late is returned.
    const answered = request.wanted.slice(0, answer.given).map((id) => ({ id, agoMs: pace.windowMs }));
    const again = await this.ask(credential, pace, { ...request, answered });
    if (!again.late) return again.answer;
    throw new KisTokenStoreError(
      `Redis at ${this.redis.place} does not answer in time. Check that server and the network.`,
    );
  }

  private async ask(
    credential: KisCredential,
    pace: Pace,
    { owner, wanted, answered, urgent = 0 }: PermitRequest,
  ) {
    const keys = ['pace', 'pace-sharers', 'pace-orders'].map((what) => this.redis.keyFor(credential, what));
    const askedAt = this.clock.monotonic();
    const answers = answered.flatMap(({ id, agoMs }) => [id, agoMs]);
    const found = await this.redis.run(
      `${this.now()}${LOOK}`,
      keys,
      ...[pace.calls, pace.windowMs, owner, wanted.length, urgent, ...wanted, ...answers],
    );
    const [given, waitMs, sharers] = found as [number, string, number];
    const late = given > 0 && this.clock.monotonic() - askedAt > LATE_MS;
    return { answer: { given, waitMs: Number(waitMs), sharers }, late };
  }
}

/** A permit that arrives later might be used when it no longer counts: it is returned. */
const LATE_MS = 300;

/** Milliseconds by the server's clock: the clocks of the machines that share it do not matter. */
const SERVER_NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000`;

/**
 * {@link PermitBook.look}, in Redis. KEYS: latest arrivals by permit, last requests by process, waiting orders by process
 * (number and end). ARGV: calls, window, owner, number of wanted ids, number of urgent ones, the ids, then id and age of each
 * answer.
 */
const LOOK = `
for index, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'none' and kind ~= (index == 3 and 'hash' or 'zset') then redis.call('DEL', key) end
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '(' .. now, '+inf')
local calls, window, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4])
local urgent = tonumber(ARGV[5])
local latest = now + ${LATEST_ARRIVAL_MS}
for i = 6 + count, #ARGV, 2 do
  local before = redis.call('ZSCORE', KEYS[1], ARGV[i])
  local at = now - ARGV[i + 1]
  if before and at < tonumber(before) then redis.call('ZADD', KEYS[1], at, ARGV[i]) end
end
redis.call('ZADD', KEYS[2], now, ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. (now - ${SHARER_FOR_MS}))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. latest, '+inf')) do
  redis.call('ZADD', KEYS[1], latest, id)
end
local sharers = redis.call('ZCARD', KEYS[2])
local withheld, ends = 0, math.huge
local orders = redis.call('HGETALL', KEYS[3])
for i = 1, #orders, 2 do
  local waiting, til = string.match(orders[i + 1], '^(%d+) (%d+%.?%d*)$')
  til = tonumber(til)
  if orders[i] == ARGV[3] or not til or til <= now or til > now + window + ${ORDERS_LATE_MS} then
    redis.call('HDEL', KEYS[3], orders[i])
  else
    withheld, ends = withheld + waiting, math.min(ends, til)
  end
end
local room = math.max(0, calls - redis.call('ZCARD', KEYS[1]))
local allowed = math.max(math.min(room, urgent), room - withheld)
local given = math.min(count, allowed, math.ceil(calls / sharers))
for i = 1, given do redis.call('ZADD', KEYS[1], latest, ARGV[5 + i]) end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, math.ceil(window) + ${SHARER_FOR_MS}) end
local wait = 0
if given == allowed and given < count then
  local soonest = math.huge
  if allowed < room then soonest = ends - window end
  local found = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
  for i = 2, #found, 2 do
    local at = tonumber(found[i])
    if at > now then at = math.max(at - ${LATEST_ARRIVAL_MS}, now - ${REPORTED_WITHIN_MS}) end
    soonest = math.min(soonest, at)
  end
  wait = math.max(0, soonest + window - now)
end
if urgent > given then
  redis.call('HSET', KEYS[3], ARGV[3], string.format('%d %.3f', urgent - given, now + wait + ${ORDERS_LATE_MS}))
  redis.call('PEXPIRE', KEYS[3], math.ceil(window) + ${SHARER_FOR_MS})
end
return { given, tostring(wait), sharers }`;
