import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANSWER_CODES } from '../src/kis/protocol/answer-codes';
import { ManualKisClock } from '../src/kis/testing/manual-clock';
import { startSimulator, type Simulator } from '../src/simulator';
import type { Answer } from './support/answer';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory, type ProblemBody } from './support/running-api';

const CALLS = [
  '/api/accounts/main/balance',
  '/api/accounts/main/assets',
  '/api/accounts/main/buying-power?symbol=005930',
  '/api/accounts/main/overseas-balance',
  '/api/quotes/005930',
];

/** What a read ends in, and how many requests it takes at most; by class as docs/kis-contract.md names them. */
const ENDS_IN: Readonly<Record<string, { status: number; codes: string[]; retry: boolean; sent: number }>> = {
  transient: { status: 503, codes: ['KIS_UNAVAILABLE'], retry: true, sent: 4 },
  'pages-changed': { status: 503, codes: ['KIS_UNAVAILABLE'], retry: true, sent: 4 },
  'rate-limited': { status: 503, codes: ['KIS_UNAVAILABLE'], retry: true, sent: 4 },
  'outcome-unknown': { status: 504, codes: ['KIS_TIMEOUT'], retry: false, sent: 2 },
  'token-refused': { status: 503, codes: ['KIS_TOKEN_REJECTED'], retry: false, sent: 2 },
  'credentials-refused': { status: 503, codes: ['KIS_CREDENTIALS_REJECTED'], retry: false, sent: 1 },
  'issued-too-often': { status: 422, codes: ['KIS_REJECTED'], retry: false, sent: 1 },
  'not-permitted': { status: 422, codes: ['KIS_REJECTED'], retry: false, sent: 1 },
  misconfigured: { status: 422, codes: ['KIS_REJECTED'], retry: false, sent: 1 },
  malformed: { status: 422, codes: ['KIS_REJECTED'], retry: false, sent: 1 },
  'invalid-input': { status: 422, codes: ['KIS_REJECTED'], retry: false, sent: 1 },
  refused: { status: 422, codes: ['KIS_REJECTED'], retry: false, sent: 1 },
};

/** The table of section 3.5: class by class, the codes in backticks. */
function documentedCodes(): Map<string, string[]> {
  const text = readFileSync(join(__dirname, '../docs/kis-contract.md'), 'utf8');
  const section = /### 3\.5 [^]*?\n(?=##)/.exec(text)?.[0] ?? '';
  const rows = [...section.matchAll(/^\| `([a-z-]+)` \|.*\| ([^|]*) \|$/gm)];
  return new Map(
    rows.map(([, name = '', codes = '']) => [
      name,
      [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => code),
    ]),
  );
}

const documented = documentedCodes();

it('gives every code of the contract the class that the contract names', () => {
  const known = new Map<string, string[]>();
  for (const [code, { answerClass }] of ANSWER_CODES) {
    known.set(answerClass, [...(known.get(answerClass) ?? []), code].sort());
  }
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(known));
  expect(ANSWER_CODES.size).toBeGreaterThan(130);
});

