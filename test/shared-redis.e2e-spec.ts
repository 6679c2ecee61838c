import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithRedis, RedisServer } from './support/redis-server';
import { startSimulator, type Simulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory } from './support/running-api';

const KEY = randomBytes(32).toString('base64');
const PASSWORD = 'a-redis-password';

interface TokenBody {
  readonly status: string;
  readonly store: string;
  readonly source: string;
  readonly expiresAt: string;
  readonly filePath: string | null;
}

describeWithRedis('two APIs on two machines with one Redis and encrypted tokens', () => {
  let directories: Awaited<ReturnType<typeof temporaryDirectory>>[];
  let simulator: Simulator;
  let redis: RedisServer;
  let apis: RunningApi[];

  beforeAll(async () => {
    directories = [await temporaryDirectory(), await temporaryDirectory()];
    simulator = await startSimulator({ mockPort: 0, realPort: 0, settings: { mockPerSecond: 500 } });
    redis = await RedisServer.start({ args: ['--requirepass', PASSWORD] });
    const start = ({ path }: { path: string }): Promise<RunningApi> =>
      RunningApi.start({
        env: {
          ...brokerageEnv(simulator, 'MOCK', path),
          KIS_TOKEN_STORE: 'redis',
          REDIS_URL: redis.url.replace('//', `//:${PASSWORD}@`),
          KIS_TOKEN_ENCRYPTION_KEY: KEY,
        },
      });
    apis = await Promise.all(directories.map(start));
  });

  afterAll(async () => {
    await Promise.all(apis.map((api) => api.close()));
    await redis.stop();
    await simulator.stop();
    for (const directory of directories) directory.remove();
  });

  const statusOf = async (api: RunningApi): Promise<TokenBody> =>
    (await api.ask<TokenBody>('/api/tokens/main')).body;
  const asked = (): number => simulator.requests.all.filter(({ path }) => path === '/oauth2/tokenP').length;

  it('serve balances with one token request', async () => {
    const answers = await Promise.all(
      apis.flatMap((api) => Array.from({ length: 20 }, () => api.ask('/api/accounts/main/balance'))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(asked()).toBe(1);
  });

  it('show the same token, and where it is kept', async () => {
    const [first, second] = await Promise.all(apis.map(statusOf));
    expect(first).toMatchObject({ status: 'fresh', store: 'redis', filePath: null });
    expect(second?.expiresAt).toBe(first?.expiresAt);
    expect(new Set([first?.source, second?.source])).toEqual(new Set(['api', 'redis']));
  });

  it('keep it encrypted on both machines, and no secret in their logs', () => {
    for (const { path } of directories) {
      const file = readdirSync(path).find((name) => name.startsWith('token_')) ?? '';
      expect(readFileSync(join(path, file), 'utf8')).toContain('"encryption": "AES-256-GCM"');
    }
    for (const { log } of apis) {
      for (const secret of [KEY, PASSWORD]) expect(log.join('\n')).not.toContain(secret);
    }
  });

  it('go on while Redis is away, and say so once', async () => {
    await redis.kill();
    const answers = await Promise.all(apis.map((api) => api.ask('/api/accounts/main/balance')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await Promise.all(apis.map(async (api) => (await api.ask('/health/ready')).status))).toEqual([
      200, 200,
    ]);
    // Nest has one logger a process: the lines of both are in the log of one.
    const lines = apis
      .flatMap(({ log }) => log)
      .filter((line) => /\[Redis\] Redis at \S+ cannot be used/.test(line));
    expect(lines).toHaveLength(apis.length);
    expect(asked()).toBe(1);
  });
});
