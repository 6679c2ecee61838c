import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type RequestOptions, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualKisClock } from '../testing/manual-clock';
import { selfSigned } from '../testing/self-signed';
import { punctualAgents } from './punctual-agents';

/** A process that is stopped: its clock goes on while it does nothing, not even run timers. */
class StoppableClock extends ManualKisClock {
  stoppedMs = 0;

  override monotonic(): number {
    return super.monotonic() + this.stoppedMs;
  }
}

type Agents = ReturnType<typeof punctualAgents>;

describe.each(['http', 'https'] as const)('punctualAgents over %s', (protocol) => {
  const directory = mkdtempSync(join(tmpdir(), 'kis-agents-'));
  let tls: { readonly cert: Buffer; readonly key: Buffer };
  let server: Server;
  let arrived: number;

  beforeAll(() => {
    const { certificate, key } = selfSigned(directory);
    tls = { cert: readFileSync(certificate), key: readFileSync(key) };
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  beforeEach(async () => {
    arrived = 0;
    const onRequest = (_request: unknown, response: ServerResponse): void => {
      arrived += 1;
      response.end('here');
    };
    server = protocol === 'https' ? createSecureServer(tls, onRequest) : createServer(onRequest);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** How a request ended: `answered`, or the code of its error. */
  function send(agents: Agents, port = portOf(server)): Promise<string> {
    const options: RequestOptions = { port, host: '127.0.0.1', method: 'POST', agent: agents[protocol] };
    return new Promise((resolve) => {
      const sent = protocol === 'https' ? secureRequest({ ...options, ca: tls.cert }) : request(options);
      sent.on('response', (response) => {
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
    await expect(send(punctualAgents(new StoppableClock(), 1000))).resolves.toBe('answered');
    expect(arrived).toBe(1);
  });

  it.each<[string, (clock: StoppableClock) => void]>([
    ['process stood still', (clock) => (clock.stoppedMs = 60_000)],
    [
      'machine was suspended',
      (clock) => {
        clock.step(60_000);
      },
    ],
  ])('sends nothing when the %s while it connected', async (_, happen) => {
    const clock = new StoppableClock();
    const agents = punctualAgents(clock, 1000);
    const sending = send(agents);
    happen(clock);
    await expect(sending).resolves.toBe('ETIMEDOUT');
    agents.close();
    expect(arrived).toBe(0);
  });

  it('tells that nobody listens', async () => {
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    await expect(send(punctualAgents(new StoppableClock(), Infinity), port)).resolves.toBe('ECONNREFUSED');
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
