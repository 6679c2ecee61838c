import { KisRedis } from '../../redis/kis-redis';
import { RedisAddress } from '../../redis/redis-address';
import { ManualKisClock } from '../../testing/manual-clock';
import { describePermitLog } from './permit-log.contract';
import { describeWithRedis, RedisServer } from '../../../../test/support/redis-server';
import { sampleCredential } from '../../testing/sample-tokens';
import { paceOf } from './pace';
import { RedisPermitLog } from './redis-permit-log';

describeWithRedis('with a real Redis:', () => {
  const credential = sampleCredential();
  const pace = paceOf(2);
  let server: RedisServer;
  let prefixes = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  afterAll(async () => {
    await server.stop();
  });

  function connect(): Promise<KisRedis> {
    prefixes += 1;
    return KisRedis.open(new RedisAddress({ url: server.url, keyPrefix: `test-${prefixes}:` }));
  }

  describePermitLog('RedisPermitLog', async (clock) => {
    const redis = await connect();
    const now = (): string => `local now = ${clock.monotonic()}`;
    const open = (): RedisPermitLog => new RedisPermitLog(redis, clock, now);
    const close = (): Promise<void> => {
      redis.onApplicationShutdown();
      return Promise.resolve();
    };
    return { log: open(), another: open, close };
  });

  describe('RedisPermitLog', () => {
    let redis: KisRedis;

    beforeEach(async () => {
      redis = await connect();
    });

    afterEach(() => {
      redis.onApplicationShutdown();
    });

    const request = { owner: 'one', wanted: ['one.1', 'one.2'], answered: [] };

    /** A clock by which the first so many answers take long. */
    function slowFor(answers: number): ManualKisClock {
      const clock = new ManualKisClock();
      let readings = 0;
      jest.spyOn(clock, 'monotonic').mockImplementation(() => {
        readings += 1;
        return 1000 * Math.min(readings, 2 * answers);
      });
      return clock;
    }

    it("counts by the server's clock", async () => {
      const logs = [
        new RedisPermitLog(redis, new ManualKisClock()),
        new RedisPermitLog(redis, new ManualKisClock()),
      ];

      const [first, second] = await Promise.all(
        logs.map((log, index) =>
          log.look(credential, pace, { ...request, wanted: [`${index}.1`, `${index}.2`] }),
        ),
      );

      expect(first).toEqual({ given: 2, waitMs: 0, sharers: 1 });
      expect(second).toMatchObject({ given: 0, sharers: 1 });
      expect(second?.waitMs).toBeGreaterThan(0);
      expect(second?.waitMs).toBeLessThanOrEqual(1005);
    });

    it('returns permits that came too late, and requests again', async () => {
      const log = new RedisPermitLog(redis, slowFor(1));

      expect(await log.look(credential, pace, request)).toMatchObject({ given: 2 });
      expect(await log.look(credential, pace, { ...request, wanted: ['one.3'] })).toMatchObject({ given: 0 });
    });

    it('fails when it is too slow a second time', async () => {
      const log = new RedisPermitLog(redis, slowFor(2));

      await expect(log.look(credential, pace, request)).rejects.toThrow(/does not answer in time/);
    });

    it.each([
      ['a text', `redis.call('SET', KEYS[1], 'x')`],
      ['a list', `redis.call('RPUSH', KEYS[1], 'x')`],
      ['entries of the year 5000', `redis.call('ZADD', KEYS[1], 95617584000000, 'x', '+inf', 'y')`],
      ['waiting orders of the year 5000', `redis.call('HSET', KEYS[1], 'x', '9 95617584000000', 'y', 'z')`],
    ])('gives permits again soon after somebody has put %s under its keys', async (_what, script) => {
      for (const what of ['pace', 'pace-sharers', 'pace-orders']) {
        await redis.run(script, [redis.keyFor(credential, what)]);
      }
      const log = new RedisPermitLog(redis, new ManualKisClock());
      const until = performance.now() + 5000;
      let answer = await log.look(credential, pace, request);
      while (answer.given < 2 && performance.now() < until) {
        answer = await log.look(credential, pace, { ...request, wanted: ['one.1', 'one.2'] });
      }

      expect(answer).toEqual({ given: 2, waitMs: 0, sharers: 1 });
    });

    it('leaves no key in Redis that does not expire', async () => {
      await new RedisPermitLog(redis, new ManualKisClock()).look(credential, pace, { ...request, urgent: 3 });

      const keys = ['pace', 'pace-sharers', 'pace-orders'].map((what) => redis.keyFor(credential, what));
      const left = await redis.run(
        "return { redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[2]), redis.call('PTTL', KEYS[3]) }",
        keys,
      );

      for (const ms of left as number[]) expect(ms).toBeGreaterThan(0);
    });
  });
});
