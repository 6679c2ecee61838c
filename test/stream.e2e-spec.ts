import { once } from 'node:events';
import { EventStream } from './support/event-stream';
import { embeddedEnv, RunningApi, temporaryDirectory, type ProblemBody } from './support/running-api';

let api: RunningApi;
let directory: { path: string; remove: () => void };
const streams: EventStream[] = [];

beforeAll(async () => {
  directory = await temporaryDirectory();
  api = await RunningApi.start({ env: embeddedEnv(directory.path) });
});

beforeEach(() => {
  api.simulator.update({ pushEveryMs: 50, fills: 'manual' });
});

afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
  api.simulator.update({ extraColumns: 0, frameColumns: 'clock' });
});

afterAll(async () => {
  await api.close();
  directory.remove();
});

async function listen(channels: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const stream = await EventStream.open(`${api.url}/api/stream?channels=${channels}`, headers);
  streams.push(stream);
  return stream;
}

async function place(body: object): Promise<Record<string, unknown>> {
  const answer = await api.ask<Record<string, unknown>>('/api/accounts/main/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return answer.body;
}

const LIMIT = { symbol: '005930', side: 'buy', type: 'limit', quantity: '2', price: '70000' };

describe('GET /api/stream', () => {
  it('brings trades and order books in our vocabulary', async () => {
    const stream = await listen('trades:005930,book:000660');
    expect(stream.response.statusCode).toBe(200);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String) as string,
    });

    const { data: trade } = await stream.until(({ event }) => event === 'trade');
    expect(trade).toEqual({
      symbol: '005930',
      venue: 'KRX',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/) as string,
      price: expect.stringMatching(/^\d+$/) as string,
      change: expect.stringMatching(/^-?\d+$/) as string,
      changeRate: expect.stringMatching(/^-?\d+\.\d\d$/) as string,
      quantity: expect.stringMatching(/^\d+$/) as string,
      side: expect.stringMatching(/^buy|sell$/) as string,
      volume: expect.stringMatching(/^\d+$/) as string,
      open: expect.stringMatching(/^\d+$/) as string,
      high: expect.stringMatching(/^\d+$/) as string,
      low: expect.stringMatching(/^\d+$/) as string,
      ask: expect.stringMatching(/^\d+$/) as string,
      bid: expect.stringMatching(/^\d+$/) as string,
      session: expect.stringMatching(/^pre|regular|after|close$/) as string,
    });
    const { data: book } = await stream.until(({ event }) => event === 'book');
    expect(book).toMatchObject({ symbol: '000660', venue: 'KRX', expectedPrice: null });
    expect(book['asks']).toHaveLength(10);
    expect(stream.events.filter(({ event }) => event === 'status').map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        { channel: 'trades:005930', state: 'subscribed', detail: 'OPSP0000 SUBSCRIBE SUCCESS' },
        { channel: 'book:000660', state: 'subscribed', detail: 'OPSP0000 SUBSCRIBE SUCCESS' },
      ]),
    );
  });

  it('shares one session with KIS between all listeners', async () => {
    const [one, two] = [await listen('trades:005930'), await listen('trades:005930')];
    await Promise.all([one, two].map((stream) => stream.until(({ event }) => event === 'trade')));
    const opened = api.simulator.socketEvents.filter(({ kind }) => kind === 'opened');
    expect(opened).toHaveLength(1);
  });

  it('reads frames with more columns, and reports those with too few without shifting any', async () => {
    api.simulator.update({ extraColumns: 3 });
    const stream = await listen('trades:035720');
    await stream.until(({ event }) => event === 'trade');
    api.simulator.update({ extraColumns: -2 });
    const { data } = await stream.until(({ data: { state } }) => state === 'unreadable');
    expect(data).toMatchObject({ channel: 'trades:035720', state: 'unreadable' });
    const metrics = await api.ask('/metrics');
    expect(metrics.text).toMatch(/^kis_realtime_unreadable_frames_total\{.*tr_id="H0STCNT0".*\} [1-9]\d*$/m);
  });

  it('tells of fills of orders, and what was missed to a listener that comes back', async () => {
    const stream = await listen('orders:main');
    await stream.until(({ data: { channel } }) => channel === 'orders:main');
    const order = await place({ ...LIMIT, clientOrderId: 'stream-1' });
    const received = await stream.until(({ event }) => event === 'order');
    expect(received.data).toMatchObject({
      account: 'main',
      event: 'received',
      fill: null,
      order: { clientOrderId: 'stream-1', orderNumber: order['orderNumber'], status: 'accepted' },
    });
    await fetch(`${api.simulator.mockUrl ?? ''}/__sim/orders/fill`, {
      method: 'POST',
      body: JSON.stringify({ orderNumber: order['orderNumber'], quantity: 1, price: 69_900 }),
    });
    const filled = await stream.until(({ data }) => data['event'] === 'filled');
    expect(filled.data).toMatchObject({
      fill: { quantity: '1', price: '69900' },
      order: {
        clientOrderId: 'stream-1',
        status: 'partially-filled',
        filledQuantity: '1',
        averageFillPrice: '69900',
        openQuantity: '1',
      },
    });
    stream.close();

    await api.ask(`/api/accounts/main/orders/stream-1`, { method: 'DELETE' });
    const again = await listen('orders:main', { 'last-event-id': filled.id ?? '' });
    const cancelled = await again.until(
      ({ event, data }) => event === 'order' && data['event'] === 'cancelled',
    );
    expect(cancelled.data['order']).toMatchObject({
      clientOrderId: 'stream-1',
      status: 'cancelled',
      openQuantity: '0',
    });
    expect(again.events.filter(({ id }) => id === received.id || id === filled.id)).toEqual([]);
  });

  it.each([
    ['trades', 400, 'INVALID_REQUEST'],
    ['ticks:005930', 400, 'INVALID_REQUEST'],
    ['trades:005930@XXX', 400, 'INVALID_REQUEST'],
    ['orders:nobody', 404, 'ACCOUNT_NOT_FOUND'],
    ['trades:005930@NXT', 422, 'NOT_AVAILABLE_IN_MOCK'],
    ['trades:NAS:AAPL', 422, 'NOT_AVAILABLE_IN_MOCK'],
  ])('refuses %s with %i %s', async (channels, status, code) => {
    const answer = await api.ask<ProblemBody>(`/api/stream?channels=${channels}`);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('refuses a channel beyond 41, and names what is registered', async () => {
    const symbols = Array.from({ length: 42 }, (_, index) => `book:${100_000 + index}`);
    const answer = await api.ask<ProblemBody & { channels: string[] }>(
      `/api/stream?channels=${symbols.join(',')}`,
    );
    expect(answer).toMatchObject({ status: 409, body: { code: 'REGISTRATIONS_FULL' } });
    expect(answer.body.channels.length).toBeGreaterThanOrEqual(30);
  });
});

describe('A stop of the service', () => {
  it('ends a stream at once that is opened while it stops', async () => {
    const stopping = await temporaryDirectory();
    const service = await RunningApi.start({ env: embeddedEnv(stopping.path) });
    // Without a session at KIS a stream begins two seconds after its request.
    service.simulator.update({ socketDown: true });
    const server = service.app.getHttpServer();
    const forced = jest.spyOn(server, 'closeAllConnections');
    const received = once(server, 'request');
    const opening = EventStream.open(`${service.url}/api/stream?channels=trades:005930`);
    await received;
    await service.close();
    await (await opening).untilEnded();
    // That is what ends a connection which is still open after 25 seconds.
    expect(forced).not.toHaveBeenCalled();
    stopping.remove();
  });
});
