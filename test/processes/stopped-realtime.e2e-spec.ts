import { SystemKisClock } from '../../src/kis';
import { FileRealtimeStore } from '../../src/kis/realtime/claim/file-realtime.store';
import { sampleCredential } from '../../src/kis/testing/sample-tokens';
import { startSimulator, type Simulator } from '../../src/simulator';
import { EventStream } from '../support/event-stream';
import { freePort } from '../support/free-port';
import { Home, Product } from '../support/product';

const TOKENS = '~/tokens';

let simulator: Simulator;
const streams: EventStream[] = [];

beforeAll(async () => {
  simulator = await startSimulator({
    realPort: null,
    mockPort: await freePort(),
    // KIS has noticed that the stopped process is dead.
    settings: { pushEveryMs: 50, sessions: 'open', mockPerSecond: 100, secondSession: 'replaces' },
  });
});

afterAll(async () => {
  for (const stream of streams) stream.close();
  await simulator.stop();
});

async function start(home: Home): Promise<Product> {
  const { appKey, appSecret, accountNumber } = simulator.demo.mock;
  const env = {
    KIS_APP_KEY: appKey,
    KIS_APP_SECRET: appSecret,
    KIS_ACCOUNT_NUMBER: accountNumber,
    KIS_BASE_URL: simulator.mockUrl ?? '',
    KIS_TOKEN_DIR: home.locate(TOKENS),
  };
  return Product.start({ env, home });
}

async function listen({ url }: Product): Promise<EventStream> {
  const stream = await EventStream.open(`${url}/api/stream?channels=trades:005930`);
  streams.push(stream);
  await stream.until(({ event }) => event === 'trade');
  return stream;
}

/** Not in the middle of a write of the claim: until it continues, no process could take that over. */
async function stopBetweenWrites(product: Product, home: Home): Promise<void> {
  const store = new FileRealtimeStore(home.locate(TOKENS), new SystemKisClock());
  const canWrite = (): Promise<boolean> =>
    store.update(sampleCredential(), 'session', () => ({ answer: true, next: null })).catch(() => false);
  product.signal('SIGSTOP');
  while (!(await canWrite())) {
    product.signal('SIGCONT');
    product.signal('SIGSTOP');
  }
  store.onApplicationShutdown();
}

async function untilTradeAfterGap(stream: EventStream): Promise<void> {
  const gap = await stream.until(({ event }) => event === 'gap');
  const before = stream.events.indexOf(gap);
  await stream.until((event) => event.event === 'trade' && stream.events.indexOf(event) > before);
}

const kinds = (): string[] => simulator.socketEvents.map(({ kind }) => kind);

it('the realtime session of a stopped process is taken over, and it opens no second one when it continues', async () => {
  const home = new Home();
  const owner = await start(home);
  const ofOwner = await listen(owner);
  const ofOther = await listen(await start(home));
  expect(kinds()).toEqual(['opened', 'registered']);

  await stopBetweenWrites(owner, home);
  await untilTradeAfterGap(ofOther);
  owner.signal('SIGCONT');
  await untilTradeAfterGap(ofOwner);

  expect(kinds().sort()).toEqual(['closed', 'opened', 'opened', 'registered', 'registered']);
});
