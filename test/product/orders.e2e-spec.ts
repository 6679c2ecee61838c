import { rmSync } from 'node:fs';
import type { Answer } from '../support/answer';
import { brokerageEnv } from '../support/brokerage-env';
import { DEMO, Product } from '../support/product';
import { startSimulator, type Simulator } from '../../src/simulator';

interface Order {
  readonly clientOrderId: string;
  readonly orderNumber: string | null;
  readonly status: string;
  readonly filledQuantity: string;
}

interface Problem {
  readonly code: string;
  readonly detail: string;
}

/** The book of the simulator, which a restart must not lose. */
const BOOK = '~/KIS/state/simulator-orders.jsonl';
const ORDERS = '/api/accounts/main/orders';
const LIMIT = { symbol: '005930', side: 'buy', type: 'limit', quantity: '3' };
/** Of the Done-when of this feature: an unknown order has an outcome by itself after so long. */
const SETTLED_WITHIN_MS = 10_000;

function send<T = Order>(product: Product, method: string, path: string, body?: object): Promise<Answer<T>> {
  const headers = { 'content-type': 'application/json' };
  return product.ask<T>(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
}

const place = (product: Product, order: object): Promise<Answer<Order>> =>
  send(product, 'POST', ORDERS, { ...LIMIT, ...order });

async function until<T>(read: () => Promise<T>, isEnough: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const value = await read();
    if (isEnough(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const orderOf = async (product: Product, id: string): Promise<Order> =>
  (await product.ask<Order>(`${ORDERS}/${id}`)).body;

const settled = (product: Product, id: string): Promise<Order> =>
  until(
    () => orderOf(product, id),
    ({ status }) => status !== 'unknown' && status !== 'sending',
  );

describe('Orders of the built product, with the simulator that it brings along', () => {
  let product: Product;
  let price: { readonly price: string; readonly lowerLimit: string; readonly upperLimit: string };

  beforeEach(async () => {
    product = await Product.start({ env: DEMO });
    price = (await product.ask<typeof price>('/api/quotes/005930')).body;
  });

  afterEach(() => product.kill());

  /** A control of the simulator. */
  async function control(change: object): Promise<void> {
    const { url } = (await product.ask<{ url: string }>('/simulator')).body;
    const headers = { 'content-type': 'application/json' };
    const done = await fetch(`${url}/__sim/settings`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify(change),
    });
    expect(done.status).toBe(200);
  }

  it('are placed, filled, in the balance and in the list of the day, and once under their id', async () => {
    const before = await holding();
    const placed = await place(product, { clientOrderId: 'first', price: price.upperLimit });
    expect(placed).toMatchObject({ status: 201, body: { status: 'accepted', clientOrderId: 'first' } });
    const filled = await until(
      () => orderOf(product, 'first'),
      ({ status }) => status === 'filled',
    );
    expect(filled).toMatchObject({ status: 'filled', filledQuantity: '3' });
    expect(await holding()).toBe(before + 3);
    const again = await place(product, { clientOrderId: 'first', price: price.upperLimit });
    expect(again).toMatchObject({ status: 200, body: { orderNumber: placed.body.orderNumber } });
    const listed = await product.ask<Order[]>(ORDERS);
    expect(listed.body.map(({ clientOrderId }) => clientOrderId)).toEqual(['first']);
    expect(await product.ask('/api/accounts/main/executions')).toMatchObject({
      body: [{ clientOrderId: 'first', quantity: '3' }],
    });
    expect(product.home.mode('~/KIS/state')).toBe('700');
    expect(product.home.mode('~/KIS/state/orders.db')).toBe('600');
  });

  it('of a journal that was moved away are missed at the start, and the kill switch that went with it is named', async () => {
    expect(await send(product, 'PUT', '/api/trading', { enabled: false })).toMatchObject({ status: 200 });
    await product.stop();
    const gone =
      /WARNING - \[Orders\] There is no order journal ~\/KIS\/state\/orders\.db any more.*stop it again/g;
    expect(product.stdout + product.stderr).not.toMatch(gone);
    for (const name of product.home.list('~/KIS/state')) {
      if (name.startsWith('orders.db')) rmSync(product.home.locate(`~/KIS/state/${name}`));
    }

    product = await Product.start({ env: DEMO, home: product.home });
    expect(await product.ask('/api/trading')).toMatchObject({ body: { enabled: true, changedAt: null } });
    await product.stop();
    expect((product.stdout + product.stderr).match(gone)).toHaveLength(1);
  });

  async function holding(): Promise<number> {
    type Balance = { holdings: { symbol: string; quantity: string }[] };
    const { holdings } = (await product.ask<Balance>('/api/accounts/main/balance')).body;
    return Number(holdings.find(({ symbol }) => symbol === LIMIT.symbol)?.quantity ?? 0);
  }

  it('in the US are placed, listed, filled or cancelled, and refused where mock trading lacks them', async () => {
    const us = { symbol: 'NAS:AAPL', quantity: '2' };
    const low = { ...us, clientOrderId: 'low', price: '100.01' };
    expect(await place(product, low)).toMatchObject({
      status: 201,
      body: {
        status: 'accepted',
        orderNumber: '0000000001',
        symbol: 'NAS:AAPL',
        venue: null,
        price: '100.01',
      },
    });
    expect((await place(product, { ...us, clientOrderId: 'high', price: '900.00' })).status).toBe(201);
    const filled = await until(
      () => orderOf(product, 'high'),
      ({ status }) => status === 'filled',
    );
    expect(filled).toMatchObject({ status: 'filled', filledQuantity: '2' });
    expect(await send(product, 'DELETE', `${ORDERS}/low`)).toMatchObject({
      status: 200,
      body: { status: 'cancelled', openQuantity: '0' },
    });
    expect(await place(product, low)).toMatchObject({ status: 200, body: { orderNumber: '0000000001' } });
    const listed = await product.ask<Order[]>(`${ORDERS}?symbol=NAS:AAPL`);
    expect(listed.body.map(({ clientOrderId, status }) => [clientOrderId, status])).toEqual([
      ['low', 'cancelled'],
      ['high', 'filled'],
    ]);
    const close = { symbol: 'NAS:AAPL', side: 'sell', type: 'moc', quantity: '1' };
    expect(await send<Problem>(product, 'POST', ORDERS, close)).toMatchObject({
      status: 422,
      body: { code: 'ORDER_REFUSED', detail: expect.stringContaining('REAL trading') as string },
    });
  });

  it('whose response is lost are unknown, and accepted by themselves after it', async () => {
    await control({ orderFault: 'drop', orderFaultNext: 1 });
    const lost = await place(product, { clientOrderId: 'lost', price: price.lowerLimit });
    expect(lost).toMatchObject({ status: 202, body: { status: 'unknown', orderNumber: null } });
    expect(await settled(product, 'lost')).toMatchObject({ status: 'accepted', orderNumber: '0000000001' });
  });

  it('whose response is lost when the service is killed are accepted by themselves after its restart', async () => {
    await control({ orderFault: 'hang', orderFaultNext: 1 });
    const hanging = place(product, { clientOrderId: 'lost', price: price.lowerLimit }).catch(() => 'killed');
    await product.untilWritten('Sending order "lost"');
    await until(
      () => Promise.resolve(product.home.has(BOOK) && product.home.read(BOOK).includes('"facts"')),
      (isThere) => isThere,
    );
    await product.kill();
    await expect(hanging).resolves.toBe('killed');
    product = await Product.start({ env: DEMO, home: product.home });
    expect(await settled(product, 'lost')).toMatchObject({ status: 'accepted', orderNumber: '0000000001' });
    const again = await place(product, { clientOrderId: 'lost', price: price.lowerLimit });
    expect(again).toMatchObject({ status: 200, body: { orderNumber: '0000000001' } });
  });

  it('are stopped by the kill switch, in every process and after a restart, while cancelling goes on', async () => {
    await place(product, { clientOrderId: 'open', price: price.lowerLimit });
    await send(product, 'PUT', '/api/trading', { enabled: false });
    await product.stop();
    product = await Product.start({ env: DEMO, home: product.home });
    expect(await place(product, { price: price.lowerLimit })).toMatchObject({
      status: 403,
      body: { code: 'ORDERS_DISABLED' },
    });
    expect(await send(product, 'DELETE', `${ORDERS}/open`)).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    await send(product, 'PUT', '/api/trading', { enabled: true });
    expect((await place(product, { price: price.lowerLimit })).status).toBe(201);
  });
});

describe('Orders of the built product that must not be sent', () => {
  let simulator: Simulator;
  let product: Product | null = null;

  beforeEach(async () => {
    simulator = await startSimulator({ realPort: 0, mockPort: 0, settings: { sessions: 'open' } });
  });

  afterEach(async () => {
    await product?.kill();
    await simulator.stop();
  });

  const KEY = 'an-api-key-of-the-test';

  it.each<[string, Record<string, string>, number, string, RegExp]>([
    ['for a REAL account without an API key', { KIS_ORDERS: 'true' }, 403, 'ORDERS_DISABLED', /API_KEY/],
    ['without KIS_ORDERS', { API_KEY: KEY }, 403, 'ORDERS_DISABLED', /KIS_ORDERS=true/],
    [
      'above a cap',
      { API_KEY: KEY, KIS_ORDERS: 'true', KIS_ORDER_MAX_AMOUNT: '1000' },
      422,
      'ORDER_CAP_EXCEEDED',
      /maxAmount/,
    ],
  ])('%s are refused', async (_, env, status, code, detail) => {
    product = await Product.start({ env: { ...brokerageEnv(simulator, 'REAL'), ...env } });
    const headers = { 'content-type': 'application/json', 'x-api-key': KEY };
    type Quote = { readonly lowerLimit: string };
    const { lowerLimit } = (await product.ask<Quote>('/api/quotes/005930', { headers })).body;
    const refused = await product.ask<Problem>(ORDERS, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...LIMIT, price: lowerLimit }),
    });
    expect(refused).toMatchObject({
      status,
      body: { code, detail: expect.stringMatching(detail) as string },
    });
    expect(simulator.orders).toEqual([]);
  });
});