describe('every code of the contract on every call', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let clock: ManualKisClock;
  let simulator: Simulator;
  let api: RunningApi;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    clock = new ManualKisClock();
    const settings = { realPerSecond: 100_000, issueIntervalSeconds: 0 };
    simulator = await startSimulator({ mockPort: null, realPort: 0, now: () => clock.now(), settings });
    api = await RunningApi.start({
      // Files take real time, which a clock that is moved by hand does not know of.
      env: {
        ...brokerageEnv(simulator, 'REAL', directory.path),
        KIS_TOKEN_STORE: 'memory',
        // Without it the calendar is not asked for after five minutes, which would count as calls.
        KIS_TOKEN_REFRESH_BLACKOUT: '',
        LOG_LEVEL: 'error',
      },
      clock,
    });
    await ask(CALLS[0] ?? '');
  });

  afterEach(async () => {
    await api.close();
    await simulator.stop();
    directory.remove();
  });

  /** Lets time pass until there is an answer. */
  async function ask(path: string): Promise<Answer<ProblemBody>> {
    const answers: Answer<ProblemBody>[] = [];
    const asking = api.ask<ProblemBody>(path).then((answer) => answers.push(answer));
    while (answers.length === 0) await Promise.race([clock.advance(50), asking]);
    return answers[0] as Answer<ProblemBody>;
  }

  it.each(Object.keys(ENDS_IN).filter((name) => name !== 'token-refused'))('%s', async (name) => {
    const { status, codes, retry, sent } = ENDS_IN[name] ?? { status: 0, codes: [], retry: false, sent: 0 };
    const played = documented.get(name) ?? [];
    expect(played.length).toBeGreaterThan(0);
    for (const code of played) {
      simulator.update({ refuseAll: code });
      for (const path of CALLS) {
        simulator.requests.clear();
        const answer = await ask(path);
        expect({
          code,
          path,
          status: answer.status,
          problem: answer.body.code,
          msgCd: answer.body.kis?.msgCd,
          retryAfter: answer.headers.has('retry-after'),
          sent: simulator.requests.length,
        }).toEqual({ code, path, status, problem: codes[0], msgCd: code, retryAfter: retry, sent });
      }
      simulator.update({ refuseAll: null });
      expect((await ask('/api/quotes/005930')).status).toBe(200);
    }
  });

  it.each(documented.get('token-refused') ?? [])('token-refused: %s', async (code) => {
    simulator.update({ refuseAll: code });
    for (const path of CALLS) {
      const answer = await ask(path);
      expect([answer.status, answer.body.code]).toEqual([
        503,
        expect.stringMatching(/^(KIS_TOKEN_REJECTED|TOKEN_ISSUE_COOLDOWN)$/),
      ]);
    }
  });

  it.each(['APBK9999', 'ABCD0001', '12345678'])('a code that nobody knows is a refusal: %s', async (code) => {
    simulator.update({ refuseAll: code });
    for (const path of CALLS) {
      const { status, body } = await ask(path);
      expect([status, body.code, body.kis?.msgCd]).toEqual([422, 'KIS_REJECTED', code]);
    }
  });

  it('recovers within one call when a transient code passes', async () => {
    for (const code of ['EGW00316', 'OPSQ1002', 'EGW00201', 'SYDB0050']) {
      for (const path of CALLS) {
        simulator.update({ refuseNext: 3, refuseNextCode: code });
        expect((await ask(path)).status).toBe(200);
        expect(simulator.settings.refuseNext).toBe(0);
      }
    }
  });

  describe('SYDB0050 between the pages of a balance', () => {
    const holdings = async () =>
      (await ask('/api/accounts/main/balance')) as unknown as Answer<{
        holdings: { symbol: string }[];
      }>;

    beforeEach(() => {
      simulator.update({ holdings: 12, pageSize: 5 });
      simulator.requests.clear();
    });

    const pages = () =>
      simulator.requests.all.map(({ headers }) =>
        headers.some(([name, value]) => name === 'tr_cont' && value === 'N') ? 'following' : 'first',
      );

    it('has everything read again from the first page', async () => {
      simulator.update({ refuseNext: 1, refuseNextCode: 'SYDB0050', refusePages: 'following' });
      const { status, body } = await holdings();
      expect([status, new Set(body.holdings.map(({ symbol }) => symbol)).size]).toEqual([200, 12]);
      expect(pages()).toEqual(['first', 'following', 'first', 'following', 'following']);
    });

    it('ends in 503 with Retry-After when it does not stop', async () => {
      simulator.update({ refuseAll: 'SYDB0050', refusePages: 'following' });
      const { status, headers, body } = await ask('/api/accounts/main/balance');
      expect([status, body.code, headers.has('retry-after')]).toEqual([503, 'KIS_UNAVAILABLE', true]);
      expect(pages()).toEqual(Array.from({ length: 4 }, () => ['first', 'following']).flat());
    });
  });
});
