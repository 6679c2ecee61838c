import { SystemKisClock } from '../src/kis';
import { startSimulator, type Simulator } from '../src/simulator';
import { ask } from './support/answer';
import { brokerageEnv } from './support/brokerage-env';
import { EventStream } from './support/event-stream';
import { RunningApi, temporaryDirectory } from './support/running-api';

const LIMIT = { symbol: '005930', side: 'buy', type: 'limit', quantity: '3', price: '70000' };
const ORDERS = '/api/accounts/main/orders';

/** Pauses between two attempts to connect pass five times faster; nothing else here takes long. */
class FastPauses extends SystemKisClock {
  override monotonic(): number {
    return super.monotonic() * 5;
  }
}

interface Order {
  readonly clientOrderId: string;
  readonly orderNumber: string | null;
  readonly status: string;
}

let simulator: Simulator;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let api: RunningApi;
const streams: EventStream[] = [];

beforeEach(async () => {
  const settings = { sessions: 'open', fills: 'manual', mockPerSecond: 1000, pingSeconds: 1 } as const;
  simulator = await startSimulator({ realPort: null, mockPort: 0, settings });
  directory = await temporaryDirectory();
  api = await start(simulator.demo.mock.htsId);
});

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await api.close();
  await simulator.stop();
  directory.remove();
});

const start = (htsId: string): Promise<RunningApi> =>
  RunningApi.start({
    clock: new FastPauses(),
    env: { ...brokerageEnv(simulator, 'MOCK', directory.path), KIS_HTS_ID: htsId, KIS_ORDERS: 'true' },
  });

async function restart(htsId: string): Promise<void> {
  await api.close();
  api = await start(htsId);
}

const control = (path: string, body: object) =>
  ask(`${simulator.mockUrl ?? ''}/__sim/${path}`, { method: 'POST', body: JSON.stringify(body) });

const place = (clientOrderId: string, query = '') =>
  api.ask<Order>(`${ORDERS}${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...LIMIT, clientOrderId }),
  });

/** What happened on websockets: `opened`, `registered H0STCNI9`. */
const socketEvents = (): string[] =>
  simulator.socketEvents.map(({ kind, detail }) => `${kind} ${detail.split(' ')[0] ?? ''}`.trim());

async function untilFollowed(): Promise<void> {
  while (!socketEvents().includes('registered H0GSCNI9')) await new Promise(setImmediate);
}

describe('Notices about orders', () => {
  it('are followed from the first order on, although nobody listens; a service that only reads opens no session', async () => {
    expect((await api.ask('/api/accounts/main/balance')).status).toBe(200);
    expect((await api.ask(ORDERS)).status).toBe(200);
    expect(socketEvents()).toEqual([]);
    expect((await place('first')).status).toBe(201);
    await untilFollowed();
    expect((await place('second')).status).toBe(201);
    expect(socketEvents()).toEqual(['opened', 'registered H0STCNI9', 'registered H0GSCNI9']);
  });

  it('settle an order whose answer was lost and that no list shows', async () => {
    await place('first');
    await untilFollowed();
    simulator.update({ orderFault: 'drop', orderFaultNext: 1, orderListLagMs: 600_000 });
    const { status, body } = await place('lost', '?wait=20');
    expect([status, body.status]).toEqual([201, 'accepted']);
    expect(body.orderNumber).toBe(simulator.orders.at(-1)?.orderNumber);
    expect(api.log.join('\n')).toContain(`is accepted as number ${body.orderNumber ?? ''}, by KIS's notice`);
    expect(simulator.orders).toHaveLength(2);
  });

  it('of an HTS id on which KIS ends the session are given up with a warning, and orders go on', async () => {
    await restart('stranger');
    expect((await place('first')).status).toBe(201);
    await api.untilLogged('cannot be had: SESSION_ENDED');
    expect((await place('second')).status).toBe(201);
    const stream = await EventStream.open(`${api.url}/api/stream?channels=orders:main,trades:005930`);
    streams.push(stream);
    await stream.until(({ data }) => data['channel'] === 'orders:main' && data['state'] === 'refused');
    await stream.until(({ event }) => event === 'trade');

    const warnings = api.log.filter((line) => line.includes('SESSION_ENDED'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/WARNING.*settled by KIS's lists alone. Check KIS_HTS_ID/);
    expect(api.log.filter((line) => line.includes('ERROR'))).toEqual([]);
  });

  it('that were missed in a gap are made up for by the lists', async () => {
    const stream = await EventStream.open(`${api.url}/api/stream?channels=orders:main`);
    streams.push(stream);
    await stream.until(({ data }) => data['channel'] === 'orders:main' && data['state'] === 'subscribed');
    await control('realtime/close', { terminate: true });
    await stream.until(({ data }) => data['state'] === 'disconnected');
    const { body } = await place('in-the-gap');
    await control('orders/fill', { orderNumber: body.orderNumber, quantity: 2, price: 69_900 });

    const filled = await stream.until(({ data }) => data['event'] === 'filled');
    expect(filled.data).toMatchObject({
      account: 'main',
      fill: { quantity: '2', price: '69900' },
      order: { clientOrderId: 'in-the-gap', status: 'partially-filled', filledQuantity: '2' },
    });
    const kinds = stream.events.map(({ event, data }) => [event, data['state'] ?? data['event'] ?? '']);
    expect(kinds.slice(-4)).toEqual([
      ['status', 'connected'],
      ['gap', ''],
      ['order', 'received'],
      ['order', 'filled'],
    ]);
    expect(stream.events.filter(({ id }) => id !== null).map(({ id }) => id?.split('.').at(-1))).toEqual([
      '1',
      '2',
    ]);
  });
});
