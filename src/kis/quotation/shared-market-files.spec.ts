import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithRedis, RedisServer } from '../../../test/support/redis-server';
import { SystemKisClock } from '../clock';
import { KisRedis } from '../redis/kis-redis';
import { RedisAddress } from '../redis/redis-address';
import { SharedMarketFiles } from './state-files';

describeWithRedis('market records of several machines', () => {
  let server: RedisServer;
  let directories: string[];
  let connections: KisRedis[];
  let machines: SharedMarketFiles[];

  beforeEach(async () => {
    server = await RedisServer.start();
    // No time limit passes, so that a busy machine is not taken for a Redis or a disk that is away.
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date', 'hrtime'],
    });
    directories = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'kis-market-')));
    connections = await Promise.all(
      directories.map(() => KisRedis.open(new RedisAddress({ url: server.url }), new SystemKisClock())),
    );
    machines = connections.map(
      (redis, index) =>
        new SharedMarketFiles(redis, directories[index] ?? '', 'KIS_STATE_DIR', new SystemKisClock()),
    );
  });

  afterEach(async () => {
    jest.useRealTimers();
    for (const machine of machines) machine.onApplicationShutdown();
    for (const redis of connections) redis.onApplicationShutdown();
    await server.stop();
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });

  /** As the calendar does: whoever finds that nobody has asked today asks. */
  const claim = (machine: SharedMarketFiles): Promise<string | null> =>
    machine.updateRecord('calendar', (found) => (found === 'today' ? null : 'today'));

  it('are claimed by one of them', async () => {
    const claims = [...machines, ...machines, ...machines].map(claim);
    expect((await Promise.all(claims)).filter((found) => found !== 'today')).toEqual([null]);
  });

  it('are those of each machine while Redis is away', async () => {
    await server.stop();
    expect(await Promise.all(machines.map(claim))).toEqual([null, null]);
    expect(await Promise.all(machines.map(claim))).toEqual(['today', 'today']);
  });
});
