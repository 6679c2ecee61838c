import { json, LocalKis, silence } from '../testing/local-kis';
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

  it('lets go of the signal when it is done', async () => {
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
