import { tokenNumber } from '../../../test/support/kis/http-fixture';
import { failureOf, HttpScene, OK, refusal, TOO_MANY } from '../../../test/support/kis/http-scene';
import type { LocalKis } from '../../../test/support/kis/local-kis';
import type { KisToken } from '../token/kis-token';

describe('too many calls a second', () => {
  let scene: HttpScene;
  let kis: LocalKis;

  beforeEach(async () => {
    scene = await HttpScene.open();
    ({ kis } = scene);
  });

  afterEach(() => scene.close());

  it.each(['EGW00201', 'EGW00215'])('are tried again by a read after growing pauses (%s)', async (code) => {
    const refused = refusal(500, code, '초당 거래건수를 초과하였습니다.');
    kis.script(refused, refused, refused, OK);
    const call = scene.get();

    for (const [turn, pause] of [150, 300, 450].entries()) {
      await scene.tokenAskedFor(turn + 2);
      await scene.fixture.clock.advance(pause - 1);
      expect(kis.requests).toHaveLength(turn + 1);
      await scene.fixture.clock.advance(1);
    }

    await expect(call).resolves.toMatchObject({ data: { rt_cd: '0' } });
    expect(kis.requests).toHaveLength(4);
  });

  it('fail a read after three more tries, saying when to come again', async () => {
    kis.reply = TOO_MANY;
    const failure = failureOf(scene.get());
    for (const [turn, pause] of [150, 300, 450].entries()) {
      await scene.tokenAskedFor(turn + 2);
      await scene.fixture.clock.advance(pause);
    }

    expect(await failure).toMatchObject({
      code: 'KIS_UNAVAILABLE',
      kis: { msgCd: 'EGW00201', msg1: '초당 거래건수를 초과하였습니다.' },
      retryAt: new Date(scene.fixture.clock.now() + 1000),
    });
    expect(kis.requests).toHaveLength(4);
  });

  it('fail an order at once', async () => {
    kis.reply = TOO_MANY;

    expect(await failureOf(scene.order())).toHaveProperty('code', 'KIS_RATE_LIMITED');
    expect(kis.requests).toHaveLength(1);
  });

  it('are prevented by pacing per app key', async () => {
    await scene.close();
    scene = await HttpScene.open({ requestsPerSecond: 5 });
    ({ kis } = scene);
    const calls = Array.from({ length: 12 }, () => scene.get());

    for (const expected of [5, 10, 12]) {
      await Promise.all(calls.slice(0, expected));
      await scene.fixture.clock.advance(1004);
      expect(kis.requests).toHaveLength(expected);
      await scene.fixture.clock.advance(1);
    }

    await Promise.all(calls);
  });

  it('do not happen because all had waited for one token', async () => {
    await scene.close();
    scene = await HttpScene.open({ requestsPerSecond: 5 });
    ({ kis } = scene);
    let arrive: (token: KisToken) => void = () => undefined;
    const awaited = new Promise<KisToken>((resolve) => (arrive = resolve));
    scene.fixture.tokens.next = () => awaited;
    const calls = Array.from({ length: 10 }, () => scene.get());
    await scene.fixture.clock.advance(10_000);

    arrive(tokenNumber(1));
    await Promise.all(calls.slice(0, 5));
    await scene.fixture.clock.advance(1004);

    expect(kis.requests).toHaveLength(5);
    await scene.fixture.clock.advance(1);
    await Promise.all(calls);
  });
});
