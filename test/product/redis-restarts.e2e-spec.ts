import { setTimeout } from 'node:timers/promises';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { Product, type Home } from '../support/product';

const BALANCE = '/api/accounts/main/balance';
const TOKEN = '/api/tokens/main';

interface TokenStatus {
  readonly source: string;
  readonly issuedAt: string;
}

describeWithRedis('The built product on two machines with one Redis', () => {
  let simulator: Simulator;
  let redis: RedisServer;
  let machines: Product[];

  const start = (home?: Home): Promise<Product> =>
    Product.start({
      env: {
        ...brokerageEnv(simulator, 'MOCK'),
        // As many as are still counted together in Redis.
        KIS_REQUESTS_PER_SECOND: '100',
        KIS_TOKEN_STORE: 'redis',
        REDIS_URL: redis.url,
        KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '1',
      },
      ...(home && { home }),
    });

  beforeAll(async () => {
    const settings = { mockPerSecond: 500, issueIntervalSeconds: 0, sameTokenSeconds: 0 };
    simulator = await startSimulator({ mockPort: 0, realPort: 0, settings });
    redis = await RedisServer.start();
    machines = await Promise.all([start(), start()]);
    for (const machine of machines) expect((await machine.ask(BALANCE)).status).toBe(200);
  });

  afterAll(async () => {
    await Promise.all(machines.map((machine) => machine.stop()));
    await redis.stop();
    await simulator.stop();
  });

  const issues = (): number => simulator.requests.all.filter(({ path }) => path === '/oauth2/tokenP').length;

  async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = Date.now() + 5000;
    while (!(await isTrue())) {
      if (Date.now() > deadline) throw new Error(machines.map(({ stdout }) => stdout).join('\n'));
      await setTimeout(50);
    }
  }

  /** Calls without a pause while something happens; every answer must be whole. */
  async function whileCalling(happens: () => Promise<unknown>): Promise<void> {
    const running = happens().then(() => true);
    do {
      const answers = await Promise.all(machines.map((machine) => machine.ask(BALANCE)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    } while (!(await Promise.race([running, setTimeout(10, false)])));
  }

  it('answers every call while Redis restarts and loses everything, asks KIS for nothing, and says so once', async () => {
    await whileCalling(async () => {
      // What is asked of it now is under way when the connection breaks.
      redis.pause();
      await setTimeout(300);
      await redis.restart();
      // Until long after that would have timed out.
      await setTimeout(1300);
    });
    for (const machine of machines) {
      await machine.untilWritten('can be used again');
      const lines = machine.stdout.split('\n').filter((line) => /\[Redis\].* cannot be used/.test(line));
      expect(lines).toEqual([expect.stringContaining('The connection is retried until it works.')]);
    }
    expect(issues()).toBe(1);
  });

  it('passes a new token on at once after that restart', async () => {
    const [first, second] = machines as [Product, Product];
    await until(async () => (await first.ask(`${TOKEN}/refresh`, { method: 'POST' })).status === 200);
    const { issuedAt } = (await first.ask<TokenStatus>(TOKEN)).body;
    await until(async () => (await second.ask<TokenStatus>(TOKEN)).body.issuedAt === issuedAt);
    expect(issues()).toBe(2);
  });

  it('stays responsive while Redis hangs', async () => {
    redis.pause();
    const times: number[] = [];
    await whileCalling(async () => {
      const end = Date.now() + 1500;
      while (Date.now() < end) {
        const began = performance.now();
        for (const machine of machines) expect((await machine.ask('/health/live')).status).toBe(200);
        times.push(performance.now() - began);
        await setTimeout(50);
      }
    });
    redis.resume();
    times.sort((one, other) => one - other);
    expect(times[Math.floor(times.length / 2)]).toBeLessThan(300);
  });

  it('starts from its own file, and says so, when Redis is gone', async () => {
    await redis.kill();
    const [first] = machines as [Product, Product];
    await first.stop();
    machines[0] = await start(first.home);
    expect((await machines[0].ask(BALANCE)).status).toBe(200);
    expect((await machines[0].ask<TokenStatus>(TOKEN)).body).toMatchObject({ source: 'file' });
    expect(machines[0].stdout).toContain('cannot be used (ECONNREFUSED)');
    const before = issues();
    await redis.restart();
    await machines[0].untilWritten('can be used again');
    expect((await machines[0].ask(BALANCE)).status).toBe(200);
    expect(issues()).toBe(before);
  });
});
