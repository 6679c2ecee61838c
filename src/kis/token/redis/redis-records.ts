import type { KisRedis } from '../../redis/kis-redis';
import type { KisCredential } from '../../kis-credential';
import { LONGEST_CLAIM_MS } from '../claim-codec';

/** The two records of a credential in Redis, and the scripts that change them atomically. */
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

  /** @returns whether the record was as expected, so that it was changed. */
  async swapClaim(credential: KisCredential, swap: ClaimSwap): Promise<boolean> {
    const length = swap.lengthMs === null ? '' : Math.ceil(swap.lengthMs);
    const args = [swap.expected, swap.record, length, CLAIM_KEPT_MS];
    return (await this.redis.run(this.now() + SWAP_CLAIM, [this.claimKey(credential)], ...args)) === 1;
  }

  /** As {@link swapClaim}; also announces the new token to all listeners. */
  async swapToken(credential: KisCredential, { expected, claim, text, keepMs }: TokenSwap): Promise<boolean> {
    const keys = [this.tokenKey(credential), this.claimKey(credential)];
    const args = [expected, claim, text, Math.ceil(keepMs), this.redis.key('news'), credential.id];
    return (await this.redis.run(SWAP_TOKEN, keys, ...args)) === 1;
  }

  /** @returns whether the text was as expected, so that it was removed. */
  async removeToken(credential: KisCredential, expected: string): Promise<boolean> {
    return (await this.redis.run(REMOVE, [this.tokenKey(credential)], expected)) === 1;
  }

  async testWrite(): Promise<void> {
    await this.redis.run(WRITE_TEST, [this.redis.key('write-test')]);
  }

  /** As `KisTokenStore.watch`. */
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

/** The two records of a credential in Redis. */
export interface RedisRecords {
  /** Empty when there is none; {@link UNREADABLE} for a value of another type or one that is too long. */
  readonly token: string;
  /** As {@link token}. */
  readonly claim: string;
  /** Remaining time of the claim by the server's clock; never more than {@link LONGEST_CLAIM_MS}. */
  readonly remainingMs: number;
}

export interface ClaimSwap {
  /** The record that the change presupposes. */
  readonly expected: string;
  readonly record: string;
  /** Duration from now on; `null`: its end stays. */
  readonly lengthMs: number | null;
}

export interface TokenSwap {
  /** The text that the change presupposes. */
  readonly expected: string;
  /** The claim that it presupposes, because that may record a deletion. */
  readonly claim: string;
  readonly text: string;
  /** How long Redis keeps it. */
  readonly keepMs: number;
}

/** Claims record refusals and failures, which matter for as long as a token may live: three months at most. */
const CLAIM_KEPT_MS = 100 * 24 * 3_600_000;

/** Milliseconds by the server's clock, so that the clocks of the machines do not matter. */
const SERVER_NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * Any program that can write to the server can store anything under these keys. A value that is too long counts as
 * damaged and is never sent to a client.
 */
const LONGEST_TOKEN_BYTES = 65_536;
const LONGEST_CLAIM_BYTES = 16_384;

/** Replaces a value that this library has not written; see {@link RedisRecords}. */
const UNREADABLE = '?';

/** How long an unreadable claim is obeyed: longer than a claim lasts with the usual settings. */
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
 * KEYS: token, claim. A value that is no claim, or a claim that ends later than any claim can, is given a possible end
 * by the server's clock, once, so that it does end.
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

/** KEYS: token, claim. ARGV: as {@link TokenSwap}, then channel and message of the announcement. */
const SWAP_TOKEN = `${TOKEN_TEXT}
if token() ~= ARGV[1] or (redis.call('HGET', KEYS[2], 'record') or '') ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
redis.call('PUBLISH', ARGV[5], ARGV[6])
return 1`;

/** KEYS: token. ARGV: the text that the removal presupposes. */
const REMOVE = `${TOKEN_TEXT}
if token() ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1`;

/** KEYS: one for this test. A replica, a full server or a user without rights refuses to write. */
const WRITE_TEST = `return redis.call('SET', KEYS[1], '', 'PX', 1000)`;
