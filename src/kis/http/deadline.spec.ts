import { ROW, SUMMARY } from '../../../test/support/kis/domestic-sample';
import { failureOf, HttpCalls, EXPIRED, OK, refusal, TOO_MANY } from '../../../test/support/kis/http-calls';
import { page } from '../../../test/support/kis/kis-pages';
import { silence, type LocalKis } from '../../../test/support/kis/local-kis';

const SESSION_FULL = refusal(200, 'OPSQ1002', 'SESSION FULL');

describe('the deadline of a call', () => {
  let http: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    http = await HttpCalls.open({ requestTimeoutMs: 10_000 });
    ({ kis } = http);
  });

  afterEach(async () => {
    expect(http.fixture.clock.pendingTimers).toBe(0);
    await http.close();
  });

  const { fixture } = { fixture: () => http.fixture };
  const pass = (ms: number) => fixture().clock.advance(ms);

  it('ends the wait for a token: nothing is sent', async () => {
    fixture().tokens.next = () => new Promise(() => undefined);
    const [read, order] = [failureOf(http.get()), failureOf(http.order())];

    await pass(59_999);
    await pass(1);

    for (const failure of [await read, await order]) {
      expect(failure).toMatchObject({
        code: 'KIS_TIMEOUT',
        message: expect.stringMatching(
          /given up after 60 s, while it waited for a token\. Nothing was executed/,
        ),
      });
    }
    expect(kis.requests).toHaveLength(0);
  });

  it('ends the wait for a permit', async () => {
    await http.close();
    http = await HttpCalls.open({ requestsPerSecond: 1 });
    ({ kis } = http);
    kis.reply = OK;
    const calls = Array.from({ length: 6 }, () =>
      http.get({ timeout: 3500 }).catch((error: unknown) => error),
    );

    await pass(3500);

    const outcomes = await Promise.all(calls);
    expect(outcomes.filter((outcome) => !(outcome instanceof Error))).toHaveLength(4);
    expect(outcomes.at(-1)).toMatchObject({
      code: 'KIS_TIMEOUT',
      message: expect.stringContaining('while it waited for its turn'),
    });
    expect(kis.requests).toHaveLength(4);
  });

  it('ends the pauses between attempts, and allows no attempt afterwards', async () => {
    kis.reply = SESSION_FULL;
    const inPause = failureOf(http.get({ timeout: 700 }));
    await http.tokenAskedFor(2);

    await pass(700);

    expect(await inPause).toMatchObject({
      code: 'KIS_TIMEOUT',
      message: expect.stringContaining('while it waited for another attempt'),
    });
    expect(kis.requests).toHaveLength(2);
  });

  it('shortens the last exchange, which is not retried', async () => {
    kis.script(TOO_MANY, silence);
    const read = failureOf(http.get({ timeout: 2000 }));
    await http.tokenAskedFor(2);
    await pass(150);
    await kis.arrived(2);

    await pass(1850);

    expect(await read).toMatchObject({
      code: 'KIS_TIMEOUT',
      message: expect.stringContaining('not answered in time'),
    });
    expect(kis.requests).toHaveLength(2);
  });

  it('ends the wait for another token after a refusal', async () => {
    kis.reply = EXPIRED;
    fixture().tokens.replacement = () => new Promise(() => undefined);
    const order = failureOf(http.order());
    await kis.arrived(1);

    await pass(60_000);

    expect(await order).toMatchObject({
      code: 'KIS_TIMEOUT',
      message: expect.stringContaining('Nothing was executed'),
    });
    expect(kis.requests).toHaveLength(1);
  });

  it('is longer where a single exchange may take longer', async () => {
    await http.close();
    http = await HttpCalls.open({ requestTimeoutMs: 100_000 });
    expect(http.fixture.configuration.requestPolicy(http.account.credential).deadlineMs).toBe(300_000);
  });

  describe('of a read with pages', () => {
    const endless = (): void => {
      kis.reply = (response, request) => {
        const turn = String(kis.requests.length);
        page({ output1: [{ ...ROW, pdno: turn }], output2: [SUMMARY] }, 'M', turn)(response, request);
      };
    };

    it('counts for all pages together', async () => {
      await http.close();
      http = await HttpCalls.open({ requestsPerSecond: 1 });
      ({ kis } = http);
      endless();
      const balance = failureOf(http.fixture.accounts.balance(http.account));

      for (let second = 0; second < 60; second += 1) await pass(1000);

      expect(await balance).toMatchObject({
        code: 'KIS_TIMEOUT',
        message: expect.stringContaining('not complete after 60 s'),
      });
      expect(kis.requests.length).toBeGreaterThan(30);
    });

    it('can be set by the caller, also for a read of one page', async () => {
      kis.reply = silence;
      const [balance, price] = [
        failureOf(http.fixture.accounts.balance(http.account, { timeoutMs: 1500 })),
        failureOf(http.fixture.quotations.price(http.account, '005930', { timeoutMs: 1500 })),
      ];
      await kis.arrived(2);

      await pass(1500);

      expect(await balance).toMatchObject({ code: 'KIS_TIMEOUT', message: expect.stringContaining('1.5 s') });
      expect(await price).toHaveProperty('code', 'KIS_TIMEOUT');
    });

    it('of one caller does not end the call that another one waits for', async () => {
      let answer: () => void = () => undefined;
      kis.reply = (response, request) => {
        answer = () => {
          page({ output1: [ROW], output2: [SUMMARY] })(response, request);
        };
      };
      const impatient = failureOf(http.fixture.accounts.balance(http.account, { timeoutMs: 1000 }));
      const other = http.fixture.accounts.balance(http.account);
      await kis.arrived(1);

      await pass(1000);
      expect(await impatient).toHaveProperty('code', 'KIS_TIMEOUT');
      answer();

      await expect(other).resolves.toHaveProperty('holdings.length', 1);
      expect(kis.requests).toHaveLength(1);
    });
  });
});
