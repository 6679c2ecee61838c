import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalProxy, refuse } from '../../../test/support/local-proxy';
import { ManualKisClock } from '../testing/manual-clock';
import { selfSigned } from '../../../test/support/self-signed';
import { connectionAgents, type ConnectionAgents } from './connection-agents';
import type { KisExchangeResult } from './exchange-result';
import { ProxyRules, type ProxyOptions } from './proxy-rules';
import { RunningExchange, type KisExchangeRequest } from './kis-exchange';
import { connectionAdvice } from './connection-advice';

const LOGIN = 'me:hidden@';

describe('RunningExchange through a proxy', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kis-proxy-'));
  let tls: { readonly cert: Buffer; readonly key: Buffer };
  let proxy: LocalProxy;
  let kis: { readonly http: Server; readonly https: Server };
  let clock: ManualKisClock;
  let received: IncomingMessage[];
  let agents: ConnectionAgents;

  beforeAll(() => {
    const { certificate, key } = selfSigned(directory);
    tls = { cert: readFileSync(certificate), key: readFileSync(key) };
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  beforeEach(async () => {
    received = [];
    clock = new ManualKisClock();
    proxy = await LocalProxy.start();
    kis = { http: createServer(), https: createSecureServer(tls) };
    for (const server of Object.values(kis)) {
      server.on('request', (request, response) => {
        received.push(request);
        response.end('here');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    use({ https: proxy.url.replace('//', `//${LOGIN}`), http: proxy.url.replace('//', `//${LOGIN}`) });
  });

  afterEach(async () => {
    close(agents);
    await proxy.stop();
    for (const server of Object.values(kis)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  function use(options: ProxyOptions): void {
    if (agents as ConnectionAgents | undefined) close(agents);
    agents = connectionAgents(true, new ProxyRules(options));
    agents.https.options.ca = tls.cert;
  }

  function close({ http, https }: ConnectionAgents): void {
    http.destroy();
    https.destroy();
  }

  function portOf(protocol: 'http' | 'https'): number {
    return (kis[protocol].address() as AddressInfo).port;
  }

  function send(
    protocol: 'http' | 'https' = 'https',
    more: Partial<KisExchangeRequest> = {},
  ): Promise<KisExchangeResult> {
    const url = new URL(`${protocol}://127.0.0.1:${portOf(protocol)}/a?b=c`);
    const headers = { authorization: 'Bearer secret', ...more.headers };
    const wanted = { method: 'POST', url, body: 'x', timeoutMs: 1000, ...more, headers };
    return new RunningExchange(wanted, 1000, clock).run(agents);
  }

  it('tunnels to a TLS server, and uses the tunnel again', async () => {
    for (let call = 0; call < 2; call += 1) {
      await expect(send()).resolves.toMatchObject({ kind: 'answered', text: 'here' });
    }
    expect(proxy.requests).toEqual([`CONNECT 127.0.0.1:${portOf('https')}`]);
    expect(received.map(({ url }) => url)).toEqual(['/a?b=c', '/a?b=c']);
  });

  it('shows its login to the proxy alone, and to the proxy nothing else', async () => {
    await send();
    expect(proxy.headers).toEqual({
      host: `127.0.0.1:${portOf('https')}`,
      'proxy-authorization': `Basic ${Buffer.from('me:hidden').toString('base64')}`,
      connection: 'close',
    });
    expect(received[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('has plain requests to this machine sent on', async () => {
    await expect(send('http')).resolves.toMatchObject({ kind: 'answered', text: 'here' });
    expect(proxy.requests).toEqual([`POST http://127.0.0.1:${portOf('http')}/a?b=c`]);
    expect(received[0]?.headers).toMatchObject({
      host: `127.0.0.1:${portOf('http')}`,
      authorization: 'Bearer secret',
    });
  });

  it('connects directly to hosts in NO_PROXY', async () => {
    use({ https: proxy.url, http: proxy.url, except: '127.0.0.1' });
    for (const protocol of ['http', 'https'] as const) {
      await expect(send(protocol)).resolves.toMatchObject({ kind: 'answered' });
    }
    expect(proxy.requests).toEqual([]);
  });

  it.each([
    [407, 'user:password@host:port in <proxy>.'],
    [403, 'have them allowed, or add the host to <proxy.except>'],
    [502, 'have them allowed, or add the host to <proxy.except>'],
  ])('knows that nothing was sent when the proxy answers %i, and what helps', async (status, advice) => {
    proxy.answer = refuse(status);
    const result = await send();
    expect(result).toMatchObject({
      kind: 'unreachable',
      sent: false,
      reason: `the proxy ${proxy.url} answered HTTP ${status}`,
    });
    const cause = result.kind === 'unreachable' ? result.cause : new Error();
    expect(connectionAdvice(cause, (option) => `<${option}>`)).toContain(advice);
    expect(JSON.stringify(result)).not.toContain('hidden');
  });

  it('knows that nothing was sent when the proxy hangs up', async () => {
    proxy.answer = (client) => client.destroy();
    await expect(send()).resolves.toMatchObject({
      kind: 'unreachable',
      sent: false,
      reason: expect.stringContaining('ECONNRESET') as string,
    });
  });

  it('reports that nothing was sent when nothing listens there', async () => {
    const { url } = proxy;
    await proxy.stop();
    await expect(send()).resolves.toMatchObject({
      kind: 'unreachable',
      sent: false,
      reason: `the proxy ${url} cannot be used: ECONNREFUSED`,
    });
    proxy = await LocalProxy.start();
  });

  it('gives a proxy up that does not answer, and closes the connection', async () => {
    const asked = new Promise<void>((resolve) => {
      proxy.answer = (client) => {
        client.resume().on('end', () => client.end());
        resolve();
      };
    });
    const sending = send();
    await asked;
    await clock.advance(1000);
    await expect(sending).resolves.toEqual({ kind: 'timeout', sent: false });
    while (proxy.clients > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('sends nothing when the process was stopped while the proxy connected', async () => {
    const through = proxy.answer;
    proxy.answer = (client, message) => {
      clock.step(60_000);
      through(client, message);
    };
    await expect(send()).resolves.toEqual({ kind: 'timeout', sent: false });
    expect(received).toEqual([]);
  });

  it('sends nothing to a server that the proxy has put in the place of KIS', async () => {
    agents.https.options.ca = [];
    await expect(send()).resolves.toMatchObject({
      kind: 'unreachable',
      sent: false,
      cause: { issuer: 'localhost' },
    });
    expect(received).toEqual([]);
  });

  it('refuses a proxy over TLS whose certificate it does not trust', async () => {
    const secure = await LocalProxy.start(tls);
    use({ https: secure.url });
    await expect(send()).resolves.toMatchObject({
      kind: 'unreachable',
      sent: false,
      reason: `the proxy ${secure.url} cannot be used: DEPTH_ZERO_SELF_SIGNED_CERT`,
    });
    await secure.stop();
  });
});
