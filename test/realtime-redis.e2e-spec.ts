import {
  KisConfiguration,
  KisRealtimeSessions,
  KisRedis,
  RedisAddress,
  SystemKisClock,
  SystemKisRandom,
} from '../src/kis';
import { RedisRealtimeStore } from '../src/kis/realtime/claim/redis-realtime.store';
import { CapturedWarnings } from './support/captured-warnings';
import { RedisServer } from './support/redis-server';
import { startSimulator, type Simulator } from '../src/simulator';

new CapturedWarnings();
let server: RedisServer;
let simulator: Simulator;
const machines: { sessions: KisRealtimeSessions; redis: KisRedis }[] = [];

beforeAll(async () => {
  server = await RedisServer.start();
  simulator = await startSimulator({
    mockPort: null,
    realPort: 0,
    settings: { pushEveryMs: 20, sessions: 'open' },
  });
});

afterAll(async () => {
  for (const { sessions, redis } of machines) {
    await sessions.onApplicationShutdown();
    redis.onApplicationShutdown();
  }
  await simulator.stop();
  await server.stop();
});

/** A machine: it shares nothing with others but Redis. */
async function machine() {
  const account = { ...simulator.demo.real, mode: 'REAL' as const, baseUrl: simulator.realUrl ?? '' };
  const configuration = new KisConfiguration({ accounts: [account], tokenStore: 'memory' });
  const clock = new SystemKisClock();
  const redis = await KisRedis.open(new RedisAddress({ url: server.url }), clock);
  const store = new RedisRealtimeStore(redis, clock);
  const sessions = new KisRealtimeSessions(configuration, store, clock, new SystemKisRandom());
  machines.push({ sessions, redis });
  let wake = (): void => undefined;
  const told: string[] = [];
  const listener = sessions.of(configuration.account()).open({
    frame: () => {
      if (told.at(-1) !== 'frame') told.push('frame');
      wake();
    },
    state: (state) => {
      told.push(state);
      wake();
    },
    gap: () => told.push('gap'),
  });
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { sessions, listener, told, until };
}

it('machines that share a Redis have one session, which another one takes over', async () => {
  const [one, two] = [await machine(), await machine()];
  await one.listener.register('H0STCNT0', '005930');
  expect(await two.listener.register('H0STCNT0', '005930')).toMatchObject({ ok: true });
  await Promise.all([one, two].map(({ told, until }) => until(() => told.includes('frame'))));
  expect(simulator.socketEvents.map(({ kind }) => kind)).toEqual(['opened', 'registered']);

  await one.sessions.onApplicationShutdown();
  await two.until(() => two.told.includes('gap') && two.told.at(-1) === 'frame');

  expect(two.told).toEqual(['connected', 'frame', 'disconnected', 'connected', 'gap', 'frame']);
  const [first = 0, second = 0] = simulator.socketEvents
    .filter(({ kind }) => kind === 'opened')
    .map(({ at }) => at);
  // Ten seconds from attempt to attempt; KIS sees the first one later than it began, on a busy machine much later.
  expect(second - first).toBeGreaterThanOrEqual(7_000);
});
