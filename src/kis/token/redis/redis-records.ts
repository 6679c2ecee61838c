import type { KisRedis } from '../../redis/kis-redis';
import type { KisCredential } from '../../kis-credential';
import { LONGEST_CLAIM_MS } from '../claim-record';

/** What Redis holds for a credential, with the time by its own clock. */
export interface RedisRecords {
  /** Empty: none. What is no text of ours, or too long, is {@link UNREADABLE}. */
  readonly token: string;
  /** As {@link token}. */
  readonly claim: string;
  /** What is left of the claim; never more than {@link LONGEST_CLAIM_MS}. */
  readonly remainingMs: number;
}

export interface ClaimSwap {
  /** The record that must be there. */
  readonly expected: string;
  readonly record: string;
  /** From now on; `null`: its end stays. */
  readonly lengthMs: number | null;
}

export interface TokenSwap {
  /** The text that must be there. */
  readonly expected: string;
  readonly text: string;
  /** How long Redis keeps it. */
  readonly keepMs: number;
}

/** Claims remember refusals and failures, which matter as long as a token may live: three months at most. */
const CLAIM_KEPT_MS = 100 * 24 * 3_600_000;

/** Milliseconds by the server's clock: the clocks of the machines that share it do not matter. */
const SERVER_NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * Anybody who can write to the server can put anything under these keys. What is too long is not read but counts as
 * damaged; it never leaves the server.
 */
const LONGEST_TOKEN_BYTES = 65_536;
const LONGEST_CLAIM_BYTES = 16_384;

/** Stands for a text that cannot be one of ours; see {@link RedisRecords}. */
const UNREADABLE = '?';

/** How long a claim is obeyed of which nothing can be read: longer than one holds with the usual settings. */
const UNREADABLE_HOLD_MS = 120_000;

/** KEYS: token first. */
const TOKEN_TEXT = `
local function token()
  local kind = redis.call('TYPE', KEYS[1]).ok
  if kind == 'none' then return '' end
  if kind ~= 'string' or redis.call('STRLEN', KEYS[1]) > ${LONGEST_TOKEN_BYTES} then return '${UNREADABLE}' end
  return redis.call('GET', KEYS[1])
end`;

/**
 * KEYS: token, claim. A claim that is none, or that ends later than any of ours can, gets an end that can be: by the
 * server's clock, once, so that it comes.
 */
const READ = `${TOKEN_TEXT}
local function hold(ms)
  redis.call('HSET', KEYS[2], 'until', string.format('%.0f', now + ms))
  redis.call('PEXPIRE', KEYS[2], ${CLAIM_KEPT_MS})
  return ms
end
local function claim()
  local kind = redis.call('TYPE', KEYS[2]).ok
  if kind == 'none' then return '', 0 end
  if kind ~= 'hash' or redis.call('HSTRLEN', KEYS[2], 'record') > ${LONGEST_CLAIM_BYTES} then
    redis.call('DEL', KEYS[2])
    redis.call('HSET', KEYS[2], 'record', '${UNREADABLE}')
    return '${UNREADABLE}', hold(${UNREADABLE_HOLD_MS})
  end
  local record = redis.call('HGET', KEYS[2], 'record') or ''
  if redis.call('HSTRLEN', KEYS[2], 'until') == 0 then return record, 0 end
  local ends = redis.call('HSTRLEN', KEYS[2], 'until') < 32 and tonumber(redis.call('HGET', KEYS[2], 'until'))
  if not ends then return record, hold(${UNREADABLE_HOLD_MS}) end
  if ends <= now then return record, 0 end
  if ends - now <= ${LONGEST_CLAIM_MS} then return record, ends - now end
  return record, hold(${LONGEST_CLAIM_MS})
end
local record, left = claim()
return { token(), record, left }`;

/** KEYS: claim. ARGV: as {@link ClaimSwap}, an empty text for `null`; then how long Redis keeps the record. */
const SWAP_CLAIM = `
if (redis.call('HGET', KEYS[1], 'record') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[2])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'until', now + tonumber(ARGV[3])) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`;

/** KEYS: token. ARGV: as {@link TokenSwap}, then channel and message of the announcement. */
const SWAP_TOKEN = `${TOKEN_TEXT}
if token() ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1`;

/** KEYS: token. */
const REMOVE = `return redis.call('DEL', KEYS[1])`;

/** KEYS: one of its own. A replica, a full server or a user without rights refuses to write. */
const WRITE_TEST = `return redis.call('SET', KEYS[1], '', 'PX', 1000)`;

/** The two records of a credential in Redis, and the single steps in which they change. */
export class RedisTokenRecords {
  /** @param now for tests: Lua that sets the local `now` by another clock than the server's. */
  constructor(
    private readonly redis: KisRedis,
    private readonly now: () => string = () => SERVER_NOW,
  ) {}

  get place(): string {
    return this.redis.place;
  }

  async read(credential: KisCredential): Promise<RedisRecords> {
    const keys = [this.tokenKey(credential), this.claimKey(credential)];
    const [token, claim, left] = (await this.redis.run(this.now() + READ, keys)) as [string, string, number];
    return { token, claim, remainingMs: left };
  }

  /** @returns whether what was expected was there, so that the change was made. */
  async swapClaim(credential: KisCredential, swap: ClaimSwap): Promise<boolean> {
    const length = swap.lengthMs === null ? '' : Math.ceil(swap.lengthMs);
    const args = [swap.expected, swap.record, length, CLAIM_KEPT_MS];
    return (await this.redis.run(this.now() + SWAP_CLAIM, [this.claimKey(credential)], ...args)) === 1;
  }

  /** As {@link swapClaim}, and tells all who listen that there is a new token. */
  async swapToken(credential: KisCredential, { expected, text, keepMs }: TokenSwap): Promise<boolean> {
    const args = [expected, text, Math.ceil(keepMs), this.redis.key('news'), credential.id];
    return (await this.redis.run(SWAP_TOKEN, [this.tokenKey(credential)], ...args)) === 1;
  }

  async removeToken(credential: KisCredential): Promise<void> {
    await this.redis.run(REMOVE, [this.tokenKey(credential)]);
  }

  async tryToWrite(): Promise<void> {
    await this.redis.run(WRITE_TEST, [this.redis.key('write-test')]);
  }

  /** Calls with the id of each credential for which somebody stores a token; `null`: something may have been missed. */
  listen(listener: (credentialId: string | null) => void): void {
    this.redis.listen(this.redis.key('news'), listener);
  }

  private tokenKey(credential: KisCredential): string {
    return this.redis.keyFor(credential, 'token');
  }

  private claimKey(credential: KisCredential): string {
    return this.redis.keyFor(credential, 'claim');
  }
}
