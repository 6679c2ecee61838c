import { join } from 'node:path';
import { KisConfiguration } from '../src/kis';
import { accountKey } from '../src/kis/order/account-key';
import { dayPlus } from '../src/kis/order/korean-date';
import { OrderLedger } from '../src/kis/order/journal/order-ledger';
import type { OrderRecord } from '../src/kis/order/journal/order-record';
import { startSimulator, type Simulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory, type ProblemBody } from './support/running-api';

const ORDERS = '/api/accounts/main/orders';
const LIMIT = { symbol: '005930', side: 'buy', type: 'limit', quantity: '3', price: '90000' };

interface Order {
  readonly clientOrderId: string;
  readonly orderNumber: string | null;
  readonly status: string;
}

/** Two services with journals of their own use one account, so the lists of KIS show each the orders of the other. */
describe('an order for which KIS lists two that can be it', () => {
  let simulator: Simulator;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let api: RunningApi;
  let other: RunningApi;

  beforeEach(async () => {
    const settings = { sessions: 'open', fills: 'manual', mockPerSecond: 1000 } as const;
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings });
    directory = await temporaryDirectory();
    [api, other] = [await start('ours'), await start('theirs')];
    simulator.update({ orderFault: 'drop', orderFaultNext: 1, orderListLagMs: 60_000 });
    expect(await place(api, 'lost')).toMatchObject({ status: 202, body: { status: 'unknown' } });
    expect((await place(other, 'foreign')).status).toBe(201);
    simulator.update({ orderListLagMs: 0 });
  });

  afterEach(async () => {
    await Promise.all([api.close(), other.close()]);
    await simulator.stop();
    directory.remove();
  });

  const start = (journal: string): Promise<RunningApi> =>
    RunningApi.start({
      env: {
        ...brokerageEnv(simulator, 'MOCK', directory.path),
        KIS_STATE_DIR: join(directory.path, journal),
        KIS_ORDERS: 'true',
        KIS_REQUEST_TIMEOUT_MS: '2000',
      },
    });

  const send = <T>(to: RunningApi, path: string, body: object) =>
    to.ask<T>(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const place = (to: RunningApi, clientOrderId: string, quantity = '3') =>
    send<Order & ProblemBody>(to, ORDERS, { ...LIMIT, clientOrderId, quantity });
  const settle = (body: object, id = 'lost') =>
    send<Order & ProblemBody>(api, `${ORDERS}/${id}/settlement`, body);

  it('blocks its account after a restart, says how it is settled by hand, and is settled so', async () => {
    await api.close();
    api = await start('ours');
    const blocked = await place(api, 'next', '4');
    expect(blocked).toMatchObject({ status: 409, body: { code: 'ORDER_EQUAL_UNSETTLED' } });
    expect(blocked.body.detail).toMatch(
      /\("lost"\)[^]*kis order settle <id> --as[^]*POST …\/orders\/<id>\/settlement/,
    );
    expect(await settle({ outcome: 'placed', orderNumber: '77' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/Those that can be it: 0000000001, 0000000002/) as string },
    });
    expect(await settle({ outcome: 'placed', orderNumber: '1' })).toMatchObject({
      status: 200,
      body: { status: 'accepted', orderNumber: '0000000001' },
    });
    expect((await place(api, 'next', '4')).status).toBe(201);
    expect(await place(api, 'lost')).toMatchObject({ status: 200, body: { orderNumber: '0000000001' } });
    expect(simulator.orders).toHaveLength(3);
  });

  it('can be settled as not placed, once, and the outcome cannot be changed afterwards', async () => {
    const outcome = { outcome: 'not-placed' };
    const both = await Promise.all([settle(outcome), settle(outcome)]);
    expect(both).toMatchObject([
      { status: 200, body: { status: 'not-placed' } },
      { status: 200, body: { status: 'not-placed' } },
    ]);
    expect(await settle({ outcome: 'placed', orderNumber: '1' })).toMatchObject({
      status: 409,
      body: { code: 'ORDER_NOT_UNKNOWN' },
    });
    // The lists that are read for this show both, as before.
    const listed = (await api.ask<Order[]>(ORDERS)).body;
    expect(listed.find(({ clientOrderId }) => clientOrderId === 'lost')?.status).toBe('not-placed');
  });

  it('is listed as unknown with those of any earlier day, unless days are given', async () => {
    const day = await leaveBehind('older', 40);
    const idsOf = async (query: string): Promise<string[]> =>
      (await api.ask<Order[]>(`${ORDERS}?${query}`)).body.map(({ clientOrderId }) => clientOrderId);
    expect(await idsOf('status=unknown')).toEqual(['older', 'lost']);
    expect(await idsOf(`status=unknown&from=${day}&to=${day}`)).toEqual(['older']);
    expect(await idsOf(`status=unknown&from=${dayPlus(day, 1)}`)).toEqual(['lost']);
    expect(await idsOf('status=unknown&symbol=000660')).toEqual([]);
    expect(await idsOf('status=all')).not.toContain('older');
    expect(await api.ask(`${ORDERS}/older`)).toMatchObject({ status: 200, body: { status: 'unknown' } });
  });

  /** Puts an order of an earlier day, of which no list tells any more, into the journal. @returns its day */
  async function leaveBehind(clientOrderId: string, daysAgo: number): Promise<string> {
    const scope = accountKey(api.app.get(KisConfiguration, { strict: false }).account());
    const journal = api.app.get(OrderLedger, { strict: false });
    const day = dayPlus(new Date().toISOString().slice(0, 10), -daysAgo);
    for (let written = false; !written;) {
      // The search for the other one writes, too.
      const { ledger, revision, entries } = await journal.read({ scope, open: true });
      const lost = JSON.parse(entries[0]?.text ?? '') as OrderRecord;
      const createdAt = lost.createdAt - daysAgo * 86_400_000;
      const record: OrderRecord = { ...lost, clientOrderId, day, createdAt, unlisted: true };
      const entry = { id: `${day} ${clientOrderId}`, open: true, text: JSON.stringify(record) };
      const change = { ledger, expected: [{ scope, revision }], scope, entries: [entry] };
      written = await journal.write(change);
    }
    return day;
  }

  it.each([
    [{}, 400, 'INVALID_REQUEST'],
    [{ outcome: 'placed' }, 400, 'INVALID_REQUEST'],
    [{ outcome: 'not-placed', orderNumber: '1' }, 400, 'INVALID_REQUEST'],
    [{ outcome: 'placed', orderNumber: '0' }, 400, 'INVALID_REQUEST'],
  ])('is not settled by %j', async (body, status, code) => {
    expect(await settle(body)).toMatchObject({ status, body: { code } });
    expect((await api.ask<Order>(`${ORDERS}/lost`)).body.status).toBe('unknown');
  });

  it('is not settled under another id', async () => {
    expect(await settle({ outcome: 'not-placed' }, 'unheard-of')).toMatchObject({
      status: 404,
      body: { code: 'ORDER_NOT_FOUND' },
    });
  });
});
