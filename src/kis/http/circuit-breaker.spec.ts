import { failureOf, HttpCalls, OK } from '../../../test/support/kis/http-calls';
import { json, silence, text, type LocalKis, type Reply } from '../../../test/support/kis/local-kis';

const TIMEOUT_MS = 20_000;

describe('an origin that does not answer', () => {
  let http: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    http = await HttpCalls.open();
    ({ kis } = http);
  });

  afterEach(async () => {
    await http.close();
    expect(http.fixture.clock.pendingTimers).toBe(0);
  });

  const pass = (ms: number) => http.fixture.clock.advance(ms);

  /** A read has timed out, and so has its retry, which was the first probe. */
  async function swallowOne(): Promise<void> {
    kis.reply = silence;
    const arrived = kis.requests.length;
    const read = failureOf(http.get());
    for (const attempt of [1, 2]) {
      await kis.arrived(arrived + attempt);
      await pass(TIMEOUT_MS);
    }
    expect(await read).toHaveProperty('code', 'KIS_TIMEOUT');
  }

  it('is probed by one read at a time, while others fail at once and state when to retry', async () => {
    await swallowOne();
    const probe = failureOf(http.get());
    await kis.arrived(3);

    for (let reader = 0; reader < 50; reader += 1) {
      expect(await failureOf(http.get())).toMatchObject({
        code: 'KIS_UNAVAILABLE',
        message: expect.stringContaining('this call was not sent'),
        retryAt: new Date(http.fixture.clock.now() + 5000),
      });
    }
    expect(kis.requests).toHaveLength(3);
    await pass(TIMEOUT_MS);
    expect(await probe).toHaveProperty('code', 'KIS_TIMEOUT');
  });

  it('costs concurrent readers one time limit each, and only one of them a second', async () => {
    kis.reply = silence;
    const readers = Array.from({ length: 10 }, () => failureOf(http.get()));
    await kis.arrived(10);

    await pass(TIMEOUT_MS);
    await kis.arrived(11);
    expect(await Promise.all(readers.slice(1))).toHaveLength(9);
    await pass(TIMEOUT_MS);

    expect((await Promise.all(readers)).map(({ code }) => code)).toEqual(Array(10).fill('KIS_TIMEOUT'));
    expect(kis.requests).toHaveLength(11);
  });

  it.each<[string, Reply]>([
    ['an answer', OK],
    ['a refusal', json(200, { rt_cd: '1', msg_cd: 'APBK0919', msg1: '' })],
    ['a page of a proxy', text(404, '<html>')],
  ])('is open to all again as soon as a probe gets %s', async (_, reply) => {
    await swallowOne();
    kis.reply = reply;
    await http.get().catch(() => undefined);
    kis.reply = OK;

    await Promise.all(Array.from({ length: 20 }, () => http.get()));
  });

  it('is probed by the next read when a probe is aborted', async () => {
    await swallowOne();
    const giveUp = new AbortController();
    const probe = http.get({ signal: giveUp.signal });
    await kis.arrived(3);
    giveUp.abort(new Error('enough'));
    await expect(probe).rejects.toThrow('enough');
    kis.reply = OK;

    await expect(http.get()).resolves.toHaveProperty('status', 200);
  });

  describe('after a while without calls', () => {
    /** Answers when `answer` is called. */
    let answer: () => void;

    beforeEach(async () => {
      await swallowOne();
      await pass(60_000);
      kis.reply = (response, request) => {
        answer = () => {
          OK(response, request);
        };
      };
    });

    it('is called by those who came during the probe as soon as that is answered', async () => {
      const readers = Array.from({ length: 10 }, () => http.get());
      await kis.arrived(3);
      await pass(1000);
      expect(kis.requests).toHaveLength(3);

      kis.reply = OK;
      answer();

      await expect(Promise.all(readers)).resolves.toHaveLength(10);
    });

    it('is called by them as soon as an order is answered', async () => {
      const probe = failureOf(http.get());
      await kis.arrived(3);
      const readers = Array.from({ length: 10 }, () => http.get());
      kis.reply = OK;
      await http.order();

      await expect(Promise.all(readers)).resolves.toHaveLength(10);
      await pass(TIMEOUT_MS);
      expect((await probe).code).toBe('KIS_TIMEOUT');
    });

    it('costs them the time limit of the probe, and later ones nothing', async () => {
      const readers = Array.from({ length: 10 }, () => failureOf(http.get()));
      await kis.arrived(3);
      await pass(TIMEOUT_MS);

      const codes = (await Promise.all(readers)).map(({ code }) => code);
      expect(codes).toEqual(['KIS_TIMEOUT', ...Array<string>(9).fill('KIS_UNAVAILABLE')]);
      const probe = failureOf(http.get());
      await kis.arrived(4);
      expect(await failureOf(http.get())).toHaveProperty('code', 'KIS_UNAVAILABLE');
      await pass(TIMEOUT_MS);
      await probe;
    });

    it('is probed by one of them when the probe is aborted, and each waits no longer than its own limit', async () => {
      const giveUp = new AbortController();
      const probe = http.get({ signal: giveUp.signal });
      await kis.arrived(3);
      const [impatient, patient] = [failureOf(http.get({ timeout: 500 })), http.get()];
      await pass(500);
      expect(await impatient).toMatchObject({
        code: 'KIS_TIMEOUT',
        message: expect.stringContaining('while it waited for its turn'),
      });
      expect(kis.requests).toHaveLength(3);
      kis.reply = OK;

      giveUp.abort(new Error('enough'));

      await expect(probe).rejects.toThrow('enough');
      await expect(patient).resolves.toHaveProperty('status', 200);
    });
  });

  it('still receives orders, each once, and an answered one ends the block for all', async () => {
    await swallowOne();
    const probe = failureOf(http.get());
    await kis.arrived(3);
    const order = failureOf(http.order());
    await kis.arrived(4);
    kis.reply = OK;

    await expect(http.order()).resolves.toHaveProperty('status', 200);
    await expect(http.get()).resolves.toHaveProperty('status', 200);

    await pass(TIMEOUT_MS);
    expect(await probe).toHaveProperty('code', 'KIS_TIMEOUT');
    expect(await order).toMatchObject({ message: expect.stringContaining('may have been executed') });
    expect(kis.requests).toHaveLength(6);
  });

  it('keeps no reads in the queue', async () => {
    await http.close();
    http = await HttpCalls.open({ requestsPerSecond: 1, requestTimeoutMs: 3000 });
    ({ kis } = http);
    kis.reply = silence;
    const readers = Array.from({ length: 20 }, () => failureOf(http.get()));

    await pass(3000);

    expect((await Promise.all(readers.slice(4))).map(({ code }) => code)).toEqual(
      Array(16).fill('KIS_UNAVAILABLE'),
    );
    await pass(10_000);
    await Promise.all(readers);
    expect(kis.requests.length).toBeLessThanOrEqual(5);
  });

  it('is not assumed while other calls are answered', async () => {
    kis.reply = (response, request) => {
      (request.url.includes('slow') ? silence : OK)(response, request);
    };
    const slow = failureOf(http.get({ params: { slow: '1' } }));
    await kis.arrived(1);
    await pass(TIMEOUT_MS - 1000);
    await http.get();
    await pass(1000);
    await kis.arrived(3);

    await Promise.all(Array.from({ length: 10 }, () => http.get()));

    await pass(TIMEOUT_MS);
    await slow;
  });

  it('is not assumed because a caller aborted', async () => {
    kis.reply = silence;
    const impatient = failureOf(http.get({ timeout: 100 }));
    await kis.arrived(1);
    await pass(100);
    expect(await impatient).toHaveProperty('code', 'KIS_TIMEOUT');
    kis.reply = OK;

    await Promise.all(Array.from({ length: 10 }, () => http.get()));
  });

  it('has no effect on another origin', async () => {
    const other = await HttpCalls.open();
    await http.fixture.close();
    await http.kis.stop();
    http = await HttpCalls.open({}, { alias: 'live', mode: 'REAL', baseUrl: other.kis.origin });
    ({ kis } = http);
    await swallowOne();
    const probe = failureOf(http.get());
    await kis.arrived(3);

    const refused = await failureOf(http.get());
    expect(refused.message).toMatch(/^127\.0\.0\.1:\d+ \(main\) does not answer/);
    const live = { kis: { account: 'live', trId: 'TTTC8434R' } };
    await Promise.all(Array.from({ length: 5 }, () => http.get(live)));

    await pass(TIMEOUT_MS);
    await probe;
    await other.close();
  });
});
