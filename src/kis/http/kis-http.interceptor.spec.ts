import { Readable } from 'node:stream';
import { EXPIRED, failureOf, HttpCalls, OK, refusal } from '../../../test/support/kis/http-calls';
import { tokenNumber } from '../../../test/support/kis/http-fixture';
import {
  breakOff,
  hangUp,
  json,
  silence,
  text,
  type LocalKis,
  type Reply,
} from '../../../test/support/kis/local-kis';

describe('KisHttpInterceptor', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open();
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  it('passes the Date header of every answer to the token service', async () => {
    kis.script(EXPIRED, OK);

    await calls.get();

    const date = expect.stringMatching(/GMT$/) as string;
    const heard = { alias: 'main', date, tookMs: expect.any(Number) as number };
    expect(calls.fixture.tokens.heard).toEqual([heard, heard]);
  });

  describe('a refused token', () => {
    it.each<[string, Reply]>([
      ['EGW00123 by HTTP 500', EXPIRED],
      ['EGW00123 by HTTP 200', refusal(200, 'EGW00123', '기간이 만료된 token 입니다.')],
      ['EGW00121 by HTTP 500', refusal(500, 'EGW00121', '유효하지 않은 token 입니다.')],
      [
        'EGW00121 in the form of the token endpoint',
        json(403, { error_code: 'EGW00121', error_description: '유효하지 않은 token 입니다.' }),
      ],
    ])('is replaced and the request sent once more: %s', async (_, refused) => {
      kis.script(refused, OK);

      await expect(calls.get()).resolves.toMatchObject({ data: { rt_cd: '0' } });

      expect(kis.requests.map((request) => request.headers.authorization)).toEqual([
        'Bearer eyJ0.TOKEN1.c2ln',
        'Bearer eyJ0.TOKEN2.c2ln',
      ]);
      expect(calls.fixture.tokens.refused).toHaveLength(1);
      expect(calls.fixture.tokens.refused[0]).toMatchObject({ alias: 'main', answer: { trId: 'VTTC8434R' } });
      expect(calls.fixture.tokens.refused[0]?.token.generation).toBe(1);
    });

    it('of another program is replaced once more when its replacement is refused too', async () => {
      calls.fixture.tokens.next = () => tokenNumber(0);
      kis.script(EXPIRED, EXPIRED, OK);

      await expect(calls.get()).resolves.toMatchObject({ data: { rt_cd: '0' } });

      expect(calls.fixture.tokens.refused.map(({ token }) => token.generation)).toEqual([0, 1]);
    });

    it('of another program is replaced twice at most', async () => {
      calls.fixture.tokens.next = () => tokenNumber(0);
      calls.fixture.tokens.replacement = () => Promise.resolve(tokenNumber(0));
      kis.reply = EXPIRED;

      expect(await failureOf(calls.get())).toMatchObject({ code: 'KIS_TOKEN_REJECTED' });

      expect(kis.requests).toHaveLength(3);
    });

    it('is replaced for an order too: the refusal proves that nothing was executed', async () => {
      kis.script(EXPIRED, OK);

      await calls.order({ PDNO: '005930' });

      expect(kis.requests.map((request) => request.body)).toEqual(['{"PDNO":"005930"}', '{"PDNO":"005930"}']);
    });

    it('is replaced once only', async () => {
      kis.reply = EXPIRED;

      const error = await failureOf(calls.get());

      expect(error).toMatchObject({ code: 'KIS_TOKEN_REJECTED', kis: { msgCd: 'EGW00123' } });
      expect([kis.requests.length, calls.fixture.tokens.refused.length]).toEqual([2, 1]);
    });

    it('fails the request when no other token is available', async () => {
      kis.reply = EXPIRED;
      calls.fixture.tokens.replacement = () => Promise.reject(new Error('in cooldown'));

      await expect(calls.get()).rejects.toThrow('in cooldown');

      expect(kis.requests).toHaveLength(1);
    });

    it('is replaced, but a stream is not sent again', async () => {
      kis.reply = EXPIRED;

      const error = await failureOf(calls.order(Readable.from(['{"PDNO":"005930"}'])));

      expect(error).toMatchObject({ code: 'KIS_TOKEN_REJECTED', message: expect.stringContaining('stream') });
      expect([kis.requests.length, calls.fixture.tokens.refused.length]).toEqual([1, 1]);
    });

    it('costs each of 1,000 concurrent requests one replay', async () => {
      kis.reply = (response, request) => {
        (request.headers.authorization?.includes('TOKEN1') ? EXPIRED : OK)(response, request);
      };

      await Promise.all(Array.from({ length: 1000 }, () => calls.get()));

      expect(kis.requests).toHaveLength(2000);
    });
  });

  describe('no answer, or none of KIS', () => {
    it.each<[string, Reply]>([
      ['a hung-up connection', hangUp],
      ['HTTP 502 with a page', text(502, '<html>Bad Gateway</html>')],
      ['HTTP 503 with nothing', text(503, '')],
      ['HTTP 500 with half an answer', text(500, '{"rt_cd":')],
    ])('is met by a read with one more try: %s', async (_, reply) => {
      kis.script(reply, OK);

      await expect(calls.get()).resolves.toMatchObject({ data: { rt_cd: '0' } });

      expect(kis.requests).toHaveLength(2);
    });

    it.each<[string, Reply, string]>([
      ['a hung-up connection', hangUp, 'KIS_UNAVAILABLE'],
      ['HTTP 502 with a page', text(502, '<html>Bad Gateway</html>'), 'KIS_UNAVAILABLE'],
      ['a timeout behind the gateway', refusal(500, 'EGW00302', '거래시간이 초과되었습니다.'), 'KIS_TIMEOUT'],
    ])('fails a read when it happens twice: %s', async (_, reply, code) => {
      kis.reply = reply;

      expect(await failureOf(calls.get())).toHaveProperty('code', code);
      expect(kis.requests).toHaveLength(2);
    });

    it.each<[string, Reply, string]>([
      ['a hung-up connection', hangUp, 'KIS_UNAVAILABLE'],
      ['HTTP 502 with a page', text(502, '<html>Bad Gateway</html>'), 'KIS_UNAVAILABLE'],
      ['an outage in KIS words', refusal(500, 'EGW00002', '서버 에러가 발생했습니다.'), 'KIS_UNAVAILABLE'],
      ['a timeout behind the gateway', refusal(500, 'EGW00302', '거래시간이 초과되었습니다.'), 'KIS_TIMEOUT'],
      ['half an answer', breakOff, 'KIS_BAD_RESPONSE'],
    ])('never sends an order twice, and says that it may have been executed: %s', async (_, reply, code) => {
      kis.reply = reply;

      const error = await failureOf(calls.order());

      expect(error).toMatchObject({ code, message: expect.stringContaining('order may have been executed') });
      expect(kis.requests).toHaveLength(1);
    });

    it('ends the exchange at the time limit: a read is sent once more, an order is not', async () => {
      kis.reply = silence;
      const read = failureOf(calls.get());
      const order = failureOf(calls.order());
      await kis.arrived(2);

      await calls.fixture.clock.advance(20_000);
      await kis.arrived(3);
      await calls.fixture.clock.advance(20_000);

      expect(await read).toHaveProperty('code', 'KIS_TIMEOUT');
      expect(await order).toMatchObject({
        code: 'KIS_TIMEOUT',
        message: expect.stringContaining('order may have been executed'),
      });
      expect(kis.requests.map((request) => request.method).sort()).toEqual(['GET', 'GET', 'POST']);
      expect(calls.fixture.clock.pendingTimers).toBe(0);
    });

    it("applies a caller's shorter time limit to the whole call", async () => {
      kis.reply = silence;
      const read = failureOf(calls.get({ timeout: 3000 }));
      await kis.arrived(1);

      await calls.fixture.clock.advance(3000);

      expect(await read).toHaveProperty('code', 'KIS_TIMEOUT');
      expect(kis.requests).toHaveLength(1);
    });

    it('does not report an order that was never sent as possibly executed', async () => {
      await kis.stop();

      const error = await failureOf(calls.order());

      expect(error.message).toContain('ECONNREFUSED');
      expect(error.message).not.toContain('executed');
    });
  });
});
