import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { KisConfiguration, KisRealtimeSessions } from '../src/kis';
import { EventStream } from './support/event-stream';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

/** Records in a frame: some dozens of these fill the buffers of a connection, and fewer than 2,000 trades wait then. */
const RECORDS = 300;
const FIRST = 1_000_000;

let api: RunningApi;
let directory: { path: string; remove: () => void };
/** The server's ends of all connections, by the port of the client. */
const serverSides = new Map<number, Socket>();
const opened: Listener[] = [];

beforeAll(async () => {
  directory = await temporaryDirectory();
  api = await RunningApi.start({ env: embeddedEnv(directory.path) });
  // What comes is what the test sends.
  api.simulator.update({ pushEveryMs: 600_000, fills: 'manual' });
  api.app.getHttpServer().on('connection', (socket: Socket) => {
    serverSides.set(socket.remotePort ?? 0, socket);
  });
});

afterEach(() => {
  for (const listener of opened.splice(0)) listener.close();
});

afterAll(async () => {
  await api.close();
  directory.remove();
});

/** A connection of /api/stream that keeps what it reads as text: there is too much of it to parse all. */
class Listener {
  text = '';
  ended = false;

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (this.text += chunk));
    response.on('error', () => undefined);
    response.once('close', () => (this.ended = true));
  }

  static async open(channels: string): Promise<Listener> {
    const request = get(`${api.url}/api/stream?channels=${channels}`, { agent: false });
    request.on('error', () => undefined);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const listener = new Listener(response);
    opened.push(listener);
    for (const channel of channels.split(','))
      await listener.until(`"channel":"${channel}","state":"subscribed"`);
    return listener;
  }

  async until(text: string): Promise<void> {
    // Looked for at the end only: it is what came last.
    while (!this.text.slice(-200_000).includes(text)) await new Promise(setImmediate);
  }

  async untilEnded(): Promise<void> {
    while (!this.ended) await new Promise(setImmediate);
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  close(): void {
    this.response.destroy();
  }

  /** Bytes that wait at the server's end of its connection. */
  get unsent(): number {
    return serverSides.get(this.response.socket.localPort ?? 0)?.writableLength ?? 0;
  }

  /** The volumes of the trades that it was sent, which number them. */
  get trades(): number[] {
    return [...this.text.matchAll(/"volume":"(\d+)"/g)].map(([, volume]) => Number(volume));
  }

  get books(): number[] {
    return [...this.text.matchAll(/"totalAskQuantity":"(\d+)"/g)].map(([, quantity]) => Number(quantity));
  }
}

async function send(text: string): Promise<void> {
  const url = `${api.simulator.mockUrl ?? ''}/__sim/realtime/frame`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ text }) });
  expect(await answer.json()).toEqual({ sentTo: 1 });
}

const columns = (symbol: string, count: number, values: Record<number, string | number>): string =>
  Array.from({ length: count }, (_, index) => values[index] ?? (index === 0 ? symbol : '1')).join('^');

const tradeColumns = (volume: number): string =>
  columns('005930', 47, { 1: '093000', 13: volume, 33: '20261123' });

const bookColumns = (total: number): string => columns('000660', 63, { 1: '093000', 43: total });

const sequence = (length: number): number[] => Array.from({ length }, (_, index) => FIRST + index);

/** Sends trades that `reading` gets and the paused `slow` does not, until `isEnough`. @returns how many. */
async function flood(reading: Listener, sent: number, isEnough: () => boolean): Promise<number> {
  let count = sent;
  while (!isEnough()) {
    const records = sequence(RECORDS).map((number) => tradeColumns(number + count));
    await send(`0|H0STCNT0|${RECORDS}|${records.join('^')}`);
    count += RECORDS;
    await reading.until(`"volume":"${FIRST + count - 1}"`);
  }
  return count;
}

/** Whether the system's buffers have taken what they take: nothing has moved for three batches. */
function isStuck(slow: Listener): () => boolean {
  let [unsent, times] = [0, 0];
  return () => {
    times = slow.unsent > 0 && slow.unsent === unsent ? times + 1 : 0;
    ({ unsent } = slow);
    return times >= 3;
  };
}

describe('A listener on a real connection that does not read', () => {
  it('gets the newest order book only, and all trades, when it reads again in time', async () => {
    const channels = 'trades:005930,book:000660';
    const [slow, reading] = [await Listener.open(channels), await Listener.open(channels)];
    slow.pause();
    const sent = await flood(reading, 0, isStuck(slow));
    for (let total = 1; total <= 40; total += 1) {
      await send(`0|H0STASP0|001|${bookColumns(total)}`);
      await reading.until(`"totalAskQuantity":"${total}"`);
    }
    slow.resume();
    await slow.until('"totalAskQuantity":"40"');

    expect(slow.books).toEqual([40]);
    expect(reading.books).toHaveLength(40);
    expect(slow.trades).toEqual(sequence(sent));
    expect(reading.trades).toEqual(sequence(sent));
    expect([slow.ended, reading.ended]).toEqual([false, false]);
  });

  it('is disconnected with the reason and every order event when thousands of trades wait; others get all', async () => {
    const orders = await EventStream.open(`${api.url}/api/stream?channels=orders:main`);
    const slow = await Listener.open('trades:005930,orders:main');
    const reading = await Listener.open('trades:005930');
    slow.pause();
    const stuck = await flood(reading, 0, isStuck(slow));
    for (const price of ['70000', '70100', '70200']) {
      const order = { symbol: '005930', side: 'buy', type: 'limit', quantity: '1', price };
      const body = JSON.stringify({ ...order, clientOrderId: `slow-${price}` });
      const headers = { 'content-type': 'application/json' };
      await api.ask('/api/accounts/main/orders', { method: 'POST', headers, body });
      await orders.until(({ data }) => (data['order'] as { price?: string } | undefined)?.price === price);
    }
    const sessions = api.app.get(KisRealtimeSessions, { strict: false });
    const session = sessions.of(api.app.get(KisConfiguration, { strict: false }).account());
    const isLetGo = (): boolean =>
      session.registrations().some(({ trKey, listeners }) => trKey === '005930' && listeners === 1);
    const sent = await flood(reading, stuck, isLetGo);
    slow.resume();
    await slow.untilEnded();
    orders.close();

    const last = slow.text.trimEnd().split('\n\n').slice(-4);
    const prices = last.slice(0, 3).map((event) => /^event: order\n[^]*"price":"(\d+)"/m.exec(event)?.[1]);
    expect(prices).toEqual(['70000', '70100', '70200']);
    expect(last[3]).toMatch(/^event: status\ndata: .*"state":"disconnected".*reads too slowly/);
    expect(reading.trades).toEqual(sequence(sent));
    expect(slow.trades.length).toBeLessThan(sent);
    expect(slow.trades).toEqual(sequence(slow.trades.length));
    expect(reading.ended).toBe(false);
  });
});
