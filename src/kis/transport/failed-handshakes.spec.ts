import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualKisClock } from '../testing/manual-clock';
import { selfSigned } from '../../../test/support/self-signed';
import { connectionAgents, type ConnectionAgents } from './connection-agents';
import type { KisExchangeResult } from './exchange-result';
import { ProxyRules } from './proxy-rules';
import { RunningExchange } from './kis-exchange';

describe('RunningExchange: a TLS connection that does not come about', () => {
  let tcp: Server;
  let agents: ConnectionAgents;
  let clock: ManualKisClock;
  let received: Buffer[];

  beforeEach(async () => {
    received = [];
    clock = new ManualKisClock();
    agents = connectionAgents(true, new ProxyRules());
    tcp = createServer();
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => {
    agents.https.destroy();
    tcp.close();
  });

  const send = (): Promise<KisExchangeResult> => {
    const url = new URL(`https://127.0.0.1:${portOf(tcp)}/`);
    return new RunningExchange({ method: 'GET', url, headers: {}, timeoutMs: 1000 }, 1000, clock).run(agents);
  };

  it('is closed, with nothing sent, when the handshake does not end in time', async () => {
    const closed = new Promise<void>((resolve) => {
      tcp.on('connection', (socket) => {
        socket.on('data', (data) => received.push(data));
        socket.on('close', () => {
          resolve();
        });
      });
    });
    const began = new Promise((resolve) => tcp.once('connection', resolve));
    const sending = send();
    await began;
    await clock.advance(1000);
    await expect(sending).resolves.toEqual({ kind: 'timeout', sent: false });
    await closed;
    expect(Buffer.concat(received).toString('latin1')).not.toContain('GET');
  });

  it('is closed when the caller gives up', async () => {
    const began = new Promise((resolve) => tcp.once('connection', resolve));
    const closed = new Promise<void>((resolve) => {
      tcp.on('connection', (socket) => {
        socket.resume().on('close', () => {
          resolve();
        });
      });
    });
    const controller = new AbortController();
    const url = new URL(`https://127.0.0.1:${portOf(tcp)}/`);
    const wanted = { method: 'GET', url, headers: {}, timeoutMs: 1000, signal: controller.signal };
    const sending = new RunningExchange(wanted, 1000, clock).run(agents);
    await began;
    controller.abort(new Error('enough'));
    await expect(sending).rejects.toThrow('enough');
    await closed;
  });

  it('has sent nothing when the other side hangs up during the handshake', async () => {
    tcp.on('connection', (socket) => socket.destroy());
    await expect(send()).resolves.toMatchObject({ kind: 'unreachable', sent: false });
  });

  it('has sent nothing when the other side does not speak TLS', async () => {
    tcp.on('connection', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(send()).resolves.toMatchObject({ kind: 'unreachable', sent: false });
  });

  it('has sent nothing when the certificate is not trusted', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kis-exchange-'));
    const { certificate, key } = selfSigned(directory);
    const server = createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) });
    const arrived: unknown[] = [];
    server.on('request', (request) => arrived.push(request));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`https://127.0.0.1:${portOf(server)}/`);
    const wanted = { method: 'GET', url, headers: {}, timeoutMs: 1000 };
    await expect(new RunningExchange(wanted, 1000, clock).run(agents)).resolves.toMatchObject({
      kind: 'unreachable',
      sent: false,
      reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      cause: { issuer: 'localhost' },
    });
    expect(arrived).toEqual([]);
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true });
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
