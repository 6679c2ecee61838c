import fc from 'fast-check';
import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { RunningApi, temporaryDirectory, type ProblemBody } from '../support/running-api';
import { FUZZ_LIMIT_MS, fuzzBudget } from './support/budget';
import { oddText } from './support/odd-texts';

jest.setTimeout(FUZZ_LIMIT_MS);

const KEY = 'an-api-key-of-the-test';
const ORDERS = '/api/accounts/main/orders';
const HEADERS = { 'content-type': 'application/json', 'x-api-key': KEY };

/** What stands in an order, some of it fit for the other fields. */
const PLAUSIBLE: Readonly<Record<string, readonly string[]>> = {
  clientOrderId: ['a', 'a.b:c-d_e', '123', 'x'.repeat(64), 'x'.repeat(65)],
  symbol: [
    '005930',
    'A005930',
    '069500',
    'Q500001',
    'NAS:AAPL',
    'NAS:SNDL',
    'NYS:AAPL',
    'TSE:7203',
    '999999',
  ],
  side: ['buy', 'sell'],
  type: [
    ...['limit', 'limit', 'market', 'conditional-limit', 'best-limit', 'priority-limit', 'mid', 'stop-limit'],
    ...['pre-open-close', 'after-close', 'loo', 'loc', 'moo', 'moc'],
  ],
  quantity: ['1', '2', '10', '1000000', '0', '-1', '1.0', '1.5', '01', '1e3', '9'.repeat(30)],
  price: ['90000', '90000.0', '90001', '100', '267.01', '0.8001', '0', '-5', '1e5', '.5', '9'.repeat(30)],
  triggerPrice: ['91000', '0', '1.5'],
  timeInForce: ['day', 'ioc', 'fok', 'gtp'],
  venue: ['KRX', 'NXT', 'SOR'],
  session: ['regular', 'pre', 'after', 'daytime'],
};

const anyValue = fc.oneof(oddText, fc.jsonValue({ maxDepth: 2 }));
const field = (name: string): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...(PLAUSIBLE[name] ?? [])) },
    { weight: 1, arbitrary: anyValue },
  );
/** What a good order consists of; some of it is replaced or left out. */
const GOOD = { symbol: '005930', side: 'buy', type: 'limit', quantity: '1', price: '90000' };
const GOOD_US = { ...GOOD, symbol: 'NAS:AAPL', price: '100.01' };
const anyOrder = fc
  .tuple(
    fc.constantFrom(GOOD, GOOD, GOOD_US),
    fc.record(Object.fromEntries(Object.keys(PLAUSIBLE).map((name) => [name, field(name)])), {
      requiredKeys: [],
    }),
    fc.subarray(Object.keys(PLAUSIBLE), { maxLength: 3 }),
    fc.option(fc.constantFrom(...Object.keys(GOOD)), { freq: 6 }),
  )
  .map(([good, changes, changed, left]) => {
    const change = Object.fromEntries(Object.entries(changes).filter(([name]) => changed.includes(name)));
    const all = Object.entries({ ...good, ...change });
    return Object.fromEntries(all.filter(([name]) => name !== left));
  });
/** Mostly an order; now and then with something else in it, or something else. */
const anyBody = fc.oneof(
  { weight: 12, arbitrary: anyOrder },
  {
    weight: 2,
    arbitrary: fc
      .tuple(anyOrder, fc.dictionary(oddText, anyValue))
      .map(([order, more]) => ({ ...order, ...more })),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

/** What an order may say to KIS: the form of each field. */
const WIRE: Readonly<Record<string, RegExp>> = {
  CANO: /^\d{8}$/,
  ACNT_PRDT_CD: /^\d{2}$/,
  PDNO: /^(Q?[0-9A-Z]{6}|[A-Z.]{1,12})$/,
  ORD_DVSN: /^\d{2}$/,
  ORD_QTY: /^[1-9]\d*$/,
  ORD_UNPR: /^\d+$/,
  OVRS_ORD_UNPR: /^\d+(\.\d{1,4})?$/,
  CNDT_PRIC: /^\d*$/,
  EXCG_ID_DVSN_CD: /^(KRX|NXT|SOR)$/,
  OVRS_EXCG_CD: /^(NASD|NYSE|AMEX)$/,
  SLL_TYPE: /^\d{0,2}$/,
};

describe('The orders, given any body', () => {
  let simulator: Simulator;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let api: RunningApi;

  beforeAll(async () => {
    const settings = { sessions: 'open', fills: 'manual', realPerSecond: 10_000 } as const;
    simulator = await startSimulator({ realPort: 0, mockPort: null, settings });
    directory = await temporaryDirectory();
    const env = {
      ...brokerageEnv(simulator, 'REAL', directory.path),
      API_KEY: KEY,
      KIS_ORDERS: 'true',
      KIS_ORDER_MAX_PER_MINUTE: '10000',
      KIS_REQUESTS_PER_SECOND: '1000',
    };
    api = await RunningApi.start({ env });
  });

  afterAll(async () => {
    await api.close();
    await simulator.stop();
    directory.remove();
  });

  /** The bodies of the orders that reached KIS since the last call. */
  function sentOrders(): Record<string, string>[] {
    const bodies = simulator.requests.all
      .filter(({ method, path }) => method === 'POST' && path.includes('/trading/'))
      .map(({ body }) => JSON.parse(body) as Record<string, string>);
    simulator.requests.clear();
    return bodies;
  }

  it('sends what it says and nothing else, and names every problem', async () => {
    const statuses = new Set<number>();
    const property = fc.asyncProperty(anyBody, fc.boolean(), async (order, isCheck) => {
      const body = JSON.stringify(order);
      const path = isCheck ? `${ORDERS}/check` : ORDERS;
      const answer = await api.ask<ProblemBody>(path, { method: 'POST', headers: HEADERS, body });
      statuses.add(answer.status);
      const sent = sentOrders();
      // KIS can refuse a read of the check, too: then there is no order in the problem.
      const hasReachedKis = answer.status === 201 || 'order' in answer.body;
      expect(sent).toHaveLength(hasReachedKis ? 1 : 0);
      for (const [name, value] of sent.flatMap((fields) => Object.entries(fields)))
        expect([name, value]).toEqual([name, expect.stringMatching(WIRE[name] ?? /^[\x20-\x7e]*$/)]);
      if (answer.status < 300) return;
      expect([400, 404, 409, 422]).toContain(answer.status);
      expect(answer.body).toMatchObject({
        status: answer.status,
        code: expect.stringMatching(/^[A-Z_]+$/) as string,
        detail: expect.stringMatching(/\w/) as string,
      });
    });
    const examples: [unknown, boolean][] = [
      [GOOD, false],
      [GOOD, true],
      [GOOD_US, false],
      [{ ...GOOD, price: '90001' }, false],
      [null, false],
    ];
    // The same inputs at every `npm test`; others with `npm run fuzz`.
    await fc.assert(property, {
      ...(process.env['FUZZ_SECONDS'] ? {} : { seed: 1 }),
      ...fuzzBudget(200, examples),
    });
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 400, 422]));
    expect(api.log.join('\n')).not.toMatch(/ - (ERROR|CRITICAL) - /);
  });
});
