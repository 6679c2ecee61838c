import { randomBytes } from 'node:crypto';
import { SystemKisClock, type KisClock } from '../../clock';
import { KisRedis } from '../../redis/kis-redis';
import { RedisAddress } from '../../redis/redis-address';
import { CapturedWarnings } from '../../testing/captured-warnings';
import { ManualKisClock } from '../../testing/manual-clock';
import { describeWithRedis, RedisServer } from '../../testing/redis-server';
import { sampleCredential, sampleToken } from '../../testing/sample-tokens';
import { describeKisTokenStore } from '../../testing/store-contract';
import type { ClaimRequest } from '../claim';
import type { KisToken } from '../kis-token';
import { TokenCodec } from '../token-codec';
import { TokenSeal } from '../token-seal';
import { RedisTokenRecords } from './redis-records';
import { RedisKisTokenStore } from './redis-kis-token.store';

const POLICY = { bufferMs: 300_000, refreshLeadMs: 7_200_000, blackout: [], issueIntervalMs: 60_000 };
const KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(32).toString('base64');
const HOUR_MS = 3_600_000;

describeWithRedis('with a real Redis:', () => {
  const warnings = new CapturedWarnings();
  const credential = sampleCredential();
  const opened: KisRedis[] = [];
  let server: RedisServer;
  let prefixes = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  beforeEach(() => {
    prefixes += 1;
    warnings.take();
  });

  afterEach(() => {
    for (const redis of opened.splice(0)) redis.onApplicationShutdown();
  });

  afterAll(async () => {
    await server.stop();
  });

  /** The connection of one program; all of one test use the same keys. */
  async function connect(): Promise<KisRedis> {
    const redis = await KisRedis.open(new RedisAddress({ url: server.url, keyPrefix: `test-${prefixes}:` }));
    opened.push(redis);
    return redis;
  }

  async function program(clock: KisClock = new SystemKisClock(), keys = ''): Promise<RedisKisTokenStore> {
    const codec = new TokenCodec(POLICY, new TokenSeal(keys));
    return new RedisKisTokenStore(new RedisTokenRecords(await connect()), codec, clock);
  }

  const token = (generation = 1): KisToken => {
    const issuedAt = Date.now();
    return sampleToken(credential, { generation, issuedAt, expiresAt: issuedAt + 24 * HOUR_MS });
  };
  const request = (change: Partial<ClaimRequest> = {}): ClaimRequest => ({
    owner: 'owner',
    holdMs: 5000,
    above: 0,
    at: 0,
    replaces: false,
    ...change,
  });
  const plain = (script: string, ...keys: string[]): Promise<unknown> =>
    connect().then((redis) => redis.run(script, keys));
  const keyOf = (what: string): string => `test-${prefixes}:{${credential.id}}:${what}`;

  describe.each([
    ['as they are', ''],
    ['encrypted', KEY],
  ])('tokens %s:', (_how, keys) => {
    describeKisTokenStore('RedisKisTokenStore', async (clock) => {
      const now = (): string => `local now = ${clock.monotonic()}`;
      const redis = [await connect(), await connect()] as const;
      const [store, another] = redis.map(
        (each) =>
          new RedisKisTokenStore(
            new RedisTokenRecords(each, now),
            new TokenCodec(POLICY, new TokenSeal(keys)),
            clock,
          ),
      ) as [RedisKisTokenStore, RedisKisTokenStore];
      return { store, another: () => another, close: () => Promise.resolve() };
    });
  });

  describe('RedisKisTokenStore', () => {
    it('counts the end of a claim by the clock of the server, however wrong those of the machines are', async () => {
      const slow = await program(new ManualKisClock('2020-01-01T00:00:00Z'));
      const fast = await program(new ManualKisClock('2040-01-01T00:00:00Z'));
      expect((await slow.claim(credential, request({ holdMs: 400 }))).won).toBe(true);
      const lost = await fast.claim(credential, request());
      expect(lost.won).toBe(false);
      expect(lost.remainingMs).toBeGreaterThan(0);
      expect(lost.remainingMs).toBeLessThanOrEqual(400);
      const began = Date.now();
      while (!(await fast.claim(credential, request())).won) expect(Date.now() - began).toBeLessThan(2000);
    });

    it('keeps the records of a credential together, and lets each of them end some day', async () => {
      const store = await program();
      await store.claim(credential, request());
      await store.save(credential, token());
      const [tokenMs, claimMs] = await Promise.all(
        ['token', 'claim'].map((what) => plain(`return redis.call('PTTL', KEYS[1])`, keyOf(what))),
      );
      expect(tokenMs).toBeGreaterThan(48 * HOUR_MS);
      expect(tokenMs).toBeLessThan(96 * HOUR_MS);
      expect(claimMs).toBeGreaterThan(90 * 24 * HOUR_MS);
    });

    it('tells other programs of a new token, and that they may have missed one while Redis was away', async () => {
      const heard: (string | null)[] = [];
      const [store, listener] = [await program(), await program()];
      listener.watch((id) => heard.push(id));
      await told(store, heard, 1);
      await server.restart();
      await told(store, heard, 2);
      expect(heard.filter((each) => each !== null && each !== credential.id)).toEqual([]);
      expect(heard.indexOf(null)).toBeGreaterThan(heard.indexOf(credential.id));
      expect(heard.lastIndexOf(credential.id)).toBeGreaterThan(heard.indexOf(null));
    });

    it.each([
      ['turned on', '', KEY, 'it was not encrypted, now it is'],
      ['turned off', KEY, `,${KEY}`, 'now it is not'],
      ['given another key', KEY, `${OTHER_KEY},${KEY}`, 'an older key'],
    ])(
      'keeps its token when encryption is %s, stores it anew once, and says so',
      async (_, before, now, why) => {
        const text = (): Promise<unknown> => plain(`return redis.call('GET', KEYS[1])`, keyOf('token'));
        await (await program(undefined, before)).save(credential, token());
        const store = await program(undefined, now);
        expect((await store.read(credential)).token).toEqual(expect.objectContaining({ generation: 1 }));
        expect(warnings.take()).toEqual([expect.stringContaining(why)]);
        const stored = await text();
        expect(String(stored).includes('AES-256-GCM')).toBe(!now.startsWith(','));
        // Where the key of before is not needed any more.
        const next = await program(undefined, now.split(',')[0]);
        expect((await next.read(credential)).token).toEqual(expect.objectContaining({ generation: 1 }));
        expect([await text(), warnings.take()]).toEqual([stored, []]);
      },
    );

    it.each([
      ['it cannot decrypt', 'sealed', 'KIS_TOKEN_ENCRYPTION_KEY is not set'],
      ['is damaged', 'damaged', 'not a whole JSON object'],
    ])('says once that a token %s, and takes the next one', async (_what, absence, words) => {
      const written = absence === 'sealed' ? await program(undefined, KEY) : null;
      if (written) await written.save(credential, token());
      else await plain(`return redis.call('SET', KEYS[1], '{ "half":')`, keyOf('token'));
      const store = await program();
      for (let look = 0; look < 2; look += 1) {
        await expect(store.read(credential)).resolves.toMatchObject({ token: null, absence });
      }
      expect(warnings.take()).toEqual([expect.stringContaining(words)]);
      await expect(store.save(credential, token(2))).resolves.toBe('saved');
      expect((await store.read(credential)).token?.generation).toBe(2);
    });

    it('obeys a claim whose record is damaged until it ends', async () => {
      const store = await program();
      await store.claim(credential, request());
      await plain(`return redis.call('HSET', KEYS[1], 'record', 'nonsense')`, keyOf('claim'));
      const again = await store.claim(credential, request());
      expect(again).toMatchObject({ won: false, claim: { open: true } });
    });

    it('fails at once while Redis is away, and works again when it is back', async () => {
      const store = await program();
      await store.save(credential, token());
      await server.kill();
      await expect(store.read(credential)).rejects.toThrow(/^Redis at 127\.0\.0\.1:\d+ cannot be used/);
      const began = performance.now();
      for (let call = 0; call < 20; call += 1) {
        await expect(store.read(credential)).rejects.toThrow(
          'Check that it runs and that REDIS_URL is right',
        );
      }
      expect(performance.now() - began).toBeLessThan(1000);
      await server.restart();
      await untilWorks(() => store.save(credential, token()));
      expect(warnings.take()).toEqual([
        expect.stringMatching(/^Redis at \S+ is away \(the connection was lost\)/),
      ]);
    });

    it('gives up on a Redis that does not answer, and waits for it only once', async () => {
      const store = await program();
      server.pause();
      const began = performance.now();
      await expect(store.read(credential)).rejects.toThrow('no answer for 1000 ms');
      await expect(store.read(credential)).rejects.toThrow('cannot be used');
      expect(performance.now() - began).toBeLessThan(2000);
      server.resume();
      await untilWorks(() => store.probe());
    });

    it('opens without Redis, and works as soon as it is there', async () => {
      await server.kill();
      const store = await program();
      await expect(store.probe()).rejects.toThrow('cannot be used');
      await server.restart();
      await untilWorks(() => store.probe());
    });

    it('says at the start when Redis may not be written to', async () => {
      const replica = await RedisServer.start({ args: ['--replicaof', '127.0.0.1', '1'] });
      const redis = await KisRedis.open(new RedisAddress({ url: replica.url }));
      const store = new RedisKisTokenStore(
        new RedisTokenRecords(redis),
        new TokenCodec(POLICY, new TokenSeal()),
        new SystemKisClock(),
      );
      await expect(store.probe()).rejects.toThrow('READONLY');
      redis.onApplicationShutdown();
      await replica.stop();
    });
  });

  async function told(
    store: RedisKisTokenStore,
    heard: (string | null)[],
    generation: number,
  ): Promise<void> {
    const told = (): number => heard.filter((each) => each !== null).length;
    const before = told();
    await untilWorks(async () => {
      await store.save(credential, token(generation));
      if (told() === before) throw new Error('nothing was heard yet');
    });
  }
});

/** Tries again for at most five seconds; rejects with the last failure. */
async function untilWorks(attempt: () => Promise<unknown>): Promise<void> {
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
