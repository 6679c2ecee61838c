import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CapturedWarnings } from '../test/support/captured-warnings';
import { freePort } from '../test/support/free-port';
import { removeDirectory } from '../test/support/remove-directory';
import { EmbeddedSimulator } from './embedded-simulator';

const warnings = new CapturedWarnings();

describe('EmbeddedSimulator', () => {
  it('listens on the preferred port', async () => {
    const mockPort = await freePort();
    const embedded = await EmbeddedSimulator.start({ mockPort, requestsPerSecond: 50 });
    expect(embedded.url).toBe(`http://127.0.0.1:${mockPort}`);
    await embedded.onApplicationShutdown();
  });

  it('takes any free port when another program has the preferred one', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const embedded = await EmbeddedSimulator.start({ mockPort: port, requestsPerSecond: 50 });
    expect(new URL(embedded.url).port).not.toBe(String(port));
    await embedded.onApplicationShutdown();
    other.close();
    await once(other, 'close');
  });

  it('leaves the file of the orders to the simulator of another service that uses it, and says so', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kis-embedded-'));
    const options = {
      mockPort: await freePort(),
      requestsPerSecond: 50,
      ordersFile: join(directory, 'simulator-orders.jsonl'),
    };
    const bookOf = async ({ url }: EmbeddedSimulator): Promise<unknown> =>
      ((await (await fetch(`${url}/__sim`)).json()) as { book: unknown }).book;
    const first = await EmbeddedSimulator.start(options);
    expect(warnings.take()).toEqual([]);
    const second = await EmbeddedSimulator.start(options);
    expect(warnings.take()).toEqual([
      expect.stringMatching(/KIS_STATE_DIR already runs a simulator on port/),
    ]);
    const elsewhere = { ...options, ordersFile: join(directory, 'other.jsonl') };
    const third = await EmbeddedSimulator.start(elsewhere);
    expect(warnings.take()).toEqual([]);
    expect(await Promise.all([first, second, third].map(bookOf))).toEqual([
      expect.any(String),
      null,
      expect.any(String),
    ]);
    for (const each of [first, second, third]) await each.onApplicationShutdown();
    // Nobody uses it any more.
    const next = await EmbeddedSimulator.start(options);
    expect(await bookOf(next)).not.toBeNull();
    await next.onApplicationShutdown();
    removeDirectory(directory);
  });

  it('offers its demo account, marked as simulated and as fast as the simulator allows', async () => {
    const embedded = await EmbeddedSimulator.start({
      mockPort: 0,
      requestsPerSecond: 40,
      requestTimeoutMs: 3000,
    });
    expect(embedded.account()).toEqual({
      ...embedded.simulator.demo.mock,
      mode: 'MOCK',
      baseUrl: embedded.url,
      simulated: true,
      requestsPerSecond: 40,
      requestTimeoutMs: 3000,
    });
    expect(embedded.simulator.settings.mockPerSecond).toBe(40);
    await embedded.onApplicationShutdown();
  });

  it('has no real host', async () => {
    const embedded = await EmbeddedSimulator.start({ mockPort: 0, requestsPerSecond: 50 });
    expect(embedded.simulator.realUrl).toBeNull();
    await embedded.onApplicationShutdown();
  });
});
