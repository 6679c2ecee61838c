import { KEY, MINE, SECRET, SIMULATED, problemsOf } from '../../test/support/settings-samples';
import type { Environment } from './environment';

/** A value of each variable that is wrong whatever the others are. */
const WRONG: Readonly<Record<string, string>> = {
  HOST: 'not a host',
  PORT: 'porty',
  API_KEY: ' key',
  ALLOWED_HOSTS: 'a/b',
  KIS_SIMULATOR: 'maybe',
  KIS_TRADING_MODE: 'PAPER',
  KIS_APP_KEY: 'a b',
  KIS_APP_SECRET: 'a b',
  KIS_ACCOUNT_NUMBER: '1',
  KIS_ACCOUNT_CODE: '1',
  KIS_BASE_URL: 'host',
  KIS_WS_URL: 'host',
  KIS_HTS_ID: 'a b',
  KIS_REQUEST_TIMEOUT_MS: '0',
  KIS_REQUESTS_PER_SECOND: '0',
  KIS_ORDERS: 'maybe',
  KIS_ORDER_MAX_AMOUNT: '1e9',
  KIS_ORDER_DAILY_MAX_AMOUNT: '1e9',
  KIS_ORDER_MAX_PER_MINUTE: '0',
  KIS_ORDER_SETTLE_SECONDS: '0',
  KIS_PROFILES: 'a b',
  KIS_CONFIG_FILE: '/nowhere/kis_devlp.yaml',
  KIS_TOKEN_STORE: 'disk',
  KIS_TOKEN_BUFFER_SECONDS: '-1',
  KIS_TOKEN_REFRESH_LEAD_SECONDS: '-1',
  KIS_TOKEN_REFRESH_BLACKOUT: 'always',
  KIS_TOKEN_SWEEP_SECONDS: '0',
  KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '0',
  KIS_TOKEN_ENCRYPTION_KEY: 'short',
  KIS_SYMBOL_FILES_URL: 'ftp://host',
  KIS_GATEWAY: 'maybe',
  KIS_GATEWAY_COLUMNS: '1999',
  KIS_GATEWAY_REAL_PORT: 'porty',
  KIS_GATEWAY_MOCK_PORT: 'porty',
  REDIS_URL: 'host',
  HTTPS_PROXY: 'socks5://host',
  HTTP_PROXY: 'socks5://host',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  LOG_LEVEL: 'chatty',
  LOG_FORMAT: 'xml',
};
const wrongNames = (variables: Environment): Set<string> =>
  new Set(problemsOf(variables).map((problem) => problem.split(':')[0] ?? ''));

describe('A wrong variable', () => {
  it.each([
    ['an account', MINE],
    ['no account', {}],
    [
      'a profile',
      {
        KIS_PROFILES: 'isa',
        KIS_ISA_APP_KEY: KEY,
        KIS_ISA_APP_SECRET: SECRET,
        KIS_ISA_ACCOUNT_NUMBER: '50112345',
      },
    ],
    ['the simulator', SIMULATED],
  ])('hides no other one: with %s', (_, base) => {
    const wrong = Object.entries(WRONG).filter(([name]) => !(base === SIMULATED && name in MINE));
    const reported = new Map(
      wrong.map(([name, value]) => [name, wrongNames({ ...base, [name]: value }).has(name)]),
    );
    const hidden: string[] = [];
    for (const [first, value] of wrong) {
      for (const [second, other] of wrong) {
        if (first === second || !reported.get(second)) continue;
        const names = wrongNames({ ...base, [first]: value, [second]: other });
        if (!names.has(second)) hidden.push(`${second} behind ${first}`);
      }
    }
    expect(hidden).toEqual([]);
    expect([...reported.values()].filter((isReported) => isReported).length).toBeGreaterThan(20);
  });

  it('hides no other one where the simulator may be meant', () => {
    const names = wrongNames({
      KIS_SIMULATOR: 'maybe',
      SIMULATOR_MOCK_PORT: 'porty',
      HTTPS_PROXY: 'socks5://host',
    });
    expect(names).toEqual(new Set(['KIS_SIMULATOR', 'SIMULATOR_MOCK_PORT', 'HTTPS_PROXY']));
  });
});
