import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { GatewayPorts } from '../src/gateway/gateway-ports';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

describe('A stop of the gateway', () => {
  let directory: { path: string; remove: () => void };
  let api: RunningApi;
  let ports: GatewayPorts;
  let port: number;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    const env = { ...embeddedEnv(directory.path), KIS_GATEWAY: 'true', KIS_GATEWAY_MOCK_PORT: '0' };
    api = await RunningApi.start({ env });
    ports = api.app.get(GatewayPorts, { strict: false });
    port = ports.portOf('MOCK') ?? 0;
  });

  afterEach(() => {
    directory.remove();
  });

  /** A call at the gateway's own port that has begun; `finish` sends the rest of it and resolves with the response. */
  async function callUnderWay(): Promise<{ finish: () => Promise<string> }> {
    const { appKey: appkey, appSecret: appsecret } = api.simulator.demo.mock;
    const body = JSON.stringify({ grant_type: 'client_credentials', appkey, appsecret });
    const client = connect({ port, host: '127.0.0.1' }).setEncoding('utf8');
    client.write(
      `POST /oauth2/tokenP HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
    );
    const [received] = (await once(client, 'data')) as [string];
    expect(received).toContain('100 Continue');
    const finish = async (): Promise<string> => {
      client.write(body);
      return ((await client.toArray()) as string[]).join('');
    };
    return { finish };
  }

  /** Begins it, and resolves when the gateway's own port is closed. */
  async function stop(): Promise<{ ended: Promise<void> }> {
    const ended = api.close();
    while (ports.portOf('MOCK') !== null) await new Promise(setImmediate);
    return { ended };
  }

  it('waits for a call at a port of its own, and refuses new websockets meanwhile', async () => {
    const { finish } = await callUnderWay();
    const { ended } = await stop();
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/kis/mock/tryitout`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('503');
    const response = await finish();
    expect(response).toContain('HTTP/1.1 200');
    expect(response).toContain('"access_token"');
    await ended;
  });

  it('does not wait for a body that never comes to its end', async () => {
    await callUnderWay();
    await api.close();
  }, 20_000);

  it.each(['the API', 'a port of its own'])(
    'does not wait for a client that was refused at %s and keeps its connection open',
    async (where) => {
      const [own, path] =
        where === 'the API' ? [Number(new URL(api.url).port), '/kis/mock/tryitout'] : [port, '/tryitout'];
      const client = connect({ port: own, host: '127.0.0.1', allowHalfOpen: true });
      client.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${own}\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      );
      const [received] = (await once(client, 'data')) as [Buffer];
      expect(received.toString()).toContain(' 403 ');
      await api.close();
      client.destroy();
    },
  );
});
