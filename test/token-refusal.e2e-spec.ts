import { ManualKisClock } from '../src/kis/testing/manual-clock';
import { startSimulator, type Simulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory, type ProblemBody } from './support/running-api';

const BALANCE = '/api/accounts/main/balance';
/** After this a refused token may have ended early, and KIS hands out another. */
const A_WHILE_MS = 120_000;

describe('a token that the brokerage refuses', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let clock: ManualKisClock;
  let simulator: Simulator;
  let api: RunningApi;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    clock = new ManualKisClock(Date.now());
    simulator = await startSimulator({ mockPort: 0, realPort: 0, now: () => clock.now() });
    simulator.update({ mockPerSecond: 500, reissueAfterRevoke: true });
    api = await RunningApi.start({ env: brokerageEnv(simulator, 'MOCK', directory.path), clock });
    expect((await api.ask(BALANCE)).status).toBe(200);
  });

  afterEach(async () => {
    await api.close();
    await simulator.stop();
    directory.remove();
  });

  function balanceCalls(): number {
    return simulator.requests.withTrId('VTTC8434R').length;
  }

  function issues(): number {
    return simulator.issuesOf(simulator.demo.mock.appKey).length;
  }

  it.each([
    ['EGW00121', 500],
    ['EGW00121', 200],
    ['EGW00123', 500],
    ['EGW00123', 200],
  ] as const)(
    'is replaced once, and the call repeated once: %s with HTTP %d',
    async (refuseNextCode, expiredAs) => {
      await clock.advance(A_WHILE_MS);
      simulator.update({ expiredAs, refuseNextCode, refuseNext: 1, sameTokenSeconds: 60 });
      const before = balanceCalls();
      const { status } = await api.ask(BALANCE);
      expect(status).toBe(200);
      expect(balanceCalls() - before).toBe(2);
      expect(issues()).toBe(2);
    },
  );

  it('is replaced once for many callers', async () => {
    await clock.advance(A_WHILE_MS);
    simulator.killAllTokens();
    const answers = await Promise.all(
      ['balance', 'buying-power', 'overseas-balance', 'buying-power?symbol=005930'].flatMap((call) =>
        Array.from({ length: 10 }, () => api.ask(`/api/accounts/main/${call}`)),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(issues()).toBe(2);
  });

  it('does not lead to a second replay: a brokerage that refuses every token is reported', async () => {
    await clock.advance(A_WHILE_MS);
    simulator.update({ refuseAll: 'EGW00121' });
    const before = balanceCalls();
    const { status, body } = await api.ask<ProblemBody>(BALANCE);
    expect([status, body.code]).toEqual([503, 'KIS_TOKEN_REJECTED']);
    expect(balanceCalls() - before).toBeLessThanOrEqual(2);
    expect(issues()).toBeLessThanOrEqual(2);
  });

  it('is reported, not replaced, when it was issued just now: that is no expiry', async () => {
    simulator.update({ refuseAll: 'EGW00123' });
    const { status, body } = await api.ask<ProblemBody>(BALANCE);
    expect([status, body.code]).toEqual([503, 'KIS_TOKEN_REJECTED']);
    expect(body.kis).toMatchObject({ msgCd: 'EGW00123' });
    expect(issues()).toBe(1);
  });
});
