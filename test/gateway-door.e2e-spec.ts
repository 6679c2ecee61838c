import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { GatewayPorts } from '../src/gateway/gateway-ports';
import type { Simulator } from '../src/simulator';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';
import { rawRequest, sendRaw } from './support/raw-http';

interface KisAnswer {
  readonly rt_cd: string;
  readonly msg_cd: string;
}

const PRICE =
  '/uapi/domestic-stock/v1/quotations/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=005930';

describe('The door of the gateway', () => {
  let directory: { path: string; remove: () => void };
  let api: RunningApi;
  let simulator: Simulator;
  let port: number;
  let headers: Record<string, string>;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    api = await RunningApi.start({
      env: {
        ...embeddedEnv(directory.path),
        KIS_GATEWAY: 'true',
        KIS_GATEWAY_MOCK_PORT: '0',
        API_KEY: 'a-key-for-the-api-only',
      },
    });
    ({ simulator } = api);
    port = api.app.get(GatewayPorts, { strict: false }).portOf('MOCK') ?? 0;
    const { appKey: appkey, appSecret: appsecret } = simulator.demo.mock;
    const body = JSON.stringify({ grant_type: 'client_credentials', appkey, appsecret });
    const answer = await fetch(`http://127.0.0.1:${port}/oauth2/tokenP`, { method: 'POST', body });
    const { access_token } = (await answer.json()) as { access_token: string };
    headers = { authorization: `Bearer ${access_token}`, appkey, appsecret, tr_id: 'FHKST01010100' };
  });

  afterAll(async () => {
    await api.close();
    directory.remove();
  });

  const price = async (more: Record<string, string> = {}, base = `${api.url}/kis/mock`) => {
    const answer = await fetch(base + PRICE, { headers: { ...headers, ...more } });
    return { status: answer.status, body: (await answer.json()) as KisAnswer };
  };

  it('asks for no API key, at the address of the API and at a port of its own', async () => {
    expect(await price()).toMatchObject({ status: 200, body: { rt_cd: '0' } });
    expect(await price({}, `http://127.0.0.1:${port}`)).toMatchObject({ status: 200, body: { rt_cd: '0' } });
  });

  it('is closed for keys of the other mode', async () => {
    expect((await price({}, `${api.url}/kis/real`)).body.msg_cd).toBe('EGW00103');
  });

  it.each(['the API', 'a port of its own'])('is closed for pages of other sites, at %s', async (place) => {
    const own = place === 'the API' ? Number(new URL(api.url).port) : port;
    const before = simulator.requests.length;
    const lines = Object.entries({ ...headers, Origin: 'https://evil.example' }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    const path = place === 'the API' ? `/kis/mock${PRICE}` : PRICE;
    const answer = await sendRaw(own, rawRequest(`GET ${path}`, [`Host: 127.0.0.1:${own}`, ...lines]));
    expect([answer.status, answer.body.includes('FOREIGN_SITE')]).toEqual([403, true]);
    expect(simulator.requests).toHaveLength(before);
  });

  describe.each(['the API', 'a port of its own'])('for a client that takes %s for an HTTP proxy', (where) => {
    const own = () => (where === 'the API' ? Number(new URL(api.url).port) : port);
    const at = (authority: string, more: string[] = []) => {
      const path = where === 'the API' ? `/kis/mock${PRICE}` : PRICE;
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      return sendRaw(
        own(),
        rawRequest(`GET http://${authority}${path}`, [`Host: ${authority}`, ...lines, ...more]),
      );
    };

    it('serves what is addressed to the gateway itself', async () => {
      const answer = await at(`127.0.0.1:${own()}`);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ rt_cd: '0' });
      expect(simulator.requests.all.at(-1)?.path).toBe(PRICE.split('?')[0]);
    });

    it('sends nothing that is addressed to KIS, and says what to do', async () => {
      const before = simulator.requests.length;
      const answer = await at(new URL(simulator.mockUrl ?? '').host);
      expect(answer.status).toBe(421);
      expect(answer.body).toContain('not an HTTP proxy');
      expect(simulator.requests).toHaveLength(before);
    });

    it('opens no tunnel', async () => {
      const answer = await sendRaw(
        own(),
        rawRequest('CONNECT openapi.koreainvestment.com:9443', ['Host: x']),
      );
      expect(answer.status).toBe(501);
    });
  });

  it.each(['', '/', '?x', '/?x', '/x'])('answers 404 itself at its own address with %j', async (rest) => {
    const own = Number(new URL(api.url).port);
    const answer = await sendRaw(own, rawRequest(`GET /kis/mock${rest}`, [`Host: 127.0.0.1:${own}`]));
    expect([answer.status, answer.body.includes('EGW00101')]).toEqual([404, true]);
  });

  it('is closed for websockets of other sites', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/tryitout`, { origin: 'https://evil.example' });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  it('serves an upgrade to anything but websocket as any other request', async () => {
    const own = Number(new URL(api.url).port);
    const lines = [`Host: 127.0.0.1:${own}`, 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
    const request = `GET /health/live HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close, Upgrade, HTTP2-Settings\r\n\r\n`;
    expect((await sendRaw(own, request)).status).toBe(200);
  });

  describe.each(['the API', 'a port of its own'])('an upgrade to HTTP/2 at %s', (where) => {
    const content = '{"grant_type":"client_credentials","appkey":"x","appsecret":"y"}';
    const target = () => (where === 'the API' ? Number(new URL(api.url).port) : port);
    const head = () => {
      const lines = [
        `POST ${where === 'the API' ? '/kis/mock' : ''}/oauth2/tokenP HTTP/1.1`,
        `Host: 127.0.0.1:${target()}`,
        'Connection: Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: AAEAAEAAAAIAAAAA',
        'Content-Type: application/json',
        `Content-Length: ${content.length}`,
      ];
      return `${lines.join('\r\n')}\r\n\r\n`;
    };

    it.each([
      ['in the packet of the headers', (): string[] => [head() + content]],
      ['in a later packet', () => [head(), content]],
      ['in part in both', () => [head() + content.slice(0, 20), content.slice(20)]],
    ])('keeps a body that arrives %s', async (_, packets) => {
      expect(await exchange(target(), packets(), 1)).toEqual(['EGW00103']);
    });

    it('keeps the connection, and the order of pipelined requests', async () => {
      const request = head() + content;
      const plain = request.replace(/(Connection|Upgrade|HTTP2-Settings): .*\r\n/g, '');
      expect(await exchange(target(), [plain + request, plain, request], 4)).toEqual(
        Array.from({ length: 4 }, () => 'EGW00103'),
      );
    });
  });

  it.each([
    ['a header of KIS twice', ['tr_id: FHKST01010100', 'tr_id: VTTC0012U'], 400],
    ['no token', [], 500],
  ])('sends nothing with %s', async (_, lines, status) => {
    const { appkey = '', appsecret = '' } = headers;
    const before = simulator.requests.length;
    const answer = await sendRaw(
      port,
      rawRequest(`GET ${PRICE}`, [
        `Host: 127.0.0.1:${port}`,
        `appkey: ${appkey}`,
        `appsecret: ${appsecret}`,
        ...lines,
      ]),
    );
    expect(answer.status).toBe(status);
    expect(simulator.requests).toHaveLength(before);
  });

  it('refuses a body that is too long', async () => {
    const body = 'x'.repeat(150_000);
    const answer = await fetch(`http://127.0.0.1:${port}/uapi/hashkey`, { method: 'POST', body, headers });
    expect(answer.status).toBe(413);
  });

  it('passes a hashkey on', async () => {
    const body = JSON.stringify({ CANO: '50012345' });
    const { appkey = '', appsecret = '' } = headers;
    const answer = await fetch(`http://127.0.0.1:${port}/uapi/hashkey`, {
      method: 'POST',
      body,
      headers: { appkey, appsecret },
    });
    expect(await answer.json()).toMatchObject({ HASH: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  it('repeats transient refusals of reads behind the program’s back', async () => {
    simulator.update({ refuseNext: 1, refuseNextCode: 'EGW00201' });
    const before = simulator.requests.length;
    expect((await price()).body.rt_cd).toBe('0');
    expect(simulator.requests.all.slice(before).map(({ code }) => code)).toContain('EGW00201');
  });

  it('brings what KIS says back as it is, status and all', async () => {
    simulator.update({ refuseNext: 1, refuseNextCode: 'EGW00304' });
    const refused = await price();
    expect([refused.status, refused.body.msg_cd]).toEqual([500, 'EGW00304']);
  });

  it('writes no secret into the log', () => {
    const log = api.log.join('\n');
    expect(log).not.toContain(headers['appsecret']);
    expect(log).not.toContain(headers['authorization']?.slice(7));
  });
});

/** Sends packets, one after the other, and resolves to the message codes of the responses: as many as are expected, or as came before the end. */
async function exchange(port: number, packets: readonly string[], expected: number): Promise<string[]> {
  const socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('utf8');
  await once(socket, 'connect');
  for (const packet of packets) {
    socket.write(packet);
    await setTimeout(50); // The packets must arrive apart.
  }
  let received = '';
  const codes = () => received.match(/EGW\d{5}/g) ?? [];
  socket.setTimeout(5000, () => socket.destroy());
  for await (const text of socket) {
    received += String(text);
    if (codes().length >= expected) break;
  }
  socket.destroy();
  return codes();
}
