import { SystemKisClock, type KisClock } from '../../../src/kis/clock';
import { KisRedis } from '../../../src/kis/redis/kis-redis';
import { RedisAddress } from '../../../src/kis/redis/redis-address';
import type { KisToken } from '../../../src/kis/token/kis-token';
import { RedisKisTokenStore } from '../../../src/kis/token/redis/redis-kis-token.store';
import { RedisTokenRecords } from '../../../src/kis/token/redis/redis-records';
import { TokenCodec } from '../../../src/kis/token/token-codec';
import { TokenCipher } from '../../../src/kis/token/token-cipher';
import { RedisServer } from '../redis-server';
import { sampleCredential, sampleToken } from '../../../src/kis/testing/sample-tokens';

const POLICY = { bufferMs: 300_000, refreshLeadMs: 7_200_000, blackout: [], issueIntervalMs: 60_000 };
const DAY_MS = 86_400_000;

/** Programs over one redis-server. All of one test use the same keys; the next test has its own. */
export class RedisPrograms {
  readonly credential = sampleCredential();
  private readonly opened: KisRedis[] = [];
  private past: KisRedis | null = null;
  private prefixes = 0;

  private constructor(readonly server: RedisServer) {}

  static async start(): Promise<RedisPrograms> {
    return new RedisPrograms(await RedisServer.start());
  }

  async connect(): Promise<KisRedis> {
    const address = new RedisAddress({ url: this.server.url, keyPrefix: `test-${this.prefixes}:` });
    const redis = await KisRedis.open(address);
    this.opened.push(redis);
    return redis;
  }

  /** The store of one more program. */
  async another(clock: KisClock = new SystemKisClock(), keys = ''): Promise<RedisKisTokenStore> {
    return storeOver(new RedisTokenRecords(await this.connect()), clock, keys);
  }

  /** Runs a script past all stores. */
  async run(script: string, key: string, ...args: string[]): Promise<unknown> {
    this.past ??= await this.connect();
    return this.past.run(script, [key], ...args);
  }

  keyOf(what: string): string {
    return `test-${this.prefixes}:{${this.credential.id}}:${what}`;
  }

  /** A token issued now: Redis forgets those that ended long ago. */
  token(generation = 1): KisToken {
    const issuedAt = new SystemKisClock().now();
    return sampleToken(this.credential, { generation, issuedAt, expiresAt: issuedAt + DAY_MS });
  }

  /** After each test. */
  end(): void {
    this.past = null;
    for (const redis of this.opened.splice(0)) redis.onApplicationShutdown();
    this.prefixes += 1;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

export function storeOver(records: RedisTokenRecords, clock: KisClock, keys = ''): RedisKisTokenStore {
  return new RedisKisTokenStore(records, new TokenCodec(POLICY, new TokenCipher(keys)), clock);
}

/** Tries again for at most five seconds; rejects with the last failure. */
export async function untilWorks(attempt: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await new SystemKisClock().sleep(50);
    }
  }
}
