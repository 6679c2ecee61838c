import { kisRequest } from './kis-request';
import { HttpCalls, PATH, TOO_MANY } from '../../../test/support/kis/http-calls';
import { silence, type LocalKis } from '../../../test/support/kis/local-kis';

describe('a caller that aborts', () => {
  let http: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    http = await HttpCalls.open();
    ({ kis } = http);
  });

  afterEach(() => http.close());

  const enough = new Error('enough');

  it.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['while KIS is silent', (signal) => http.get({ signal })],
    ['while an order is under way', (signal) => http.order({}, { signal })],
  ])('gets the reason of his signal: %s', async (_, call) => {
    kis.reply = silence;
    const giveUp = new AbortController();
    const rejected = expect(call(giveUp.signal)).rejects.toBe(enough);
    await kis.arrived(1);

    giveUp.abort(enough);

    await rejected;
    expect(kis.requests).toHaveLength(1);
    await http.fixture.clock.advance(0);
    expect(http.fixture.clock.pendingTimers).toBe(0);
  });

  it('gets it before anything is sent when it aborted beforehand', async () => {
    await expect(http.get({ signal: AbortSignal.abort(enough) })).rejects.toBe(enough);

    expect(kis.requests).toHaveLength(0);
  });

  it('gets it in the pause between two attempts', async () => {
    kis.reply = TOO_MANY;
    const giveUp = new AbortController();
    const rejected = expect(http.get({ signal: giveUp.signal })).rejects.toBe(enough);
    await http.tokenAskedFor(2);

    giveUp.abort(enough);

    await rejected;
    expect(kis.requests).toHaveLength(1);
  });

  it('gets it in the queue, and uses no permit', async () => {
    await http.close();
    http = await HttpCalls.open({ requestsPerSecond: 1 });
    ({ kis } = http);
    await http.get();
    const giveUp = new AbortController();
    const rejected = expect(http.get({ signal: giveUp.signal })).rejects.toBe(enough);
    const other = http.get();
    await http.fixture.clock.advance(1004);

    giveUp.abort(enough);
    await rejected;
    await http.fixture.clock.advance(1);

    await expect(other).resolves.toMatchObject({ status: 200 });
    expect(kis.requests).toHaveLength(2);
  });

  it('ends the request by unsubscribing from an Observable', async () => {
    let closed: () => void = () => undefined;
    const hungUp = new Promise<void>((resolve) => (closed = resolve));
    kis.reply = (response) => response.on('close', closed);
    const subscription = http.fixture.http.get(PATH, kisRequest({ trId: 'VTTC8434R' })).subscribe();
    await kis.arrived(1);

    subscription.unsubscribe();

    await hungUp;
  });

  it('leaves no listener on a signal that outlives the call', async () => {
    const { signal } = new AbortController();
    const remove = jest.spyOn(signal, 'removeEventListener');
    const add = jest.spyOn(signal, 'addEventListener');

    await http.get({ signal });

    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length);
  });
});
