import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from '../support/answer';
import { freePort } from '../support/free-port';
import { DEMO, Product } from '../support/product';

interface Body {
  readonly code?: string;
  readonly detail?: string;
  readonly kis?: { readonly msgCd: string };
  readonly symbol?: string;
  readonly holdings?: readonly Readonly<Record<string, string | null>>[];
}

/** Long enough for a busy machine. */
const REQUEST_TIMEOUT_MS = 2000;

const BALANCE = '/api/accounts/main/balance';
const CALLS = [
  BALANCE,
  '/api/accounts/main/buying-power?symbol=005930',
  '/api/accounts/main/overseas-balance',
  '/api/quotes/005930',
];

describe('What KIS answers, seen by a caller of the built API', () => {
  let product: Product;
  let simulator: string;

  beforeAll(async () => {
    const port = await freePort();
    simulator = `http://127.0.0.1:${port}`;
    product = await Product.start({
      env: { ...DEMO, SIMULATOR_MOCK_PORT: String(port), KIS_REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) },
    });
  });

  afterEach(() => control('POST', '/reset'));

  afterAll(() => product.stop());

  async function control(method: string, path: string, body?: object): Promise<void> {
    const init = body ? { method, body: JSON.stringify(body) } : { method };
    const { status } = await fetch(`${simulator}/__sim${path}`, init);
    expect(status).toBe(200);
  }

  const play = (settings: object) => control('PATCH', '/settings', settings);
  const ask = (path: string): Promise<Answer<Body>> => product.ask<Body>(path);

  async function requestsReceived(): Promise<number> {
    const { count } = (await (await fetch(`${simulator}/__sim/requests?limit=1`)).json()) as {
      count: number;
    };
    return count;
  }

  /**
   * What readers get before the one call ends that probes KIS. A busy machine may need longer for them than the request
   * timeout: then another probe is begun.
   */
  async function answersBesideProbe(): Promise<Answer<Body>[]> {
    for (let round = 0; round < 8; round += 1) {
      const before = await requestsReceived();
      const probe = ask('/api/quotes/005930');
      const ended = probe.then(() => null);
      while ((await requestsReceived()) === before && (await Promise.race([ended, delay(10, true)])));
      const others = Promise.all(
        ['000660', '035420', '005380'].map((symbol) => ask(`/api/quotes/${symbol}`)),
      );
      const early = await Promise.race([others, ended]);
      const { body } = await probe;
      if (early !== null && body.code === 'KIS_TIMEOUT') return early;
      await others;
    }
    throw new Error('No reader got an answer before the probe ended.');
  }

  it('is asked again when KIS asks for that, and otherwise ends in 503 with Retry-After', async () => {
    await play({ refuseNext: 2, refuseNextCode: 'EGW00316' });
    expect((await ask(BALANCE)).status).toBe(200);

    await play({ refuseAll: 'OPSQ1002' });
    const answers = await Promise.all(CALLS.map(ask));
    for (const { status, headers, body } of answers) {
      expect([status, body.code, body.kis?.msgCd]).toEqual([503, 'KIS_UNAVAILABLE', 'OPSQ1002']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  });

  it('is no balance when the data changes between the pages, unless the pages fit together', async () => {
    await play({ holdings: 30, refuseNext: 1, refuseNextCode: 'SYDB0050', refusePages: 'following' });
    const { status, body } = await ask(BALANCE);
    expect([status, new Set(body.holdings?.map((row) => row['symbol'])).size]).toEqual([200, 30]);
  });

  it.each(['output1', 'output2', 'pdno', 'hldg_qty'])(
    'is never an empty account: without %s',
    async (field) => {
      await play({ omitFields: [field] });
      const { status, body } = await ask(BALANCE);
      expect([status, body.code]).toEqual([502, 'KIS_BAD_RESPONSE']);
      expect(body.detail).toContain(field);
    },
  );

  it('may lack what only describes', async () => {
    await play({
      omitFields: ['prdt_name', 'trad_dvsn_name', 'fltt_rt', 'evlu_pfls_rt'],
      overseasBond: true,
    });
    const { status, body } = await ask(BALANCE);
    expect([status, body.holdings?.length]).toEqual([200, 3]);
    expect(body.holdings?.[0]).toMatchObject({
      name: null,
      tradeType: null,
      changeRate: null,
      quantity: expect.stringMatching(/^[1-9]/),
    });

    const overseas = await ask('/api/accounts/main/overseas-balance');
    expect([overseas.status, overseas.body.holdings?.at(-1)]).toEqual([
      200,
      expect.objectContaining({ symbol: 'US91282CJL54', exchange: null, quantity: '1' }),
    ]);
  });

  it('takes a symbol with the A that the exchange puts before it', async () => {
    const answers = [await ask('/api/quotes/A005930'), await ask('/api/quotes/005930?account=main')];
    expect(answers.map(({ status, body }) => [status, body.symbol])).toEqual([
      [200, '005930'],
      [200, '005930'],
    ]);
  });

  it('does not keep readers waiting while KIS swallows calls, and serves them as soon as it answers', async () => {
    await ask(BALANCE);
    await play({ apiFault: 'hang' });
    expect((await ask('/api/quotes/005930')).body.code).toBe('KIS_TIMEOUT');

    for (const { status, headers, body } of await answersBesideProbe()) {
      expect([status, body.code]).toEqual([502, 'KIS_UNAVAILABLE']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }

    await play({ apiFault: null });
    expect((await ask('/api/quotes/005930')).status).toBe(200);
    expect((await ask('/api/quotes/000660')).status).toBe(200);
  });

  it('tells an unknown stock from one that costs nothing', async () => {
    const { status, body } = await ask('/api/quotes/999999');
    expect([status, body.code]).toEqual([404, 'SYMBOL_NOT_FOUND']);
  });
});
