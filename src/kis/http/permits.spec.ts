import { EXPIRED, HttpCalls, OK, refusal, TOO_MANY } from '../../../test/support/kis/http-calls';
import {
  breakOff,
  hangUp,
  silence,
  text,
  type LocalKis,
  type Reply,
} from '../../../test/support/kis/local-kis';

/** From the moment at which a call has ended, its permit counts for so long. */
const AFTER_END_MS = 1005;
const TIME_LIMIT_MS = 1500;

describe('the permit of a call', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open({ requestsPerSecond: 1, requestTimeoutMs: TIME_LIMIT_MS });
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  /** With one call a second, the next one is sent when the permit of the one before counts no more. */
  async function nextIsSentAfter(waitMs: number): Promise<void> {
    const sent = kis.requests.length;
    kis.reply = OK;
    const next = calls.get();
    await calls.fixture.clock.advance(waitMs - 1);
    expect(kis.requests).toHaveLength(sent);
    await calls.fixture.clock.advance(1);
    await next;
    expect(kis.requests).toHaveLength(sent + 1);
  }

  it.each<[string, Reply]>([
    ['executed', OK],
    ['refused', refusal(200, 'APBK0919', '주문가능금액을 초과 했습니다')],
    ['one too many', TOO_MANY],
    ['answered with a page', text(502, '<html>Bad Gateway</html>')],
    ['hung up on', hangUp],
    ['answered by half', breakOff],
  ])('ends when it is %s', async (_, reply) => {
    kis.reply = reply;

    await calls.order().catch(() => undefined);

    await nextIsSentAfter(AFTER_END_MS);
  });

  it('counts longest when the caller aborts, because the call may still arrive', async () => {
    kis.reply = silence;
    const giveUp = new AbortController();
    const given = expect(calls.order({}, { signal: giveUp.signal })).rejects.toThrow('enough');
    await kis.arrived(1);
    await calls.fixture.clock.advance(10);

    giveUp.abort(new Error('enough'));
    await given;

    await nextIsSentAfter(1000 + AFTER_END_MS - 10);
  });

  it('has already ended when a call is not answered within its time limit', async () => {
    kis.reply = silence;
    const failed = expect(calls.order()).rejects.toHaveProperty('code', 'KIS_TIMEOUT');
    await kis.arrived(1);
    await calls.fixture.clock.advance(TIME_LIMIT_MS);
    await failed;

    await nextIsSentAfter(1000 + AFTER_END_MS - TIME_LIMIT_MS);
  });

  it('is not taken for a call that cannot be made', async () => {
    const nothing = { toJSON: () => { throw new Error('no JSON'); } }; // prettier-ignore

    await expect(calls.order(nothing)).rejects.toThrow('no JSON');

    await calls.get();
    expect(kis.requests).toHaveLength(1);
  });

  it('is a new one for each retry, and each of them ends', async () => {
    kis.script(EXPIRED, OK);
    const call = calls.get();
    await kis.arrived(1);
    await calls.fixture.clock.advance(AFTER_END_MS - 1);
    expect(kis.requests).toHaveLength(1);
    await calls.fixture.clock.advance(1);
    await call;
    expect(kis.requests).toHaveLength(2);

    await nextIsSentAfter(AFTER_END_MS);
  });
});
