import { once } from 'node:events';
import { WebSocket } from 'ws';
import { KisConfiguration, KisRealtimeSessions } from '../src/kis';
import { ManualKisClock } from '../src/kis/testing/manual-clock';
import { startSimulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory } from './support/running-api';

/** A program is disconnected when its session at KIS was away for longer. */
const LONGEST_LOSS_MS = 10_000;
/** How often the gateway looks. */
const LOOK_EVERY_MS = 1000;

/** Lets what is under way go on until something is so; the time limit of the test ends the wait. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

describe('A program with a websocket, while the session at KIS is away', () => {
  it('stays connected for ten seconds and is disconnected then', async () => {
    const directory = await temporaryDirectory();
    const clock = new ManualKisClock(Date.now());
    const simulator = await startSimulator({ mockPort: 0, realPort: null, now: () => clock.now() });
    const env = { ...brokerageEnv(simulator, 'MOCK', directory.path), KIS_GATEWAY: 'true' };
    const api = await RunningApi.start({ env, clock });
    const { appKey: appkey, appSecret: secretkey } = simulator.demo.mock;
    const { body } = await api.ask<{ approval_key: string }>('/kis/mock/oauth2/Approval', {
      method: 'POST',
      body: JSON.stringify({ grant_type: 'client_credentials', appkey, secretkey }),
    });
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/kis/mock/tryitout`);
    await once(socket, 'open');
    const header = { approval_key: body.approval_key, custtype: 'P', tr_type: '1' };
    socket.send(JSON.stringify({ header, body: { input: { tr_id: 'H0STCNT0', tr_key: '005930' } } }));
    const [acknowledged] = (await once(socket, 'message')) as [Buffer];
    expect(acknowledged.toString()).toContain('OPSP0000');

    const session = api.app
      .get(KisRealtimeSessions, { strict: false })
      .of(api.app.get(KisConfiguration, { strict: false }).account());
    await simulator.stop();
    await until(() => session.lostSince !== null);
    const closed = once(socket, 'close');
    await clock.advance(LONGEST_LOSS_MS);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    await clock.advance(2 * LOOK_EVERY_MS);
    await closed;

    await api.close();
    directory.remove();
  });
});
