import { kisRequest } from './kis-request';
import { HttpScene, PATH, TOO_MANY } from '../../../test/support/kis/http-scene';
import { silence, type LocalKis } from '../../../test/support/kis/local-kis';

describe('a caller who gives up', () => {
  let scene: HttpScene;
  let kis: LocalKis;

  beforeEach(async () => {
    scene = await HttpScene.open();
    ({ kis } = scene);
  });

  afterEach(() => scene.close());

  const enough = new Error('enough');

  it.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['while KIS is silent', (signal) => scene.get({ signal })],
    ['while an order is under way', (signal) => scene.order({}, { signal })],
  ])('gets the reason of his signal: %s', async (_, call) => {
    kis.reply = silence;
    const giveUp = new AbortController();
    const rejected = expect(call(giveUp.signal)).rejects.toBe(enough);
    await kis.arrived(1);

    giveUp.abort(enough);

    await rejected;
    expect(kis.requests).toHaveLength(1);
    await scene.fixture.clock.advance(0);
    expect(scene.fixture.clock.pendingTimers).toBe(0);
  });

  it('gets it before anything is sent when he gave up before', async () => {
    await expect(scene.get({ signal: AbortSignal.abort(enough) })).rejects.toBe(enough);

    expect(kis.requests).toHaveLength(0);
  });

  it('gets it in the pause between two tries', async () => {
    kis.reply = TOO_MANY;
    const giveUp = new AbortController();
    const rejected = expect(scene.get({ signal: giveUp.signal })).rejects.toBe(enough);
    await scene.tokenAskedFor(2);

    giveUp.abort(enough);

    await rejected;
    expect(kis.requests).toHaveLength(1);
  });

  it('gets it in the queue, and costs nobody a permit', async () => {
    await scene.close();
    scene = await HttpScene.open({ requestsPerSecond: 1 });
    ({ kis } = scene);
    await scene.get();
    const giveUp = new AbortController();
    const rejected = expect(scene.get({ signal: giveUp.signal })).rejects.toBe(enough);
    const other = scene.get();
    await scene.fixture.clock.advance(1004);

    giveUp.abort(enough);
    await rejected;
    await scene.fixture.clock.advance(1);

    await expect(other).resolves.toMatchObject({ status: 200 });
    expect(kis.requests).toHaveLength(2);
  });

  it('ends the request by unsubscribing from an Observable', async () => {
    let closed: () => void = () => undefined;
    const hungUp = new Promise<void>((resolve) => (closed = resolve));
    kis.reply = (response) => response.on('close', closed);
    const subscription = scene.fixture.http.get(PATH, kisRequest({ trId: 'VTTC8434R' })).subscribe();
    await kis.arrived(1);

    subscription.unsubscribe();

    await hungUp;
  });

  it('leaves no listener on a signal that lives on', async () => {
    const { signal } = new AbortController();
    const remove = jest.spyOn(signal, 'removeEventListener');
    const add = jest.spyOn(signal, 'addEventListener');

    await scene.get({ signal });

    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length);
  });
});
