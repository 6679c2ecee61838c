import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { freePort } from '../test/support/free-port';
import { EmbeddedSimulator } from './embedded-simulator';

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
