import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import type { ProgramSetting } from '../support/program';
import { done, Programs } from '../support/programs';
import type { Worker } from '../support/workers';

const MACHINES = 3;
const PROCESSES_EACH = 2;
const CALLERS = 200;
const ADOPTED_WITHIN_MS = 3000;

describeWithRedis(`${MACHINES} machines with directories of their own and one Redis`, () => {
  const base = mkdtempSync(join(tmpdir(), 'kis-machines-'));
  let redis: RedisServer;
  let programs: Programs;
  let workers: readonly Worker[];

  beforeAll(async () => {
    redis = await RedisServer.start();
    const settings = { tokenLatencyMs: 300, issueIntervalSeconds: 1, sameTokenSeconds: 0 };
    programs = await Programs.at({ settings });
    const machines = Array.from({ length: MACHINES * PROCESSES_EACH }, (_, index) => index % MACHINES);
    workers = await programs.start(machines.map(settingOf));
  });

  afterAll(async () => {
    await programs.close();
    await redis.stop();
    rmSync(base, { recursive: true });
  });

  /** The job looks so rarely that nothing but the announcement can tell of a new token in time. */
  function settingOf(machine: number): ProgramSetting {
    const tokenDir = join(base, `machine${machine}`);
    const often = { issueIntervalSeconds: 1, sweepSeconds: 60, scheduledRefresh: false };
    const kis = { accounts: [programs.account], tokenStore: 'redis', tokenDir, ...often } as const;
    return { kis, redisUrl: redis.url };
  }

  async function tokenOf(worker: Worker | undefined): Promise<string | undefined> {
    return (await done(worker, { getToken: 1 })).tokens[0];
  }

  it('send one token request, and every caller is answered', async () => {
    const reports = await Promise.all(workers.map((worker) => done(worker, { getToken: CALLERS })));
    const [token] = reports[0]?.tokens ?? [];
    expect(reports).toEqual(reports.map(() => ({ done: CALLERS, tokens: [token], failures: {} })));
    expect(programs.issues).toBe(1);
  });

  it('use a new token of one of them within a second', async () => {
    const [first, ...others] = workers;
    await done(first, { coolDown: true });
    expect(await done(first, { refresh: true })).toMatchObject({ done: 1 });
    const at = performance.now();
    const token = await tokenOf(first);
    const adoptedAfterMs = await Promise.all(
      others.map(async (other) => {
        while ((await tokenOf(other)) !== token);
        return performance.now() - at;
      }),
    );
    expect(Math.max(...adoptedAfterMs)).toBeLessThan(ADOPTED_WITHIN_MS);
    expect(programs.issues).toBe(2);
  });
});
