import { gzipSync } from 'node:zlib';
import {
  breakOff,
  hangUp,
  json,
  LocalKis,
  silence,
  text,
  type Reply,
} from '../../../test/support/kis/local-kis';
import { ManualKisClock } from '../testing/manual-clock';
import { KisExchange } from './kis-exchange';

describe('KisExchange', () => {
  let kis: LocalKis;
  let clock: ManualKisClock;
  let exchange: KisExchange;

  beforeEach(async () => {
    kis = await LocalKis.start();
    clock = new ManualKisClock();
    exchange = new KisExchange(clock, { maxAnswerBytes: 1000, keepAlive: true });
  });

  afterEach(async () => {
    exchange.onApplicationShutdown();
    await kis.stop();
  });

  const send = (signal?: AbortSignal) =>
    exchange.send({ method: 'GET', url: new URL('/x', kis.origin), headers: {}, timeoutMs: 1000, signal });

  it('gives back status, text and headers, whatever the status', async () => {
    kis.reply = json(500, { a: 1 }, { Tr_Cont: 'M' });

    await expect(send()).resolves.toMatchObject({
      kind: 'answered',
      status: 500,
      text: '{"a":1}',
      headers: { tr_cont: 'M' },
    });
  });

  it('uses a connection again', async () => {
    kis.reply = json(200, {});

    await send();
    await send();

    expect(await kis.connections()).toBe(1);
  });

  it.each<[string, Reply]>([
    ['is too long', text(200, 'x'.repeat(1001))],
    ['is too long unpacked', text(200, gzipSync('x'.repeat(1001)), { 'Content-Encoding': 'gzip' })],
    ['is not encoded as its header says', text(200, 'plain', { 'Content-Encoding': 'gzip' })],
    ['breaks off', breakOff],
    ['is no HTTP', (response) => response.socket?.end('HELLO\r\n\r\n')],
  ])('calls an answer broken that %s', async (_, reply) => {
    kis.reply = reply;

    await expect(send()).resolves.toMatchObject({ kind: 'broken' });
  });

  it('reports that the connection was lost before an answer', async () => {
    kis.reply = hangUp;

    await expect(send()).resolves.toMatchObject({ kind: 'unreachable', reason: 'ECONNRESET' });
  });

  it('ends a request and its connection when time is up', async () => {
    kis.reply = (response) => {
      response.writeHead(200).flushHeaders();
    };
    const result = send();
    await kis.arrived(1);

    await clock.advance(1000);

    await expect(result).resolves.toEqual({ kind: 'timeout', sent: true });
    await kis.disconnected();
  });

  it('rejects with the reason of the signal, which is no timeout', async () => {
    const enough = new Error('enough');
    const giveUp = new AbortController();
    kis.reply = silence;
    const rejected = expect(send(giveUp.signal)).rejects.toBe(enough);
    await kis.arrived(1);

    giveUp.abort(enough);

    await rejected;
    await expect(send(giveUp.signal)).rejects.toBe(enough);
    expect(kis.requests).toHaveLength(1);
  });

  it('removes its listener from the signal when it ends', async () => {
    kis.reply = json(200, {});
    const { signal } = new AbortController();
    const add = jest.spyOn(signal, 'addEventListener');
    const remove = jest.spyOn(signal, 'removeEventListener');

    await send(signal);

    expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(
      add.mock.calls.map(([, listener]) => listener),
    );
    expect(add).toHaveBeenCalledTimes(1);
  });
});
