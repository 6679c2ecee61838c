import { EventStream } from '../support/event-stream';
import { freePort } from '../support/free-port';
import { Home, Product, startKis } from '../support/product';
import { startSimulator, type Simulator } from '../../src/simulator';

let simulator: Simulator;
const opened: { stop: () => Promise<unknown> }[] = [];
const streams: EventStream[] = [];

beforeEach(async () => {
  simulator = await startSimulator({
    realPort: null,
    mockPort: await freePort(),
    settings: { pushEveryMs: 50, sessions: 'open', mockPerSecond: 100 },
  });
});

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await Promise.all(opened.splice(0).map((process) => process.stop()));
  await simulator.stop();
});

function settings(): Record<string, string> {
  const { appKey, appSecret, accountNumber } = simulator.demo.mock;
  return {
    KIS_APP_KEY: appKey,
    KIS_APP_SECRET: appSecret,
    KIS_ACCOUNT_NUMBER: accountNumber,
    KIS_BASE_URL: simulator.mockUrl ?? '',
    KIS_REQUESTS_PER_SECOND: '50',
  };
}

async function start(home: Home): Promise<Product> {
  const product = await Product.start({ env: settings(), home });
  opened.push(product);
  return product;
}

async function listen(product: Product): Promise<EventStream> {
  const stream = await EventStream.open(`${product.url}/api/stream?channels=trades:005930`);
  streams.push(stream);
  return stream;
}

/** When connections were opened at KIS. */
function attempts(): number[] {
  return simulator.socketEvents.filter(({ kind }) => kind === 'opened').map(({ at }) => at);
}

const isTrade = ({ event }: { readonly event: string }): boolean => event === 'trade';

it('goes on in another process when the one with the session is killed, after a gap and without haste', async () => {
  const home = new Home();
  const owner = await start(home);
  await (await listen(owner)).until(isTrade);
  const other = await start(home);
  const stream = await listen(other);
  await stream.until(isTrade);
  expect(attempts()).toHaveLength(1);

  await owner.kill();
  await stream.until(({ event }) => event === 'gap');
  const before = stream.events.length;
  await stream.until((event) => isTrade(event) && stream.events.indexOf(event) >= before);

  const [first = 0, second = 0, ...more] = attempts();
  expect(more).toEqual([]);
  // Ten seconds from attempt to attempt; KIS sees the first one later than it began, on a busy machine much later.
  expect(second - first).toBeGreaterThanOrEqual(7_000);
});

it('ends its streams when the service is stopped', async () => {
  const product = await start(new Home());
  const stream = await listen(product);
  await stream.until(isTrade);
  const ended = stream.untilEnded();
  expect(await product.stop()).toMatchObject({ signal: 'SIGTERM' });
  await ended;
});

it('prints lines of JSON on the command line, until it is interrupted', async () => {
  const home = new Home();
  const command = startKis(['stream', 'trades:005930'], { env: settings(), home });
  await command.untilWritten(/"event":"trade"/);
  command.signal('SIGINT');
  const { code, stdout } = await command.outcome();
  expect(code).toBe(0);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(events.filter(isTrade).length).toBeGreaterThan(0);
  expect(simulator.socketEvents.at(-1)?.kind).toBe('closed');
});
