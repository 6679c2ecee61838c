import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FixedKisRandom } from '../../testing/manual-clock';
import { SystemKisClock } from '../../clock';
import { KisConfiguration } from '../../kis.options';
import { KisRedis } from '../../redis/kis-redis';
import { RedisAddress } from '../../redis/redis-address';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { ModelKis } from '../../../../test/support/kis/model-kis';
import { describeWithRedis, RedisServer } from '../../../../test/support/redis-server';
import { FIXTURE_ACCOUNT } from '../../../../test/support/kis/token-service-fixture';
import { ReplicatedTokenStore } from '../replicated-token.store';
import { FileKisTokenStore } from '../file/file-kis-token.store';
import type { KisToken } from '../kis-token';
import { KisTokenService } from '../kis-token.service';
import { TokenCodec } from '../token-codec';
import { RedisTokenRecords } from './redis-records';
import { RedisKisTokenStore } from './redis-kis-token.store';

const CALLERS = 200;
const DAY_MS = 86_400_000;
/** By then every process has the new token. */
const REPORTED_WITHIN_MS = 3000;

describeWithRedis('several machines with one Redis', () => {
  const clock = new SystemKisClock();
  const configuration = new KisConfiguration({
    accounts: [FIXTURE_ACCOUNT],
    refreshBlackout: '',
    issueIntervalSeconds: 1,
  });
  const { tokenPolicy } = configuration;
  const warnings = new CapturedWarnings();
  let server: RedisServer;
  let kis: ModelKis;
  let machines: string[];
  let connections: KisRedis[];
  let started: KisTokenService[];

  beforeEach(async () => {
    warnings.take();
    server = await RedisServer.start();
    kis = new ModelKis(clock, () => Date.now());
    kis.intervalMs = 1000;
    kis.sameTokenMs = 0;
    connections = [];
    started = [];
    machines = ['a', 'b', 'c'].map((name) => mkdtempSync(join(tmpdir(), `kis-machine-${name}-`)));
  });

  afterEach(async () => {
    await Promise.all(started.map((service) => service.beforeApplicationShutdown()));
    for (const connection of connections) connection.onApplicationShutdown();
    await server.stop();
    for (const directory of machines) rmSync(directory, { recursive: true });
  });

  /** A process that has just started on one of the machines. */
  async function start(machine: number): Promise<KisTokenService> {
    const redis = await KisRedis.open(new RedisAddress({ url: server.url }));
    connections.push(redis);
    const shared = new RedisKisTokenStore(
      new RedisTokenRecords(redis),
      new TokenCodec(tokenPolicy, configuration.tokenCipher),
      clock,
    );
    const files = new FileKisTokenStore(machines[machine] ?? '', tokenPolicy, clock);
    const store = new ReplicatedTokenStore(shared, files, clock);
    const service = new KisTokenService(configuration, store, kis, clock, new FixedKisRandom());
    started.push(service);
    await service.onApplicationBootstrap();
    return service;
  }

  const startAll = (): Promise<[KisTokenService, KisTokenService, KisTokenService]> =>
    Promise.all([start(0), start(1), start(2)]);

  it('send one request to KIS when all need their first token at the same time', async () => {
    const services = (await Promise.all([startAll(), startAll()])).flat();
    const tokens = await Promise.all(
      services.flatMap((service) => Array.from({ length: CALLERS }, async () => service.getToken())),
    );
    expect(new Set(tokens.map((token) => token.accessToken)).size).toBe(1);
    expect(kis.asked).toBe(1);
  });

  it('are notified of a renewal at once', async () => {
    const [renewing, ...others] = await startAll();
    await Promise.all([renewing, ...others].map(async (service) => service.getToken()));
    await passTheInterval();
    await renewing.refresh();
    const renewed = await renewing.getToken();
    const told = Date.now();
    for (const other of others) await untilServes(other, renewed);
    expect(Date.now() - told).toBeLessThan(REPORTED_WITHIN_MS);
    expect(kis.asked).toBe(2);
  });

  it.each([
    ['is killed', (): Promise<void> => server.kill()],
    [
      'does not answer',
      (): Promise<void> => {
        server.pause();
        return Promise.resolve();
      },
    ],
  ])('lose nothing of a valid token when Redis %s', async (_what, away) => {
    const [service] = await startAll();
    const token = await service.getToken();
    await away();
    expect(service.getToken()).toBe(token);
    await service.refreshDue();
    expect(service.getToken()).toBe(token);
    expect(service.readiness().ready).toBe(true);
    expect(kis.asked).toBe(1);
    server.resume();
  });

  it('start with their own copy of a token while Redis is away', async () => {
    const [service] = await startAll();
    const token = await service.getToken();
    await server.kill();
    const restarted = await start(0);
    expect((restarted.getToken() as KisToken).accessToken).toBe(token.accessToken);
    await expect(restarted.getTokenInfo()).resolves.toMatchObject({ source: 'file', store: 'redis' });
    expect(kis.asked).toBe(1);
  });

  it('use the claims of their own machine when a token is needed while Redis is unavailable', async () => {
    kis.intervalMs = 0;
    await server.kill();
    const services = await Promise.all([start(0), start(0), start(1), start(1)]);
    const tokens = await Promise.all(
      services.flatMap((service) => Array.from({ length: CALLERS }, async () => service.getToken())),
    );
    expect(tokens).toHaveLength(services.length * CALLERS);
    expect(kis.asked).toBe(2);
  });

  it('all have the newest token when Redis is back', async () => {
    // A token that is inside its buffer at once, so that it is worth a request although Redis is away.
    kis.lifetimeMs = tokenPolicy.bufferMs + 500;
    const [first, second, third] = await startAll();
    await Promise.all([first, second, third].map(async (service) => service.getToken()));
    await server.kill();
    await passTheInterval();
    kis.lifetimeMs = DAY_MS;
    await second.refresh();
    await server.restart();
    // Nobody asks for a token before: whoever does while his own is about to end goes by his machine's count.
    const newest = await second.getToken();
    await until(() => [first, third].every((service) => service.readiness().tokens[0]?.status === 'fresh'));
    for (const service of [first, third])
      expect((await service.getToken()).accessToken).toBe(newest.accessToken);
    expect(kis.asked).toBe(2);
    await second.refreshDue();
    expect(second.readiness().tokens).toEqual([expect.objectContaining({ degraded: null })]);
  });

  it('need no new token when Redis has lost everything', async () => {
    const services = await startAll();
    const [token] = await Promise.all(services.map(async (service) => service.getToken()));
    await server.restart();
    for (const service of services) await service.refreshDue();
    const restarted = await startAll();
    for (const service of restarted) await untilServes(service, token as KisToken);
    expect(kis.asked).toBe(1);
  });

  async function passTheInterval(): Promise<void> {
    await clock.sleep(tokenPolicy.issueIntervalMs + 1100);
  }

  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error('it did not come to pass');
      await clock.sleep(20);
    }
  }

  function untilServes(service: KisTokenService, token: KisToken): Promise<void> {
    return until(async () => (await service.getToken()).accessToken === token.accessToken);
  }
});
