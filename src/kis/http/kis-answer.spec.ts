import { failureOf, HttpCalls, refusal } from '../../../test/support/kis/http-calls';
import { breakOff, json, text, type LocalKis, type Reply } from '../../../test/support/kis/local-kis';

/** 400,000 lists in one another. */
function nested(status: number, resultCode: string): Reply {
  return text(status, `{"rt_cd":${resultCode},"output1":${'['.repeat(400_000)}${']'.repeat(400_000)}}`);
}

describe('an answer', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open();
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  it.each<[string, Reply, string]>([
    ['a refusal', refusal(200, 'APBK0919', '주문가능금액을 초과 했습니다'), 'KIS_REJECTED'],
    ['a refusal without a code', json(200, { rt_cd: '7' }), 'KIS_REJECTED'],
    [
      'a refused secret',
      refusal(500, 'EGW00304', '고객식별키가 유효하지 않습니다.'),
      'KIS_CREDENTIALS_REJECTED',
    ],
    ['a page', text(200, '<html>login</html>'), 'KIS_BAD_RESPONSE'],
    ['nothing', text(200, ''), 'KIS_BAD_RESPONSE'],
    ['no rt_cd', json(200, { output: {} }), 'KIS_BAD_RESPONSE'],
    ['a list', json(200, [{ rt_cd: '0' }]), 'KIS_BAD_RESPONSE'],
    ['nesting without end', nested(200, '"0"'), 'KIS_BAD_RESPONSE'],
    ['a refusal nested without end', nested(200, '"1"'), 'KIS_BAD_RESPONSE'],
    ['a code that is none', refusal(200, 'a\r\nb', 'x'), 'KIS_REJECTED'],
    ['a code without end', refusal(200, 'X'.repeat(100_000), 'x'), 'KIS_REJECTED'],
    ['half of it', breakOff, 'KIS_BAD_RESPONSE'],
    ['a missing page', text(404, 'not found'), 'KIS_BAD_RESPONSE'],
    ['more than 10 MB', json(200, { rt_cd: '0', more: 'x'.repeat(10_000_001) }), 'KIS_BAD_RESPONSE'],
  ])('is classified by its body, and not asked for again: %s', async (_, reply, code) => {
    kis.reply = reply;

    expect(await failureOf(calls.get())).toHaveProperty('code', code);
    expect(kis.requests).toHaveLength(1);
  });

  it('counts as executed when its body says so, whatever the HTTP status', async () => {
    kis.reply = json(500, { rt_cd: '0', output: {} });

    await expect(calls.get()).resolves.toMatchObject({ status: 500, data: { rt_cd: '0' } });
  });

  it("keeps KIS's words without their padding", async () => {
    kis.reply = refusal(200, 'APBK0919', `모의투자 잔고내역이 없습니다${' '.repeat(52)}`);

    expect((await failureOf(calls.get())).kis).toEqual({
      msgCd: 'APBK0919',
      msg1: '모의투자 잔고내역이 없습니다',
      trId: 'VTTC8434R',
    });
  });

  it('shows no more of a long message than KIS sends, without delay', async () => {
    kis.reply = refusal(200, 'APBK0919', 'eyJ0.'.repeat(1_000_000));
    const began = performance.now();

    expect((await failureOf(calls.get())).message.length).toBeLessThan(500);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it.each([
    ['EGW02004', 'set the trading mode to MOCK'],
    ['EGW02005', 'TR id for REAL trading'],
    ['EGW02006', 'TR id for MOCK trading'],
    ['EGW02007', 'set the trading mode to REAL'],
    ['IGW00002', 'account number does not belong to the app key'],
    ['OPSQ0002', 'does not know the TR id'],
  ])('says in plain words what to change after %s', async (code, hint) => {
    kis.reply = refusal(500, code, 'x');

    expect(await failureOf(calls.get())).toMatchObject({
      code: 'KIS_REJECTED',
      message: expect.stringContaining(hint),
    });
  });

  it('reveals no secret that a gateway repeats', async () => {
    kis.reply = (response, request) => {
      refusal(500, 'EGW00304', JSON.stringify(request.headers))(response, request);
    };

    await failureOf(calls.get());
    kis.reply = (response, request) => {
      text(400, `<html>${JSON.stringify(request.headers)}</html>`)(response, request);
    };
    await failureOf(calls.get());
  });
});
