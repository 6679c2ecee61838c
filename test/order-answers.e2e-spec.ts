import { EventEmitter, once } from 'node:events';
import { KisOrderBook } from '../src/kis';
import { KisOrderChecks } from '../src/kis/order/check/kis-order.checks';
import { KisOrderJournal } from '../src/kis/order/journal/kis-order.journal';
import { changed } from '../src/kis/order/settlement/settlement-rules';
import { startSimulator, type Simulator } from '../src/simulator';
import type { Answer } from './support/answer';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory, type ProblemBody } from './support/running-api';

const ORDERS = '/api/accounts/main/orders';
const LIMIT = { symbol: '005930', side: 'buy', type: 'limit', quantity: '3', price: '90000' };

interface Order extends ProblemBody {
  readonly clientOrderId: string;
  readonly orderNumber: string | null;
  readonly buyingPower?: { readonly quantity: string };
}

describe('An answer about an order is no older than what the service has written down', () => {
  let simulator: Simulator;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let api: RunningApi;
  let journal: KisOrderJournal;

  beforeEach(async () => {
    const settings = { sessions: 'open', fills: 'manual', mockPerSecond: 1000 } as const;
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings });
    directory = await temporaryDirectory();
    const env = { ...brokerageEnv(simulator, 'MOCK', directory.path), KIS_ORDERS: 'true' };
    api = await RunningApi.start({ env });
    journal = api.app.get(KisOrderJournal, { strict: false });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await api.close();
    await simulator.stop();
    directory.remove();
  });

  const send = (method: string, path: string, body: object) =>
    api.ask<Order>(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const place = (clientOrderId: string, query = '') =>
    send('POST', `${ORDERS}${query}`, { ...LIMIT, clientOrderId });

  const loseNextResponse = (orderListLagMs: number): void => {
    simulator.update({ orderFault: 'drop', orderFaultNext: 1, orderListLagMs });
  };

  /** As a notice does that arrives with the loss: the outcome is written down right after `unknown`. */
  function settleOnceUnknown(): void {
    const write = journal.write.bind(journal);
    jest.spyOn(journal, 'write').mockImplementation(async (record) => {
      const isWritten = await write(record);
      const orderNumber = simulator.orders.at(-1)?.orderNumber ?? null;
      if (record.outcome === 'unknown')
        await write(changed(record, { outcome: 'accepted', orderNumber }, record.updatedAt));
      return isWritten;
    });
  }

  it.each([
    ['placed', () => place('lost')],
    ['changed', () => send('PATCH', `${ORDERS}/first`, { price: '89000', clientOrderId: 'lost' })],
  ])('when an order is %s whose response is lost, and a notice says the outcome', async (_, order) => {
    await place('first');
    loseNextResponse(600_000);
    settleOnceUnknown();
    const answer = await order();
    expect([answer.status, answer.body.status]).toEqual([201, 'accepted']);
    expect(answer.body.orderNumber).toBe(simulator.orders.at(-1)?.orderNumber);
  });

  it('when the lists that are read for the answer show that a cancellation has worked', async () => {
    await place('first');
    loseNextResponse(0);
    const answer = await api.ask<Order>(`${ORDERS}/first`, { method: 'DELETE' });
    expect([answer.status, answer.body.status]).toEqual([200, 'cancelled']);
  });

  it('when somebody else settles an order while the lists are read', async () => {
    loseNextResponse(0);
    expect(await place('lost')).toMatchObject({ status: 202, body: { status: 'unknown' } });
    const write = journal.write.bind(journal);
    jest.spyOn(journal, 'write').mockImplementation(async (record) => {
      await write(record);
      return write(record);
    });
    const { body } = await api.ask<Order[]>(ORDERS);
    expect(body).toMatchObject([{ clientOrderId: 'lost', status: 'accepted' }]);
  });

  /** Of two equal requests the second is as far as `hold` before the first goes on, and goes on once the first has an answer. */
  async function twiceAtOnce(
    order: () => Promise<Answer<Order>>,
    hold: (turn: () => Promise<unknown>) => void,
  ): Promise<Answer<Order>[]> {
    const events = new EventEmitter();
    const isSecond = once(events, 'second');
    let calls = 0;
    hold(() => {
      calls += 1;
      if (calls === 2) events.emit('second');
      return calls === 1 ? isSecond : calls === 2 ? first : Promise.resolve();
    });
    const first = order();
    return Promise.all([first, order()]);
  }

  it('when an order is placed twice at once, and there is money for one', async () => {
    const { body } = await send('POST', `${ORDERS}/check`, LIMIT);
    const order = { ...LIMIT, clientOrderId: 'twice', quantity: body.buyingPower?.quantity };
    const checks = api.app.get(KisOrderChecks, { strict: false });
    const check = checks.check.bind(checks);
    const answers = await twiceAtOnce(
      () => send('POST', ORDERS, order),
      (turn) =>
        jest.spyOn(checks, 'check').mockImplementation(async (...args) => {
          await turn();
          return check(...args);
        }),
    );
    expect(answers).toMatchObject([
      { status: 201, body: { status: 'accepted', orderNumber: '0000000001' } },
      { status: 200, body: { status: 'accepted', orderNumber: '0000000001' } },
    ]);
    expect(simulator.orders).toHaveLength(1);
  });

  it('when an order is changed twice at once', async () => {
    await place('first');
    const book = api.app.get(KisOrderBook, { strict: false });
    const find = book.find.bind(book);
    const answers = await twiceAtOnce(
      () => send('PATCH', `${ORDERS}/first`, { price: '89000', clientOrderId: 'twice' }),
      (turn) =>
        jest.spyOn(book, 'find').mockImplementation(async (...args) => {
          await turn();
          return find(...args);
        }),
    );
    expect(answers).toMatchObject([
      { status: 201, body: { status: 'accepted', orderNumber: '0000000002' } },
      { status: 200, body: { status: 'accepted', orderNumber: '0000000002' } },
    ]);
    expect(simulator.orders).toHaveLength(2);
  });

  it('also when the journal cannot be read any more: what was sent is never reported as not sent', async () => {
    loseNextResponse(600_000);
    jest.spyOn(journal, 'find').mockImplementation((_, __, id) => {
      return id === 'lost' && simulator.orders.length > 0
        ? Promise.reject(new Error('the disk is gone'))
        : Promise.resolve(null);
    });
    expect(await place('lost', '?wait=1')).toMatchObject({ status: 202, body: { status: 'unknown' } });
  });
});
