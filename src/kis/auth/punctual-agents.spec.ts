import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualKisClock } from '../testing/manual-clock';
import { punctualAgents } from './punctual-agents';

/** A process that is stopped: its clock goes on while it does nothing, not even run timers. */
class StoppableClock extends ManualKisClock {
  stoppedMs = 0;

  override monotonic(): number {
    return super.monotonic() + this.stoppedMs;
  }
}

describe('punctualAgents', () => {
  let server: Server;
  let arrived: number;

  beforeEach(async () => {
    arrived = 0;
    server = createServer((_request, response) => {
      arrived += 1;
      response.end('here');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  function send(clock: StoppableClock, withinMs: number): Promise<string> {
    const { http } = punctualAgents(clock, clock.monotonic() + withinMs);
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve) => {
      const sent = request({ port, host: '127.0.0.1', agent: http }, (response) => {
        response.resume().on('end', () => {
          resolve('answered');
        });
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
      sent.end();
    });
  }

  it('sends over a connection that stands in time', async () => {
    await expect(send(new StoppableClock(), 1000)).resolves.toBe('answered');
    expect(arrived).toBe(1);
  });

  it('sends nothing when the process stood still while it connected', async () => {
    const clock = new StoppableClock();
    const sending = send(clock, 1000);
    clock.stoppedMs = 60_000;
    await expect(sending).resolves.toBe('ETIMEDOUT');
    expect(arrived).toBe(0);
  });

  it('tells that nobody listens', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { http } = punctualAgents(new StoppableClock(), Infinity);
    const code = await new Promise((resolve) => {
      request({ port, host: '127.0.0.1', agent: http })
        .on('error', (error: NodeJS.ErrnoException) => {
          resolve(error.code);
        })
        .end();
    });
    expect(code).toBe('ECONNREFUSED');
  });
});
