import { ConfigError } from './config.error';
import { loadConfig } from './load-config';
import {
  ENCRYPTION_KEY,
  KEY,
  MINE,
  SECRET,
  SIMULATED,
  problemsOf,
} from '../../test/support/settings-samples';

describe('loadConfig', () => {
  it('lists all problems at once, each by name, and no value', () => {
    const wrong = {
      HOST: '0.0.0.0',
      PORT: 'porty',
      KIS_APP_KEY: `${KEY}\n`,
      KIS_ACCOUNT_NUMBER: '5011-2345',
      KIS_TOKEN_SWEEP_SECONDS: '61',
      LOG_LEVEL: 'chatty',
    };
    const problems = problemsOf(wrong);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'PORT',
      'API_KEY',
      'KIS_APP_KEY',
      'KIS_APP_SECRET',
      'KIS_ACCOUNT_NUMBER',
      'KIS_TOKEN_SWEEP_SECONDS',
      'LOG_LEVEL',
    ]);
    const message = new ConfigError(problems).message;
    expect(message.split('\n')).toHaveLength(8);
    for (const value of ['porty', KEY, '5011-2345', 'chatty']) expect(message).not.toContain(value);
  });

  it.each([
    ['PORT', '65536', 'from 0 to 65535'],
    ['PORT', '-1', 'from 0 to 65535'],
    ['PORT', '3000.5', 'whole number'],
    ['HOST', 'not a host', 'IP address or a host name'],
    ['API_KEY', ' key', 'starts or ends with spaces'],
    ['KIS_SIMULATOR', 'yes', 'true, false'],
    ['KIS_TRADING_MODE', 'PAPER', 'MOCK, REAL'],
    ['KIS_APP_KEY', '', 'is missing'],
    ['KIS_APP_SECRET', `${SECRET}\n`, 'starts or ends with spaces'],
    ['KIS_APP_SECRET', `"${SECRET}"`, 'quotation marks'],
    ['KIS_APP_SECRET', `Zx 9+`, 'copy it again'],
    ['KIS_APP_KEY', '앱키', 'is still a placeholder'],
    ['KIS_APP_KEY', '  ', 'contains only spaces'],
    ['KIS_ACCOUNT_NUMBER', '', 'is missing'],
    ['KIS_ACCOUNT_NUMBER', '1234567', '8 digits'],
    ['KIS_ACCOUNT_NUMBER', '123456780', '8 digits'],
    ['KIS_ACCOUNT_NUMBER', '12345678-1', '8 digits'],
    ['KIS_ACCOUNT_CODE', '1', '2 digits'],
    ['KIS_BASE_URL', 'openapi.koreainvestment.com', 'https://host:port'],
    ['KIS_BASE_URL', 'http://openapi.koreainvestment.com:9443', 'https://'],
    ['KIS_BASE_URL', 'http://127.0.0.1.example.com', 'https://'],
    ['KIS_BASE_URL', 'https://user:pass@host', 'user name or password'],
    ['KIS_BASE_URL', 'https://host/path', 'without a path'],
    ['KIS_REQUEST_TIMEOUT_MS', '0', 'from 100'],
    ['KIS_REQUESTS_PER_SECOND', '0', 'from 0.1'],
    ['KIS_TOKEN_STORE', 'disk', 'file, redis, memory'],
    ['REDIS_URL', 'localhost:6379', 'redis://'],
    ['REDIS_URL', 'http://localhost:6379', 'redis://'],
    ['REDIS_URL', 'redis://', 'redis://'],
    ['KIS_TOKEN_BUFFER_SECONDS', '21600', 'to 21599'],
    ['KIS_TOKEN_REFRESH_LEAD_SECONDS', '-1', 'from 0'],
    ['KIS_TOKEN_REFRESH_BLACKOUT', 'Mon-Fri 8-15', 'Mon-Fri 08:30-15:40'],
    ['KIS_TOKEN_SWEEP_SECONDS', '0', 'from 1 to 60'],
    ['KIS_TOKEN_ISSUE_INTERVAL_SECONDS', '0', 'from 1'],
    ['KIS_TOKEN_ENCRYPTION_KEY', 'c2hvcnQ=', '32 bytes in base64'],
    ['KIS_TOKEN_ENCRYPTION_KEY', `${ENCRYPTION_KEY},c2hvcnQ=`, '32 bytes in base64'],
    ['KIS_PROFILES', 'a b', 'letters, digits and hyphens'],
    ['KIS_CONFIG_FILE', '/nowhere/kis_devlp.yaml', 'ENOENT'],
    ['SIMULATOR_MOCK_PORT', '70000', 'from 0 to 65535'],
    ['LOG_FORMAT', 'xml', 'text, json'],
  ])('refuses %s=%j and names the rule', (name, value, rule) => {
    const base = name === 'SIMULATOR_MOCK_PORT' ? SIMULATED : MINE;
    const problems = problemsOf({ ...base, [name]: value });
    expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${name}: .*${escape(rule)}`)));
  });

  it.each([
    ['8 digits', '50112345', '', '01'],
    ['8 digits and a code', '50112345', '22', '22'],
    ['both in one', '50112345-22', '', '22'],
    ['the code twice, but the same', '50112345-22', '22', '22'],
    ['ten digits', '5011234522', '', '22'],
  ])('takes an account number as %s', (_, number, code, expected) => {
    const config = loadConfig({ ...MINE, KIS_ACCOUNT_NUMBER: number, KIS_ACCOUNT_CODE: code });
    expect(config.kis.accounts[0]).toMatchObject({ accountNumber: '50112345', accountCode: expected });
  });

  it('refuses two different account codes', () => {
    const problems = problemsOf({ ...MINE, KIS_ACCOUNT_NUMBER: '50112345-22', KIS_ACCOUNT_CODE: '01' });
    expect(problems).toEqual([expect.stringContaining('KIS_ACCOUNT_CODE: differs')]);
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])(
    'needs no API key on the loopback address %s',
    (host) => {
      expect(loadConfig({ ...MINE, HOST: host }).apiKey).toBeNull();
    },
  );

  it.each(['0.0.0.0', '::', '192.168.0.10', 'myhost'])('refuses %s without an API key', (host) => {
    expect(problemsOf({ ...MINE, HOST: host })).toEqual([expect.stringContaining('API_KEY: must be set')]);
  });

  it('warns about odd values, by name only', () => {
    const { warnings } = loadConfig({
      ...MINE,
      KIS_APP_KEY: 'shortkey',
      API_KEY: 'brief',
      KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '5',
      KIS_TOKEN_BUFER_SECONDS: '77',
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^API_KEY: is short/),
      expect.stringMatching(/^KIS_APP_KEY: has 8 characters; an app key as KIS issues it has 36/),
      expect.stringMatching(/^KIS_TOKEN_ISSUE_INTERVAL_SECONDS: is below 60/),
      expect.stringMatching(/^KIS_TOKEN_BUFER_SECONDS: is not known and has no effect\./),
    ]);
    expect(warnings.join()).not.toMatch(/shortkey|brief|77/);
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
