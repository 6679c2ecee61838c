import { failureOf, HttpCalls, OK, refusal } from '../../../test/support/kis/http-calls';
import type { LocalKis } from '../../../test/support/kis/local-kis';

const SESSION_FULL = refusal(200, 'OPSQ1002', 'SESSION FULL');
const CHANGED = refusal(200, 'SYDB0050', '조회 중 데이터가 변경되었습니다.');
const PAUSES = [500, 1000, 2000];

describe('an answer that calls for a retry', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open();
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  async function passPauses(): Promise<void> {
    for (const [turn, pause] of PAUSES.entries()) {
      await calls.tokenAskedFor(turn + 2);
      await calls.fixture.clock.advance(pause - 1);
      expect(kis.requests).toHaveLength(turn + 1);
      await calls.fixture.clock.advance(1);
    }
  }

  it('makes a read retry, with growing pauses', async () => {
    kis.script(SESSION_FULL, refusal(500, 'EGW00316', ''), refusal(500, 'EGW00204', ''), OK);
    const call = calls.get();
    await passPauses();

    await expect(call).resolves.toMatchObject({ data: { rt_cd: '0' } });
    expect(kis.requests).toHaveLength(4);
  });

  it('fails a read after four attempts, and states when to retry', async () => {
    kis.reply = SESSION_FULL;
    const failure = failureOf(calls.get());
    await passPauses();

    expect(await failure).toMatchObject({
      code: 'KIS_UNAVAILABLE',
      kis: { msgCd: 'OPSQ1002', msg1: 'SESSION FULL' },
      retryAt: new Date(calls.fixture.clock.now() + 5000),
    });
    expect(kis.requests).toHaveLength(4);
  });

  it('does not make an order retry, because it may have been executed', async () => {
    for (const reply of [SESSION_FULL, refusal(500, 'EGW00001', '일시적 오류가 발생했습니다.')]) {
      kis.reply = reply;
      expect(await failureOf(calls.order())).toMatchObject({
        code: 'KIS_UNAVAILABLE',
        message: expect.stringContaining('order may have been executed'),
      });
    }
    expect(kis.requests).toHaveLength(2);
  });

  it('fails a following page at once when the data has changed, because it does not fit the pages before', async () => {
    kis.reply = CHANGED;

    expect(await failureOf(calls.get({ kis: { trId: 'VTTC8434R', continued: true } }))).toMatchObject({
      code: 'KIS_UNAVAILABLE',
      message: expect.stringContaining('read again from the first page'),
    });
    expect(await failureOf(calls.get({ headers: { tr_cont: 'N' } }))).toHaveProperty('kis.msgCd', 'SYDB0050');
    expect(kis.requests).toHaveLength(2);
  });

  it('adds the text of a code when KIS leaves it out', async () => {
    kis.reply = refusal(500, 'EGW00206', '');

    expect((await failureOf(calls.get())).message).toContain(
      'EGW00206 API 사용 권한이 없습니다. The app key has no permission',
    );
  });

  it('ends the pause when the caller aborts', async () => {
    kis.reply = SESSION_FULL;
    const giveUp = new AbortController();
    const call = calls.get({ signal: giveUp.signal });
    await calls.tokenAskedFor(2);

    giveUp.abort(new Error('enough'));

    await expect(call).rejects.toThrow('enough');
    expect(kis.requests).toHaveLength(1);
    expect(calls.fixture.clock.pendingTimers).toBe(0);
  });
});
