import { WebSocket } from 'ws';
import { SocketClient, SocketFixture } from '../../test/support/simulator/socket-fixture';
import { startSimulator } from './simulator';
import { ask } from '../../test/support/simulator/test-simulator';

let fixture: SocketFixture;
beforeEach(async () => {
  fixture = await SocketFixture.open();
});
afterEach(() => fixture.close());

describe('an open connection', () => {
  it('is pinged, and both answers count', async () => {
    const client = await fixture.connect('real');
    await client.register('H0STCNT0', '005930');
    fixture.pass(10);
    const ping = await client.ping();
    expect(ping).toEqual({ header: { tr_id: 'PINGPONG', datetime: '20261123100010' } });
    client.say(JSON.stringify(ping));
    client.socket.pong('{"header":{"tr_id":"PINGPONG"}}');
    client.request('H0STCNT0', '005930', '2');
    await client.control();
    const { json } = await fixture.server.ask('real', '/__sim/realtime');
    expect(json['sessions']).toMatchObject([{ pings: 1, pongs: 2, registrations: [] }]);
  });

  it('can be pinged by protocol too', async () => {
    fixture.simulator.update({ protocolPings: true });
    const client = await fixture.connect('real');
    await client.register('H0STCNT0', '005930');
    fixture.pass(10);
    await client.ping();
    await client.register('H0STCNT0', '000660');
    expect(client.protocolPings).toBe(1);
  });

  it('ends without a pong when so set', async () => {
    fixture.simulator.update({ closeWithoutPongSeconds: 60 });
    const client = await fixture.connect('real');
    await client.register('H0STCNT0', '005930');
    const ended = client.ended();
    fixture.pass(60);
    expect(await ended).toBe(1006);
  });

  it('can fall silent without ending', async () => {
    const client = await fixture.connect('real');
    await client.register('H0STCNT0', '005930');
    fixture.simulator.update({ realtimeSilent: true });
    fixture.pass(60);
    client.request('H0STCNT0', '000660');
    await fixture.happened('H0STCNT0 000660');
    fixture.simulator.update({ realtimeSilent: false });
    client.request('H0STCNT0', '000270');
    expect((await client.control()).header).toMatchObject({ tr_key: '000270' });
    expect(client.frames).toEqual([]);
  });

  it('can be closed with a code and a reason, or for one key', async () => {
    const client = await fixture.connect('real');
    await client.register('H0STCNT0', '005930');
    const other = await fixture.connect('mock');
    await other.register('H0STCNT0', '005930');
    const ended = client.ended();
    const { appKey } = fixture.server.demo('real');
    expect((await fixture.control('realtime/close', { appKey, code: 1001, reason: 'bye' })).json).toEqual({
      closed: 1,
    });
    expect(await ended).toBe(1001);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
    expect((await fixture.control('realtime/close', { code: 1 })).status).toBe(400);
    expect((await fixture.control('realtime/close', { code: 'x' })).status).toBe(400);
  });

  it('can be refused before its handshake', async () => {
    fixture.simulator.update({ socketDown: true });
    await expect(fixture.connect('real')).rejects.toThrow();
  });

  it('ends with the simulator, and with a reset', async () => {
    const client = await fixture.connect('real');
    await client.register('H0STCNT0', '005930');
    const ended = client.ended();
    fixture.simulator.reset();
    expect(await ended).toBe(1006);
    expect(fixture.simulator.socketEvents).toEqual([]);
    const other = await fixture.connect('real');
    const over = other.ended();
    await fixture.simulator.stop();
    expect(await over).toBe(1006);
  });

  it('is known to the control, with its events, keys shortened', async () => {
    const client = await fixture.connect('real');
    await client.register('H0STCNT0', '005930');
    const { text } = await fixture.server.ask('mock', '/__sim/realtime?limit=1');
    expect(text).toContain('"registrations":["H0STCNT0 005930"]');
    expect(text).toContain('"kind":"registered"');
    expect(text).not.toContain('"kind":"opened"');
    expect(text).not.toContain(fixture.server.demo('real').appKey);
    expect((await fixture.server.ask('mock', '/__sim/realtime?limit=x')).status).toBe(400);
  });

  it('can be haunted by a control', async () => {
    const { appKey } = fixture.server.demo('real');
    await fixture.control('realtime/ghost', { appKey, seconds: 60 });
    const answer = await (await fixture.connect('real')).register('H0STCNT0', '005930');
    expect(answer.body?.msg1).toBe('ALREADY IN USE appkey');
    expect((await fixture.control('realtime/ghost', { appKey })).status).toBe(400);
  });
});

describe('the websocket hosts', () => {
  it('have ports of their own where that is wished, and serve nothing else there', async () => {
    const simulator = await startSimulator({ realPort: 0, mockPort: 0, realSocketPort: 0 });
    const { realUrl, mockUrl, realSocketUrl, mockSocketUrl } = simulator;
    expect(realSocketUrl).not.toBe(realUrl?.replace('http', 'ws'));
    expect(mockSocketUrl).toBe(mockUrl?.replace('http', 'ws'));
    for (const url of [realSocketUrl, mockSocketUrl, realUrl?.replace('http', 'ws')]) {
      const client = await SocketClient.open(`${url ?? ''}/tryitout`, 'nobody');
      expect((await client.register('H0STCNT0', '005930')).body?.msg_cd).toBe('OPSP0011');
      client.close();
    }
    expect((await ask(realSocketUrl?.replace('ws', 'http') ?? '')).status).toBe(426);
    await simulator.stop();
  });

  it('name the variable to change when their port is taken, and leave nothing listening', async () => {
    const port = Number(new URL(fixture.simulator.realUrl ?? '').port);
    await expect(startSimulator({ realPort: 0, mockPort: 0, mockSocketPort: port })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port} for its mock websocket host: the port is in use by another program. ` +
        `Stop what uses port ${port}, or set SIMULATOR_MOCK_SOCKET_PORT to a free one.`,
    );
  });
});
