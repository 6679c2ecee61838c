import fc from 'fast-check';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { ManualKisClock } from '../../testing/manual-clock';
import { RedisPrograms, storeOver } from '../../../../test/support/kis/redis-programs';
import { describeWithRedis } from '../../../../test/support/redis-server';
import { sampleCredential } from '../../testing/sample-tokens';
import { LONGEST_CLAIM_MS } from '../claim-codec';
import type { ClaimRequest } from '../claim-rules';
import type { RedisKisTokenStore } from './redis-kis-token.store';
import { RedisTokenRecords } from './redis-records';

const YEAR_5000 = Date.parse('5000-01-01T00:00:00Z');

describeWithRedis('RedisKisTokenStore, when others have written under its keys,', () => {
  const warnings = new CapturedWarnings();
  const credential = sampleCredential();
  let programs: RedisPrograms;
  let clock: ManualKisClock;
  let store: RedisKisTokenStore;

  beforeAll(async () => {
    programs = await RedisPrograms.start();
  });

  beforeEach(async () => {
    clock = new ManualKisClock();
    store = await open();
    warnings.take();
  });

  afterEach(() => {
    programs.end();
  });

  afterAll(() => programs.stop());

  async function open(): Promise<RedisKisTokenStore> {
    const now = (): string => `local now = ${clock.monotonic()}`;
    return storeOver(new RedisTokenRecords(await programs.connect(), now), clock);
  }

  const put = (command: string, what: 'token' | 'claim', ...args: string[]): Promise<unknown> =>
    programs.run(
      `return redis.call('${command}', KEYS[1]${args.map((each) => `, '${each}'`).join('')})`,
      programs.keyOf(what),
    );

  const request = (change: Partial<ClaimRequest> = {}): ClaimRequest => ({
    owner: 'owner',
    holdMs: 5000,
    above: 0,
    at: 0,
    replaces: false,
    ...change,
  });

  it.each([
    ['token', 20_000_000, `return redis.call('SETRANGE', KEYS[1], ARGV[1], 'x')`],
    ['claim', 2_000_000, `return redis.call('HSET', KEYS[1], 'record', string.rep('x', tonumber(ARGV[1])))`],
  ] as const)('does not fetch a %s of %i bytes', async (what, bytes, script) => {
    const sent = async (): Promise<number> => {
      const count = `return string.match(redis.call('INFO', 'stats'), 'total_net_output_bytes:(%d+)')`;
      return Number(await programs.run(count, 'x'));
    };
    await programs.run(script, programs.keyOf(what), String(bytes));
    const before = await sent();
    const absence = what === 'token' ? 'damaged' : 'missing';
    expect(await store.read(credential)).toMatchObject({ token: null, absence });
    await expect(store.save(credential, programs.token())).resolves.toBe('saved');
    expect((await store.read(credential)).token?.generation).toBe(1);
    expect((await sent()) - before).toBeLessThan(100_000);
  });

  it('does not obey a claim until the year 5000', async () => {
    await store.claim(credential, request());
    await put('HSET', 'claim', 'until', String(YEAR_5000));
    expect((await store.read(credential)).remainingMs).toBe(LONGEST_CLAIM_MS);
    expect((await store.claim(credential, request())).won).toBe(false);
    await clock.advance(LONGEST_CLAIM_MS);
    expect((await store.claim(credential, request())).won).toBe(true);
  });

  it.each(['nan', '-nan', 'inf', '1e999', 'tomorrow', '0x', 'x'.repeat(100_000)])(
    'waits a while, and not longer, for a claim that ends at %.20s',
    async (until) => {
      await store.claim(credential, request());
      await put('HSET', 'claim', 'until', until);
      const lost = await store.claim(credential, request());
      expect(lost.won).toBe(false);
      expect(lost.remainingMs).toBeGreaterThan(0);
      await clock.advance(lost.remainingMs);
      expect((await store.claim(credential, request())).won).toBe(true);
    },
  );

  it.each([
    ['RPUSH', ['x']],
    ['SADD', ['x']],
    ['ZADD', ['1', 'x']],
    ['XADD', ['*', 'x', 'x']],
    ['HSET', ['x', 'x']],
    ['SET', ['x']],
  ] as const)('replaces what %s has put there, as far as it is not its own', async (command, args) => {
    await put(command, 'token', ...args);
    await put(command, 'claim', ...args);
    expect(await store.read(credential)).toMatchObject({ token: null, absence: 'damaged' });
    const first = await store.claim(credential, request());
    // Nobody knows what stood there before: it may have been a claim.
    if (command !== 'HSET') expect(first.won).toBe(false);
    await clock.advance(first.remainingMs);
    expect((await store.claim(credential, request())).won).toBe(true);
    await store.save(credential, programs.token());
    await store.reject(credential, 'f');
    expect(await store.read(credential)).toMatchObject({
      token: { generation: 1 },
      claim: { rejected: 'f', open: true },
    });
  });

  it('never fails over what is in a record, and takes nothing from it that cannot be', async () => {
    const numbers = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(1e308, 2 ** 53, -1), fc.string());
    const record = fc.record(
      {
        generation: numbers,
        owner: fc.oneof(fc.string(), fc.integer(), fc.string({ minLength: 300, maxLength: 400 })),
        attemptAt: numbers,
        open: fc.oneof(fc.boolean(), fc.string()),
        failures: numbers,
        lastError: fc.oneof(fc.object(), fc.constant(null), fc.string()),
        cooldownMs: numbers,
        rejected: fc.oneof(fc.string(), fc.constant(null), fc.integer()),
        issuedToday: numbers,
        __proto__: fc.anything(),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      record.map((each) => JSON.stringify(each)),
      fc.json(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(text, async (written) => {
        const [write, keys] = [
          `return redis.call('HSET', KEYS[1], 'record', ARGV[1])`,
          programs.keyOf('claim'),
        ];
        await programs.run(write, keys, written);
        const { claim } = await store.read(credential);
        expect(Number.isSafeInteger(claim.generation + 1)).toBe(true);
        expect(typeof claim.owner).toBe('string');
        expect(Number.isFinite(claim.attemptAt)).toBe(true);
        const won = await store.claim(credential, request());
        expect(won.won).toBe(true);
        expect(won.claim.generation).toBeGreaterThan(claim.generation);
        await store.settle(credential, won.claim, { cooldownMs: 0, failure: null });
      }),
      { numRuns: 200 },
    );
  });
});
