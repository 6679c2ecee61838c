import { tokenNumber } from '../../../test/support/kis/http-fixture';
import { failureOf, HttpCalls, OK, refusal, TOO_MANY } from '../../../test/support/kis/http-calls';
import type { LocalKis } from '../../../test/support/kis/local-kis';
import type { KisToken } from '../token/kis-token';

describe('too many calls a second', () => {
  let http: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    http = await HttpCalls.open();
    ({ kis } = http);
  });

  afterEach(() => http.close());

  it.each(['EGW00201', 'EGW00215'])('make a read retry after growing pauses (%s)', async (code) => {
    const refused = refusal(500, code, '초당 거래건수를 초과하였습니다.');
    kis.script(refused, refused, refused, OK);
    const call = http.get();

    for (const [turn, pause] of [150, 300, 450].entries()) {
      await http.tokenAskedFor(turn + 2);
      await http.fixture.clock.advance(pause - 1);
      expect(kis.requests).toHaveLength(turn + 1);
      await http.fixture.clock.advance(1);
    }

    await expect(call).resolves.toMatchObject({ data: { rt_cd: '0' } });
    expect(kis.requests).toHaveLength(4);
  });

  it('fail a read after three retries, and state when to retry', async () => {
    kis.reply = TOO_MANY;
    const failure = failureOf(http.get());
    for (const [turn, pause] of [150, 300, 450].entries()) {
      await http.tokenAskedFor(turn + 2);
      await http.fixture.clock.advance(pause);
    }

    expect(await failure).toMatchObject({
      code: 'KIS_UNAVAILABLE',
      kis: { msgCd: 'EGW00201', msg1: '초당 거래건수를 초과하였습니다.' },
      retryAt: new Date(http.fixture.clock.now() + 1000),
    });
    expect(kis.requests).toHaveLength(4);
  });

  it('fail an order at once', async () => {
    kis.reply = TOO_MANY;

    expect(await failureOf(http.order())).toHaveProperty('code', 'KIS_RATE_LIMITED');
    expect(kis.requests).toHaveLength(1);
  });

  it('are prevented by pacing per app key', async () => {
    await http.close();
    http = await HttpCalls.open({ requestsPerSecond: 5 });
    ({ kis } = http);
    const calls = Array.from({ length: 12 }, () => http.get());

    for (const expected of [5, 10, 12]) {
      await Promise.all(calls.slice(0, expected));
      await http.fixture.clock.advance(1004);
      expect(kis.requests).toHaveLength(expected);
      await http.fixture.clock.advance(1);
    }

    await Promise.all(calls);
  });

  it('do not follow from many calls that waited for one token', async () => {
    await http.close();
    http = await HttpCalls.open({ requestsPerSecond: 5 });
    ({ kis } = http);
    let arrive: (token: KisToken) => void = () => undefined;
    const awaited = new Promise<KisToken>((resolve) => (arrive = resolve));
    http.fixture.tokens.next = () => awaited;
    const calls = Array.from({ length: 10 }, () => http.get());
    await http.fixture.clock.advance(10_000);

    arrive(tokenNumber(1));
    await Promise.all(calls.slice(0, 5));
    await http.fixture.clock.advance(1004);

    expect(kis.requests).toHaveLength(5);
    await http.fixture.clock.advance(1);
    await Promise.all(calls);
  });
});
