import type { AppConfig } from './app-config';
import { loadConfig } from './load-config';
import { KEY, MINE, SECRET, SIMULATED, problemsOf } from '../../test/support/settings-samples';

describe('the simulator', () => {
  it('brings its own account and needs none', () => {
    const config = loadConfig(SIMULATED);
    expect(config.simulator).toEqual({
      mockPort: 29443,
      requestsPerSecond: 50,
      orders: { enabled: true },
      ordersFile: expect.stringMatching(/KIS.state.simulator-orders\.jsonl$/) as string,
    });
    expect(config.kis.accounts).toEqual([]);
  });

  it('follows the settings for calls', () => {
    const calls = { KIS_REQUESTS_PER_SECOND: '7', KIS_REQUEST_TIMEOUT_MS: '900', SIMULATOR_MOCK_PORT: '0' };
    expect(loadConfig({ ...SIMULATED, ...calls }).simulator).toEqual({
      mockPort: 0,
      requestsPerSecond: 7,
      requestTimeoutMs: 900,
      orders: { enabled: true },
      ordersFile: expect.stringMatching(/KIS.state.simulator-orders\.jsonl$/) as string,
    });
  });

  it('warns of an account number that it does not use', () => {
    const { warnings } = loadConfig({ ...SIMULATED, KIS_ACCOUNT_NUMBER: '50112345' });
    expect(warnings).toEqual([expect.stringContaining('KIS_ACCOUNT_NUMBER: has no effect')]);
  });

  it.each([
    ['KIS_TRADING_MODE', 'REAL'],
    ['KIS_TRADING_MODE', 'real'],
    ['KIS_BASE_URL', 'http://127.0.0.1:1'],
    ['KIS_APP_KEY', KEY],
    ['KIS_APP_SECRET', SECRET],
    ['KIS_PROFILES', 'pension'],
    ['KIS_CONFIG_FILE', '/nowhere'],
  ])('is refused together with %s=%s', (name, value) => {
    const refusal = problemsOf({ ...SIMULATED, [name]: value }).filter((each) =>
      each.startsWith('KIS_SIMULATOR:'),
    );
    expect(refusal).toHaveLength(1);
    expect(refusal[0]).toContain(`${name} (in the environment)`);
    expect(refusal[0]).toContain(`remove ${name}`);
  });

  it.each([
    ['.env', 'add the line KIS_SIMULATOR=false to .env.local'],
    ['.env.local', 'change KIS_SIMULATOR to false (line 8 of .env.local)'],
    [undefined, 'change KIS_SIMULATOR to false (in the environment)'],
  ])('says which line to change when it was switched on in %s', (file, advice) => {
    const origins: Record<string, object> = {
      KIS_SIMULATOR: file === undefined ? {} : { file, line: 8 },
      KIS_APP_KEY: { file: '.env.local', line: 2 },
    };
    const load = (): AppConfig => loadConfig({ ...SIMULATED, ...MINE }, (name) => origins[name] ?? {});
    expect(load).toThrow('KIS_APP_KEY (line 2 of .env.local)');
    expect(load).toThrow(advice);
  });

  it('does not tell a problem twice', () => {
    const problems = problemsOf({ ...SIMULATED, ...MINE, KIS_REQUESTS_PER_SECOND: 'many' });
    expect(problems.filter((problem) => problem.startsWith('KIS_REQUESTS_PER_SECOND'))).toHaveLength(1);
  });

  it('leaves only its own problem when everything else is right', () => {
    expect(problemsOf({ ...SIMULATED, ...MINE })).toHaveLength(1);
  });
});
