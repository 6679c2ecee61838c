import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KisOptions } from '../../src/kis';
import { AcceleratedKisClock } from '../support/accelerated-clock';
import { done, Programs } from '../support/programs';
import type { Worker } from '../support/workers';

const HOUR_MS = 3_600_000;
const PRICE = '/uapi/domestic-stock/v1/quotations/inquire-price';
/** A token that is refused younger than this is no expired one. */
const OLD_ENOUGH_MS = 65_000;
/** So much faster time runs, for the programs and the brokerage alike. */
const TIMES = 20;
const BROKERAGE = { mockPerSecond: 100_000, sameTokenSeconds: 0, issueIntervalSeconds: 1 };
const PATIENT_MS = 600_000;

function symbols(of: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${of}-${index}`);
}

describe('many processes whose token is refused', () => {
  let base: string;
  let programs: Programs;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'kis-refusals-'));
  });

  afterEach(async () => {
    await programs.close();
    rmSync(base, { recursive: true });
  });

  const options = (change: Partial<KisOptions> = {}): KisOptions => ({
    accounts: [programs.account],
    tokenDir: join(base, 'tokens'),
    issueIntervalSeconds: 1,
    ...change,
  });

  /** How often KIS was asked for each symbol. */
  function timesAsked(): number[] {
    const times = new Map<string, number>();
    for (const { query } of programs.brokerage.requests.to(PRICE)) {
      const symbol = query['FID_INPUT_ISCD'] ?? '';
      times.set(symbol, (times.get(symbol) ?? 0) + 1);
    }
    return [...times.values()];
  }

  /** Programs that have a token, of which they have had it long enough for it to be refused as an expired one. */
  async function startWithOldToken(count: number, settings: object): Promise<Worker[]> {
    const hurried = [TIMES, Date.now()] as const;
    const clock = new AcceleratedKisClock(...hurried);
    programs = await Programs.at({ now: () => clock.now(), settings: { ...BROKERAGE, ...settings } });
    const kis = options({ accounts: [{ ...programs.account, requestTimeoutMs: PATIENT_MS }] });
    const workers = await programs.start(
      Array.from({ length: count }, () => ({ kis, hurried: [...hurried] as [number, number] })),
    );
    await Promise.all(workers.map((worker) => done(worker, { getToken: 1 })));
    await new Promise((resolve) => void setTimeout(resolve, OLD_ENOUGH_MS / TIMES));
    return workers;
  }

  it('1,000 calls at one time: one new token, one replay each, and no call fails', async () => {
    const workers = await startWithOldToken(8, {});
    expect(programs.issues).toBe(1);

    programs.brokerage.killAllTokens();
    const reports = await Promise.all(
      workers.map((worker, index) => done(worker, { call: symbols(`process${index}`, 125) })),
    );
    expect(reports).toEqual(reports.map(() => ({ done: 125, tokens: [], failures: {} })));
    expect(programs.issues).toBe(2);
    expect(timesAsked()).toHaveLength(1000);
    expect(Math.max(...timesAsked())).toBe(2);
  });

  it('by a server that refuses every token: six token requests in an hour', async () => {
    const hurried = [360, Date.now()] as const;
    const clock = new AcceleratedKisClock(...hurried);
    const settings = { ...BROKERAGE, issueIntervalSeconds: 60, refuseAll: 'EGW00123' } as const;
    programs = await Programs.at({ now: () => clock.now(), settings });
    const kis = options({
      accounts: [{ ...programs.account, requestTimeoutMs: 90_000 }],
      issueIntervalSeconds: 60,
    });
    const workers = await programs.start(Array.from({ length: 4 }, () => ({ kis, hurried: [...hurried] })));
    const [first] = programs.brokerage.issuesOf(programs.account.appKey);
    const end = (first?.at ?? clock.now()) + HOUR_MS;
    const reasons = new Set<string>();
    const callUntilEnd = async (worker: Worker): Promise<void> => {
      while (clock.now() < end) {
        const { failures } = await done(worker, { call: symbols('call', 10) });
        for (const reason of Object.keys(failures)) reasons.add(reason);
      }
    };
    await Promise.all(workers.map(callUntilEnd));
    const issues = programs.brokerage.issuesOf(programs.account.appKey).filter(({ at }) => at < end);
    expect([5, 6]).toContain(issues.length);
    expect(reasons).toContain('KIS_TOKEN_REJECTED');
  });

  it('by an issuer that ends the old token with the new one: one replay a request, no further issue', async () => {
    const workers = await startWithOldToken(5, { oldTokenDiesOnReissue: true, tokenLatencyMs: 300 });
    const [refresher, ...callers] = workers;
    let refreshed = false;
    let calls = 0;
    const callMeanwhile = async (worker: Worker): Promise<void> => {
      for (let more = 5; more > 0; more -= refreshed ? 1 : 0) {
        calls += 10;
        const report = await done(worker, { call: symbols(`call${calls}`, 10) });
        expect(report).toEqual({ done: 10, tokens: [], failures: {} });
      }
    };
    const refresh = async (): Promise<void> => {
      await done(refresher, { coolDown: true });
      expect(await done(refresher, { refresh: true })).toMatchObject({ done: 1 });
      refreshed = true;
    };
    await Promise.all([refresh(), ...callers.map(callMeanwhile)]);
    expect(programs.issues).toBe(2);
    expect(Math.max(...timesAsked())).toBe(2);
    expect(programs.brokerage.requests.all.filter(({ code }) => code === 'EGW00121')).not.toEqual([]);
  });
});
