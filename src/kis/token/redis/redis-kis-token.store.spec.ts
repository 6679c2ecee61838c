import { randomBytes } from 'node:crypto';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { SystemKisClock } from '../../clock';
import { ManualKisClock } from '../../testing/manual-clock';
import { RedisPrograms, storeOver } from '../../../../test/support/kis/redis-programs';
import { describeWithRedis } from '../../../../test/support/redis-server';
import { sampleCredential } from '../../testing/sample-tokens';
import { describeKisTokenStore } from '../kis-token.store.contract';
import type { ClaimRequest } from '../claim-rules';
import type { RedisKisTokenStore } from './redis-kis-token.store';
import { RedisTokenRecords } from './redis-records';

const KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(32).toString('base64');
const HOUR_MS = 3_600_000;

describeWithRedis('with a real Redis:', () => {
  const warnings = new CapturedWarnings();
  const credential = sampleCredential();
  let programs: RedisPrograms;

  beforeAll(async () => {
    programs = await RedisPrograms.start();
  });

  afterEach(() => {
    programs.end();
  });

  afterAll(() => programs.stop());

  beforeEach(() => {
    warnings.take();
  });

  const request = (change: Partial<ClaimRequest> = {}): ClaimRequest => ({
    owner: 'owner',
    holdMs: 5000,
    above: 0,
    at: 0,
    replaces: false,
    ...change,
  });

  describe.each([
    ['as they are', ''],
    ['encrypted', KEY],
  ])('tokens %s:', (_how, keys) => {
    describeKisTokenStore('RedisKisTokenStore', async (clock) => {
      const now = (): string => `local now = ${clock.monotonic()}`;
      const redis = [await programs.connect(), await programs.connect()] as const;
      const [store, another] = redis.map((each) =>
        storeOver(new RedisTokenRecords(each, now), clock, keys),
      ) as [RedisKisTokenStore, RedisKisTokenStore];
      return { store, another: () => another, close: () => Promise.resolve() };
    });
  });

  describe('RedisKisTokenStore', () => {
    it('counts the end of a claim by the clock of the server, however wrong those of the machines are', async () => {
      const slow = await programs.another(new ManualKisClock('2020-01-01T00:00:00Z'));
      const fast = await programs.another(new ManualKisClock('2040-01-01T00:00:00Z'));
      expect((await slow.claim(credential, request({ holdMs: 1500 }))).won).toBe(true);
      const lost = await fast.claim(credential, request());
      expect(lost.won).toBe(false);
      expect(lost.remainingMs).toBeGreaterThan(0);
      expect(lost.remainingMs).toBeLessThanOrEqual(1500);
      const began = Date.now();
      while (!(await fast.claim(credential, request())).won) expect(Date.now() - began).toBeLessThan(10_000);
    });

    it('does not store a token that was deleted after the store was read for it', async () => {
      const other = await programs.another();
      const records = new RedisTokenRecords(await programs.connect());
      const store = storeOver(records, new SystemKisClock());
      const { claim } = await store.claim(credential, request());
      const swap = records.swapToken.bind(records);
      jest.spyOn(records, 'swapToken').mockImplementationOnce(async (...change) => {
        await other.remove(credential);
        return swap(...change);
      });
      await expect(store.save(credential, programs.token(claim.generation))).resolves.toBe('superseded');
      expect((await other.read(credential)).token).toBeNull();
    });

    it('does not delete a token that was stored after the deletion was recorded', async () => {
      const other = await programs.another();
      const records = new RedisTokenRecords(await programs.connect());
      const store = storeOver(records, new SystemKisClock());
      const first = await store.claim(credential, request({ holdMs: 0 }));
      await store.save(credential, programs.token(first.claim.generation));
      const remove = records.removeToken.bind(records);
      jest.spyOn(records, 'removeToken').mockImplementationOnce(async (...removal) => {
        const next = await other.claim(credential, request());
        await other.save(credential, programs.token(next.claim.generation));
        return remove(...removal);
      });
      await store.remove(credential);
      const { token, claim } = await other.read(credential);
      expect([token?.generation, claim.deletedGeneration]).toEqual([2, 1]);
    });

    it('keeps the records of a credential together, each with an expiry', async () => {
      const store = await programs.another();
      await store.claim(credential, request());
      await store.save(credential, programs.token());
      const [tokenMs, claimMs] = await Promise.all(
        ['token', 'claim'].map((what) =>
          programs.run(`return redis.call('PTTL', KEYS[1])`, programs.keyOf(what)),
        ),
      );
      expect(tokenMs).toBeGreaterThan(48 * HOUR_MS);
      expect(tokenMs).toBeLessThan(96 * HOUR_MS);
      expect(claimMs).toBeGreaterThan(90 * 24 * HOUR_MS);
    });

    it.each([
      ['turned on', '', KEY, 'it was not encrypted, now it is'],
      ['turned off', KEY, `,${KEY}`, 'now it is not'],
      ['given another key', KEY, `${OTHER_KEY},${KEY}`, 'an older key'],
    ])(
      'keeps its token when encryption is %s, stores it again once, and logs that',
      async (_, before, now, why) => {
        const text = (): Promise<unknown> =>
          programs.run(`return redis.call('GET', KEYS[1])`, programs.keyOf('token'));
        await (await programs.another(undefined, before)).save(credential, programs.token());
        const store = await programs.another(undefined, now);
        expect((await store.read(credential)).token).toEqual(expect.objectContaining({ generation: 1 }));
        expect(warnings.take()).toEqual([expect.stringContaining(why)]);
        const stored = await text();
        expect(String(stored).includes('AES-256-GCM')).toBe(!now.startsWith(','));
        // Where the key of before is not needed any more.
        const next = await programs.another(undefined, now.split(',')[0]);
        expect((await next.read(credential)).token).toEqual(expect.objectContaining({ generation: 1 }));
        expect([await text(), warnings.take()]).toEqual([stored, []]);
      },
    );

    it.each([
      ['it cannot decrypt', 'undecryptable', 'the option "tokenCipher" is not set'],
      ['is damaged', 'damaged', 'not a whole JSON object'],
    ])('says once that a token %s, and takes the next one', async (_what, absence, words) => {
      const written = absence === 'undecryptable' ? await programs.another(undefined, KEY) : null;
      if (written) await written.save(credential, programs.token());
      else await programs.run(`return redis.call('SET', KEYS[1], '{ "half":')`, programs.keyOf('token'));
      const store = await programs.another();
      for (let look = 0; look < 2; look += 1) {
        await expect(store.read(credential)).resolves.toMatchObject({ token: null, absence });
      }
      expect(warnings.take()).toEqual([expect.stringContaining(words)]);
      await expect(store.save(credential, programs.token(2))).resolves.toBe('saved');
      expect((await store.read(credential)).token?.generation).toBe(2);
    });

    it('obeys a claim whose record is damaged until it ends', async () => {
      const store = await programs.another();
      await store.claim(credential, request());
      await programs.run(`return redis.call('HSET', KEYS[1], 'record', 'nonsense')`, programs.keyOf('claim'));
      const again = await store.claim(credential, request());
      expect(again).toMatchObject({ won: false, claim: { open: true }, assumed: true });
    });
  });
});
