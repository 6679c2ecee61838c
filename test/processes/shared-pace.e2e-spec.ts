import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KisConfiguration } from '../../src/kis';
import { SystemKisClock } from '../../src/kis/clock';
import { FilePermitLog } from '../../src/kis/http/pacing/file-permit-log';
import { LanedKisRequestPacer } from '../../src/kis/http/pacing/laned-kis-request-pacer';
import { PermitLog, type PermitAnswer } from '../../src/kis/http/pacing/permit-log';
import { accountAt } from '../support/kis/local-kis';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import type { CallingTask } from '../support/calling.worker';
import { CountingKis, type Stretch } from '../support/counting-kis';
import { WorkerHost, type Worker } from '../support/workers';

const LIMIT = 20;
const SECONDS = 4;
const ORDERS = 4;
/** The benchmark `pace` measures it exactly, on a machine that does nothing else. */
const NEARLY_ALL = 0.9;

/** Tells when the log knows of what was requested. */
class NotedOrders extends PermitLog {
  private note: () => void = () => undefined;

  constructor(private readonly log: FilePermitLog) {
    super();
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.note = resolve;
    });
  }

  async look(...question: Parameters<PermitLog['look']>): Promise<PermitAnswer> {
    const answer = await this.log.look(...question);
    this.note();
    return answer;
  }

  close(): void {
    this.log.onApplicationShutdown();
  }
}

describe('one pace for all processes', () => {
  let workerHost: WorkerHost;
  let kis: CountingKis;
  let baseUrl: string;
  let appKey: string;
  let base: string;

  beforeAll(() => {
    workerHost = new WorkerHost();
  });

  afterAll(async () => {
    await workerHost.close();
  });

  beforeEach(async () => {
    kis = new CountingKis();
    baseUrl = await kis.open();
    appKey = `PS${randomBytes(17).toString('hex')}`;
    base = mkdtempSync(join(tmpdir(), 'kis-pace-'));
  });

  afterEach(async () => {
    await Promise.all([...workersByName.values()].map((worker) => worker.kill()));
    workersByName.clear();
    await kis.close();
    rmSync(base, { recursive: true });
  });

  const workersByName = new Map<string, Worker>();

  /** Programs that would call far oftener than allowed, and are all at it. */
  async function hire(
    names: readonly string[],
    directoryOf: (name: string) => string,
    { redisUrl, limit = LIMIT, lines = LIMIT }: { redisUrl?: string; limit?: number; lines?: number } = {},
  ) {
    const account = {
      mode: 'MOCK',
      appKey,
      appSecret: 'secret',
      accountNumber: '50112345',
      baseUrl,
    } as const;
    for (const name of names) {
      const task: CallingTask = {
        kis: {
          accounts: [{ ...account, requestsPerSecond: limit }],
          tokenStore: redisUrl === undefined ? 'file' : 'redis',
          tokenDir: join(base, directoryOf(name)),
        },
        redisUrl: redisUrl ?? null,
        name,
        lines,
      };
      workersByName.set(name, workerHost.start('calling.worker', task));
    }
    await kis.allCalled(names);
    // The first call of a process loads modules and connects. On a busy machine that takes longer than a permit allows for,
    // and then the call is one too many.
    kis.forget();
  }

  const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

  /**
   * Expects several seconds in which no second exceeds the limit and nearly all of it is used. Another program may keep
   * this machine busy: that slows calls down, so one good stretch among several is asked for. A call that is on its way
   * for longer than a permit allows for arrives in a second in which it is one too many; that happens rarely.
   */
  async function expectOnePace(): Promise<void> {
    const stretches: Stretch[] = [];
    const exceeding = (): Stretch[] => stretches.filter(({ busiestSecond }) => busiestSecond > LIMIT);
    while (stretches.length < 8 && exceeding().length < 3) {
      const stretch = await kis.stretch(LIMIT, SECONDS);
      if (stretch.usage >= NEARLY_ALL && stretch.busiestSecond <= LIMIT) return;
      stretches.push(stretch);
    }
    throw new Error(`This is not one pace: ${JSON.stringify(stretches)}`);
  }

  /**
   * Orders of this process, one after another, each with as many reads of others in between as may have had their permits
   * before. A machine that stands still for half a second lets reads go first: the best of several rows counts.
   */
  async function ordersFirstInARow(tokenDir: string): Promise<number> {
    const accounts = [accountAt(baseUrl, { appKey, requestsPerSecond: 1 })];
    const configuration = new KisConfiguration({ accounts, tokenDir });
    const clock = new SystemKisClock();
    const log = new NotedOrders(new FilePermitLog(tokenDir, clock));
    const pacer = new LanedKisRequestPacer(configuration, log, clock);
    let row = 0;
    try {
      for (let order = 0; order < 5 * ORDERS && row < ORDERS; order += 1) {
        const noted = log.next();
        const taking = pacer.acquire(configuration.account().credential, undefined, true);
        await Promise.race([noted, taking]);
        const before = kis.arrivals.length;
        (await taking).answered();
        row = kis.arrivals.length - before <= 1 ? row + 1 : 0;
      }
    } finally {
      log.close();
    }
    return row;
  }

  describe.each([4, 8])('%i of them over one directory', (count) => {
    it('never exceed the limit in any second and use nearly all of it', async () => {
      const names = namesOf(count);
      await hire(names, () => 'tokens');

      await expectOnePace();
      await kis.allCalled(names);
    });
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'leaves the share of one to the others after %s',
    async (signal) => {
      const [first = '', ...others] = namesOf(4);
      await hire([first, ...others], () => 'tokens');

      workersByName.get(first)?.signal(signal);
      await kis.allCalled(others);
      await expectOnePace();
    },
  );

  it('grants an order of one process the next permit, while others read as fast as they may', async () => {
    const names = namesOf(2);
    await hire(names, () => 'tokens', { limit: 1, lines: 2 });

    expect(await ordersFirstInARow(join(base, 'tokens'))).toBe(ORDERS);
  });

  describeWithRedis('over a Redis', () => {
    let redis: RedisServer;

    beforeEach(async () => {
      redis = await RedisServer.start();
    });

    afterEach(async () => {
      await redis.stop();
    });

    it('is kept by several machines, each with its own directory', async () => {
      const names = namesOf(6);
      await hire(names, (name) => `machine-${Number(name.slice(1)) % 3}`, { redisUrl: redis.url });

      await expectOnePace();
      await kis.allCalled(names);
    });

    it('becomes a share for each while Redis is away, and one pace again when it is back', async () => {
      const names = namesOf(4);
      await hire(names, (name) => name, { redisUrl: redis.url });
      await kis.usage(LIMIT, 2);

      await redis.kill();
      await kis.allCalled(names);
      await expectOnePace();

      await redis.restart();
      await kis.usage(LIMIT, SECONDS);
      for (const name of names.slice(1)) await workersByName.get(name)?.kill();
      // What one program alone may do when its share is the whole again. That no second of the loss and the return exceeds
      // the limit is shown in virtual time, by shared-pace.spec.
      await expectOnePace();
    });
  });
});
