import { startSimulator, type Simulator, type SimulatorSettings } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory } from './support/running-api';

const ROUTES = [
  ['GET', '/api/accounts'],
  ['GET', '/api/accounts/main'],
  ['GET', '/api/accounts/main/balance'],
  ['GET', '/api/accounts/main/assets'],
  ['GET', '/api/accounts/main/buying-power?symbol=005930&price=70000'],
  ['GET', '/api/accounts/main/overseas-balance'],
  ['GET', '/api/quotes/005930'],
  ['GET', '/api/tokens'],
  ['GET', '/api/tokens/main'],
  ['POST', '/api/tokens/main/refresh'],
  ['DELETE', '/api/tokens/main?revoke=true'],
  ['GET', '/health/ready'],
  ['GET', '/metrics'],
  ['GET', '/docs-json'],
  ['GET', '/'],
] as const;

/** Each is a way in which secrets leave programs: with an answer, an error, a trace. */
const MISFORTUNES: readonly Partial<SimulatorSettings>[] = [
  {},
  { apiFault: 'drop' },
  { apiFault: 'html502' },
  { apiFault: 'http503' },
  { apiFault: 'truncated' },
  { apiFault: 'redirect' },
  { refuseAll: 'EGW00121' },
  { refuseAll: 'EGW00123' },
  { randomRateRefusals: 1 },
  { tokenFault: 'http500' },
  { tokenFault: 'truncated' },
  { tokenFault: 'redirect' },
  { tokenDown: true },
];

describe('a run full of failures', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let simulator: Simulator;
  let api: RunningApi;
  const said: string[] = [];
  let issues = 0;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    simulator = await startSimulator({ mockPort: 0, realPort: 0, settings: { mockPerSecond: 500 } });
    for (const [index, change] of MISFORTUNES.entries()) {
      simulator.reset();
      simulator.update({ ...change, issueIntervalSeconds: 0 });
      const env = brokerageEnv(simulator, 'MOCK', `${directory.path}/${index}`);
      api = await RunningApi.start({ env: { ...env, LOG_LEVEL: 'debug' } });
      for (const [method, path] of ROUTES) {
        const { text, headers } = await api.ask(path, { method });
        said.push(text, JSON.stringify([...headers]));
      }
      await api.close();
      said.push(...api.log);
      issues += simulator.issuesOf(simulator.demo.mock.appKey).length;
    }
  });

  afterAll(async () => {
    await simulator.stop();
    directory.remove();
  });

  function findings(secret: string | RegExp): string[] {
    return said.filter((text) => (typeof secret === 'string' ? text.includes(secret) : secret.test(text)));
  }

  it('was one', () => {
    const problems = said.filter((text) => text.includes('urn:kis-api:problem:')).length;
    expect(problems).toBeGreaterThan(30);
    expect(issues).toBeGreaterThanOrEqual(MISFORTUNES.length);
  });

  it('says no token', () => {
    expect(findings(/eyJ[\w-]{8,}/)).toEqual([]);
  });

  it('says nothing of the app secret', () => {
    const { appSecret } = simulator.demo.mock;
    expect(findings(appSecret.slice(0, 16))).toEqual([]);
    expect(findings(appSecret.slice(-16))).toEqual([]);
  });

  it('says ten characters of the app key, and no more', () => {
    const { appKey } = simulator.demo.mock;
    expect(findings(appKey.slice(0, 10))).not.toEqual([]);
    expect(findings(appKey.slice(0, 11))).toEqual([]);
  });

  it('says no whole account number', () => {
    const { accountNumber } = simulator.demo.mock;
    expect(findings(`${accountNumber.slice(0, 4)}****-01`)).not.toEqual([]);
    expect(findings(accountNumber)).toEqual([]);
  });
});
