import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { LedgerAnswer, LedgerChange, LedgerEntry, LedgerQuery } from '../../files/ledger';
import type { KisRedis } from '../../redis/kis-redis';
import { KisOrderJournalError } from '../kis-order.errors';
import { OrderLedger } from './order-ledger';

/**
 * Keeps the journal in Redis, for processes on several machines. It is as durable as that server: one that does not write
 * every change to its disk can lose orders when it crashes, which is reported at the start.
 */
export class RedisOrderLedger extends OrderLedger implements OnApplicationBootstrap {
  private readonly logger = new Logger('Orders');

  /** @param reports whether orders are placed, so that the durability of the server matters. */
  constructor(
    private readonly redis: KisRedis,
    private readonly reports = false,
  ) {
    super();
  }

  async read({ scope, since, from, to, open = false }: LedgerQuery): Promise<LedgerAnswer> {
    // Without any condition, all entries are read.
    const range = from ?? (open ? undefined : '');
    const args: string[] =
      since === undefined
        ? [range === undefined ? 'open' : 'range', range ?? '', to ?? '', open ? '1' : '0']
        : ['since', String(since), '', '0'];
    const answer = await this.run(READ, this.keysOf(scope), args);
    if (!Array.isArray(answer)) throw this.unreadable();
    const [ledger, revision, ...rest] = answer.map(String);
    const entries = rest.flatMap((id, index) =>
      index % 2 === 0 ? [entryOf(id, rest[index + 1] ?? '')] : [],
    );
    entries.sort((one, other) => (one.id < other.id ? -1 : 1));
    return { ledger: ledger ?? '', revision: Number(revision), entries };
  }

  async write({ ledger, expected, scope, entries }: LedgerChange): Promise<boolean> {
    const own = expected.find((each) => each.scope === scope);
    const others = expected.filter((each) => each !== own);
    const keys = [...this.keysOf(scope), ...others.map((each) => this.revisionKey(each.scope))];
    const revisions = [own, ...others].map((each) => String(each?.revision ?? 0));
    const written = entries.flatMap(({ id, open, text }) => [id, (open ? '1' : '0') + text]);
    return (await this.run(WRITE, keys, [ledger, randomUUID(), ...revisions, ...written])) === 1;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.reports) return;
    try {
      const facts = String(await this.run(PERSISTENCE, [], []));
      if (/aof_enabled:1/.test(facts)) return;
    } catch {
      // An order will report what is wrong.
      return;
    }
    this.logger.warn(
      `Redis at ${this.redis.place} does not write its changes to the disk (appendonly no): when it crashes, the journal forgets ` +
        'orders, and one that is repeated under its id can be sent twice. Set "appendonly yes" and "appendfsync always" there.',
    );
  }

  private async run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    try {
      return await this.redis.run(script, keys, ...args);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new KisOrderJournalError(`The order journal cannot be used. ${reason}`, { cause: error });
    }
  }

  private unreadable(): KisOrderJournalError {
    return new KisOrderJournalError(
      `The order journal in Redis at ${this.redis.place} cannot be read: its keys hold something else. Use another server, or another prefix for its keys.`,
    );
  }

  private keysOf(scope: string): string[] {
    const parts = ['changes', 'ids', 'open', 'entries'].map((part) =>
      this.redis.key(`orders:${scope}:${part}`),
    );
    return [this.redis.key('orders:ledger'), this.revisionKey(scope), ...parts];
  }

  private revisionKey(scope: string): string {
    return this.redis.key(`orders:${scope}:revision`);
  }
}

/** KEYS: name of the ledger, revision of the scope, its ids by revision and by name, its open ids, its entries. */
const READ = `
local name = redis.call('GET', KEYS[1]) or ''
local revision = redis.call('GET', KEYS[2]) or '0'
local ids = {}
local seen = {}
local function add(found)
  for _, id in ipairs(found) do
    if not seen[id] then
      seen[id] = true
      ids[#ids + 1] = id
    end
  end
end
if ARGV[1] == 'since' then
  add(redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[2], '+inf'))
else
  if ARGV[1] == 'range' then
    local last = '+'
    if ARGV[3] ~= '' then last = '[' .. ARGV[3] end
    add(redis.call('ZRANGEBYLEX', KEYS[4], '[' .. ARGV[2], last))
  end
  if ARGV[4] == '1' then add(redis.call('SMEMBERS', KEYS[5])) end
end
local answer = { name, revision }
for _, id in ipairs(ids) do
  answer[#answer + 1] = id
  answer[#answer + 1] = redis.call('HGET', KEYS[6], id)
end
return answer`;

const WRITE = `
local name = redis.call('GET', KEYS[1])
if not name then
  redis.call('SET', KEYS[1], ARGV[2])
  return 0
end
if name ~= ARGV[1] then return 0 end
local others = #KEYS - 6
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[3] then return 0 end
for i = 1, others do
  if (redis.call('GET', KEYS[6 + i]) or '0') ~= ARGV[3 + i] then return 0 end
end
local revision = redis.call('INCR', KEYS[2])
for i = 4 + others, #ARGV, 2 do
  local id = ARGV[i]
  local entry = ARGV[i + 1]
  redis.call('HSET', KEYS[6], id, entry)
  redis.call('ZADD', KEYS[3], revision, id)
  redis.call('ZADD', KEYS[4], 0, id)
  if string.sub(entry, 1, 1) == '1' then redis.call('SADD', KEYS[5], id) else redis.call('SREM', KEYS[5], id) end
end
return 1`;

const PERSISTENCE = `return redis.call('INFO', 'persistence')`;

function entryOf(id: string, stored: string): LedgerEntry {
  return { id, open: stored.startsWith('1'), text: stored.slice(1) };
}
