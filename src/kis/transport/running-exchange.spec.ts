import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ManualKisClock } from '../testing/manual-clock';
import { selfSigned } from '../../../test/support/self-signed';
import { connectionAgents, type ConnectionAgents } from './connection-agents';
import type { KisExchangeResult } from './exchange-result';
import { ProxyRules } from './proxy-rules';
import { RunningExchange, type KisExchangeRequest } from './kis-exchange';

/** A process that is stopped: its clock goes on while it does nothing, not even run timers. */
class StoppableClock extends ManualKisClock {
  stoppedMs = 0;

  override monotonic(): number {
    return super.monotonic() + this.stoppedMs;
  }
}

const PROTOCOLS = ['http', 'https'] as const;

describe.each(PROTOCOLS)('RunningExchange over %s: what was sent', (protocol) => {
  const directory = mkdtempSync(join(tmpdir(), 'kis-exchange-'));
  let tls: { readonly cert: Buffer; readonly key: Buffer };
  let server: Server;
  let agents: ConnectionAgents;
  let clock: StoppableClock;
  let arrived: string[];
  let reply: (response: ServerResponse) => void;

  beforeAll(() => {
    const { certificate, key } = selfSigned(directory);
    tls = { cert: readFileSync(certificate), key: readFileSync(key) };
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  beforeEach(async () => {
    arrived = [];
    reply = (response) => response.end('here');
    clock = new StoppableClock();
    agents = connectionAgents(true, new ProxyRules());
    agents.https.options.ca = tls.cert;
    server = protocol === 'https' ? createSecureServer(tls) : createServer();
    server.on('request', (request, response) => {
      arrived.push(request.method ?? '');
      reply(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    agents.http.destroy();
    agents.https.destroy();
    server.closeAllConnections();
    server.close();
  });

  function send(
    port = portOf(server),
    more: Partial<KisExchangeRequest> = {},
    through = agents,
  ): Promise<KisExchangeResult> {
    const url = new URL(`${protocol}://127.0.0.1:${port}/`);
    const wanted = { method: 'POST', url, headers: {}, body: 'x', timeoutMs: 1000, ...more };
    return new RunningExchange(wanted, 1000, clock).run(through);
  }

  it('sends over a connection that is established in time', async () => {
    await expect(send()).resolves.toMatchObject({ kind: 'answered', text: 'here' });
    await expect(send()).resolves.toMatchObject({ kind: 'answered', text: 'here' });
    expect(arrived).toEqual(['POST', 'POST']);
  });

  const STANDSTILLS: readonly [string, (clock: StoppableClock) => void][] = [
    ['the process stood still', (stopped) => (stopped.stoppedMs += 60_000)],
    [
      'the machine was suspended',
      (suspended) => {
        suspended.step(60_000);
      },
    ],
  ];

  it.each(STANDSTILLS)('sends nothing when %s while it connected', async (_, happen) => {
    for (const keepAlive of [true, false]) {
      const through = connectionAgents(keepAlive, new ProxyRules());
      through.https.options.ca = tls.cert;
      const sending = send(portOf(server), {}, through);
      happen(clock);
      await expect(sending).resolves.toEqual({ kind: 'timeout', sent: false });
      through.http.destroy();
      through.https.destroy();
    }
    expect(arrived).toEqual([]);
  });

  it.each(STANDSTILLS)('sends nothing over a kept connection when %s before it', async (_, happen) => {
    await send();
    const sending = send();
    happen(clock);
    await expect(sending).resolves.toEqual({ kind: 'timeout', sent: false });
    expect(arrived).toEqual(['POST']);
  });

  it('reports that nothing was sent when nothing listens', async () => {
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const result = send(port);
    await expect(result).resolves.toMatchObject({
      kind: 'unreachable',
      sent: false,
      reason: 'ECONNREFUSED',
    });
  });

  it('knows that nothing was sent when the name is unknown', async () => {
    const url = new URL(`${protocol}://kis.invalid/`);
    await expect(send(0, { url })).resolves.toMatchObject({ kind: 'unreachable', sent: false });
  });

  it('ends the body of a request that is not sent', async () => {
    const body = new Readable({ read: () => undefined });
    await send(0, { body, url: new URL(`${protocol}://kis.invalid/`) });
    expect(body.destroyed).toBe(true);
  });

  it('counts a request as sent when the connection breaks before the answer', async () => {
    reply = (response) => response.socket?.destroy();
    await expect(send()).resolves.toMatchObject({ kind: 'unreachable', sent: true });
    expect(arrived).toEqual(['POST']);
  });

  it('counts a request as sent when no answer comes in time', async () => {
    const arrival = new Promise<void>((resolve) => {
      reply = () => {
        resolve();
      };
    });
    const sending = send();
    await arrival;
    await clock.advance(1000);
    await expect(sending).resolves.toEqual({ kind: 'timeout', sent: true });
  });

  it('does not send a request that cannot be written', async () => {
    const headers = { bad: 'line\nbreak' };
    await expect(send(portOf(server), { headers })).resolves.toMatchObject({
      kind: 'unreachable',
      sent: false,
    });
    expect(arrived).toEqual([]);
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
