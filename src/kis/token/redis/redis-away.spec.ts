import { SystemKisClock } from '../../clock';
import { KisRedis } from '../../redis/kis-redis';
import { RedisAddress } from '../../redis/redis-address';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { RedisPrograms, storeOver, untilWorks } from '../../../../test/support/kis/redis-programs';
import { describeWithRedis, RedisServer } from '../../../../test/support/redis-server';
import { sampleCredential } from '../../testing/sample-tokens';
import type { RedisKisTokenStore } from './redis-kis-token.store';
import { RedisTokenRecords } from './redis-records';

describeWithRedis('RedisKisTokenStore, when Redis comes and goes,', () => {
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

  it('announces a new token to other programs, and that they may have missed one while Redis was unavailable', async () => {
    const heard: (string | null)[] = [];
    const [store, listener] = [await programs.another(), await programs.another()];
    listener.watch((id) => heard.push(id));
    await told(store, heard, 1);
    await programs.server.restart();
    await told(store, heard, 2);
    expect(heard.filter((each) => each !== null && each !== credential.id)).toEqual([]);
    expect(heard.indexOf(null)).toBeGreaterThan(heard.indexOf(credential.id));
    expect(heard.lastIndexOf(credential.id)).toBeGreaterThan(heard.indexOf(null));
  });

  it('fails at once while Redis is away, and works again when it is back', async () => {
    const store = await programs.another();
    await store.save(credential, programs.token());
    await programs.server.kill();
    await expect(store.read(credential)).rejects.toThrow(/^Redis at 127\.0\.0\.1:\d+ cannot be used/);
    const began = performance.now();
    for (let call = 0; call < 20; call += 1) {
      await expect(store.read(credential)).rejects.toThrow(
        'Check that it runs and that the option "redis" is right',
      );
    }
    expect(performance.now() - began).toBeLessThan(10_000);
    await programs.server.restart();
    await untilWorks(() => store.save(credential, programs.token()));
    expect(warnings.take()).toEqual([
      expect.stringMatching(/^Redis at \S+ cannot be used \(the connection was lost\)/),
    ]);
  });

  it('gives up on a Redis that does not answer, and waits for it only once', async () => {
    const store = await programs.another();
    programs.server.pause();
    await expect(store.read(credential)).rejects.toThrow('no answer for 1000 ms');
    const began = performance.now();
    for (let call = 0; call < 20; call += 1)
      await expect(store.read(credential)).rejects.toThrow('cannot be used');
    // With a wait at each of them it would be twenty seconds.
    expect(performance.now() - began).toBeLessThan(10_000);
    programs.server.resume();
    await untilWorks(() => store.probe());
  });

  it('opens without Redis, and works as soon as it is there', async () => {
    await programs.server.kill();
    const store = await programs.another();
    await expect(store.probe()).rejects.toThrow('cannot be used');
    await programs.server.restart();
    await untilWorks(() => store.probe());
  });

  it('reports at the start when Redis cannot be written to', async () => {
    const replica = await RedisServer.start({ args: ['--replicaof', '127.0.0.1', '1'] });
    const redis = await KisRedis.open(new RedisAddress({ url: replica.url }));
    const store = storeOver(new RedisTokenRecords(redis), new SystemKisClock());
    await expect(store.probe()).rejects.toThrow('READONLY');
    redis.onApplicationShutdown();
    await replica.stop();
  });

  async function told(
    store: RedisKisTokenStore,
    heard: (string | null)[],
    generation: number,
  ): Promise<void> {
    const told = (): number => heard.filter((each) => each !== null).length;
    const before = told();
    await untilWorks(async () => {
      await store.save(credential, programs.token(generation));
      if (told() === before) throw new Error('nothing was heard yet');
    });
  }
});
