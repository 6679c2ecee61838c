import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { AppConfig } from './app-config';
import { ConfigError } from './config.error';
import type { Environment } from './environment';
import { loadConfig } from './load-config';

const KEY = 'PSabcdefghij0123456789ABCDEFGHIJ0123';
const SECRET = 'Zx9+'.repeat(45);
const MINE: Environment = { KIS_APP_KEY: KEY, KIS_APP_SECRET: SECRET, KIS_ACCOUNT_NUMBER: '50112345' };
const SIMULATED: Environment = { KIS_SIMULATOR: 'true' };

function problemsOf(variables: Environment): readonly string[] {
  try {
    loadConfig(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const OLD_KEY = Buffer.alloc(32, 7).toString('base64');

describe('loadConfig', () => {
  it('completes what is not set with the documented defaults', () => {
    expect(loadConfig(MINE).toJSON()).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      apiKey: null,
      simulator: null,
      log: { level: 'info', format: 'text', file: 'logs/app.log' },
      warnings: [],
    });
    expect(loadConfig(MINE).kis.accounts).toEqual([
      {
        alias: 'main',
        mode: 'MOCK',
        appKey: KEY,
        appSecret: SECRET,
        accountNumber: '50112345',
        accountCode: '01',
      },
    ]);
  });

  it('passes on what is set', () => {
    const config = loadConfig({
      ...MINE,
      HOST: '0.0.0.0',
      PORT: '0',
      API_KEY: 'a-long-and-random-key',
      KIS_TRADING_MODE: 'real',
      KIS_BASE_URL: 'http://127.0.0.1:9443',
      KIS_REQUEST_TIMEOUT_MS: '1500',
      KIS_REQUESTS_PER_SECOND: '2.5',
      KIS_TOKEN_DIR: '~/tokens',
      KIS_TOKEN_STORE: 'redis',
      REDIS_URL: 'rediss://me:hidden@redis.example:6380/1',
      REDIS_KEY_PREFIX: 'mine:',
      KIS_TOKEN_ENCRYPTION_KEY: `,${OLD_KEY}`,
      KIS_TOKEN_BUFFER_SECONDS: '0',
      KIS_TOKEN_REFRESH_LEAD_SECONDS: '60',
      KIS_TOKEN_REFRESH_BLACKOUT: 'Sat 10:00-11:00',
      KIS_TOKEN_SWEEP_SECONDS: '1',
      KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '61',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
      LOG_FILE: 'x.log',
    });
    const { host, port, apiKey, warnings } = config;
    expect({ host, port, apiKey, warnings }).toEqual({
      host: '0.0.0.0',
      port: 0,
      apiKey: 'a-long-and-random-key',
      warnings: [],
    });
    expect(config.log).toEqual({ level: 'debug', format: 'json', file: 'x.log' });
    const { accounts, redis, tokenSeal, ...tokens } = config.kis;
    expect([redis?.url, redis?.keyPrefix]).toEqual(['rediss://me:hidden@redis.example:6380/1', 'mine:']);
    expect(tokenSeal?.encrypts).toBe(false);
    expect(tokens).toEqual({
      tokenDir: '~/tokens',
      tokenStore: 'redis',
      bufferSeconds: 0,
      refreshLeadSeconds: 60,
      refreshBlackout: 'Sat 10:00-11:00',
      sweepSeconds: 1,
      issueIntervalSeconds: 61,
    });
    expect(accounts).toEqual([
      expect.objectContaining({
        mode: 'REAL',
        baseUrl: 'http://127.0.0.1:9443',
        requestTimeoutMs: 1500,
        requestsPerSecond: 2.5,
      }),
    ]);
  });

  it('takes an empty value as not set', () => {
    const empty = Object.fromEntries(
      ['HOST', 'PORT', 'API_KEY', 'KIS_BASE_URL', 'KIS_PROFILES', 'KIS_TOKEN_DIR', 'LOG_LEVEL'].map(
        (name) => [name, ''],
      ),
    );
    expect(loadConfig({ ...MINE, ...empty }).toJSON()).toEqual(loadConfig(MINE).toJSON());
  });

  it('tells an empty LOG_FILE and an empty blackout from ones that are not set', () => {
    const config = loadConfig({ ...MINE, LOG_FILE: '', KIS_TOKEN_REFRESH_BLACKOUT: ' ' });
    expect(config.log.file).toBeNull();
    expect(config.kis.refreshBlackout).toBe('');
    expect(loadConfig(MINE).kis.refreshBlackout).toBeUndefined();
  });

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
    ['API_KEY', ' key', 'blanks or a line break'],
    ['KIS_SIMULATOR', 'yes', 'true, false'],
    ['KIS_TRADING_MODE', 'PAPER', 'MOCK, REAL'],
    ['KIS_APP_KEY', '', 'is missing'],
    ['KIS_APP_SECRET', `${SECRET}\n`, 'line break at its start or end'],
    ['KIS_APP_SECRET', `"${SECRET}"`, 'quotation marks'],
    ['KIS_APP_SECRET', `Zx 9+`, 'copy it again'],
    ['KIS_APP_KEY', '앱키', 'copy it again'],
    ['KIS_APP_KEY', '  ', 'nothing but blanks'],
    ['KIS_ACCOUNT_NUMBER', '', 'is missing'],
    ['KIS_ACCOUNT_NUMBER', '1234567', '8 digits'],
    ['KIS_ACCOUNT_NUMBER', '1234567801', '8 digits'],
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
    ['KIS_TOKEN_ENCRYPTION_KEY', `${OLD_KEY},c2hvcnQ=`, '32 bytes in base64'],
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
      expect.stringMatching(/^KIS_TOKEN_BUFER_SECONDS: .* Did you mean KIS_TOKEN_BUFFER_SECONDS\?/),
    ]);
    expect(warnings.join()).not.toMatch(/shortkey|brief|77/);
  });

  it('cannot be changed afterwards', () => {
    const config = loadConfig(MINE);
    for (const part of [
      config,
      config.kis,
      config.kis.accounts,
      config.kis.accounts[0],
      config.log,
      config.warnings,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('prints without secrets, whole keys and account numbers', () => {
    const config = loadConfig({
      ...MINE,
      API_KEY: 'a-long-and-random-key',
      REDIS_URL: 'redis://:hidden-password@redis.example',
      KIS_TOKEN_ENCRYPTION_KEY: OLD_KEY,
    });
    const values = [KEY, SECRET, '50112345', 'a-long-and-random-key', 'hidden-password', OLD_KEY];
    for (const printed of [
      JSON.stringify(config),
      inspect(config, { depth: 10 }),
      inspect({ config }, { depth: 10 }),
    ]) {
      expect(printed).toContain('PSabcdefgh…');
      expect(printed).toContain('5011****');
      for (const value of values) expect(printed).not.toContain(value);
    }
  });

  it('tells the logger what never to print', () => {
    const redis = { REDIS_URL: 'redis://:hidden%20password@redis.example' };
    expect(loadConfig({ ...MINE, ...redis, API_KEY: 'a-long-and-random-key' }).knownSecrets()).toEqual({
      secrets: [SECRET, 'a-long-and-random-key', 'hidden password'],
      appKeys: [KEY],
      accountNumbers: ['50112345'],
    });
  });
});

describe('the simulator', () => {
  it('brings its own account and needs none', () => {
    const config = loadConfig(SIMULATED);
    expect(config.simulator).toEqual({ mockPort: 29443, requestsPerSecond: 50 });
    expect(config.kis.accounts).toEqual([]);
  });

  it('follows the settings for calls', () => {
    const calls = { KIS_REQUESTS_PER_SECOND: '7', KIS_REQUEST_TIMEOUT_MS: '900', SIMULATOR_MOCK_PORT: '0' };
    expect(loadConfig({ ...SIMULATED, ...calls }).simulator).toEqual({
      mockPort: 0,
      requestsPerSecond: 7,
      requestTimeoutMs: 900,
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

describe('profiles', () => {
  const PENSION = {
    KIS_PROFILES: 'pension, my-live',
    KIS_PENSION_APP_KEY: KEY,
    KIS_PENSION_APP_SECRET: SECRET,
    KIS_PENSION_ACCOUNT_NUMBER: '60112345-22',
    KIS_MY_LIVE_TRADING_MODE: 'REAL',
    KIS_MY_LIVE_APP_KEY: `X${KEY.slice(1)}`,
    KIS_MY_LIVE_APP_SECRET: SECRET,
    KIS_MY_LIVE_ACCOUNT_NUMBER: '70112345',
    KIS_MY_LIVE_REQUESTS_PER_SECOND: '5',
  };

  it('are accounts with their own variables, real and mock side by side', () => {
    const { kis, warnings } = loadConfig(PENSION);
    expect(kis.accounts).toEqual([
      expect.objectContaining({
        alias: 'pension',
        mode: 'MOCK',
        accountNumber: '60112345',
        accountCode: '22',
      }),
      expect.objectContaining({
        alias: 'my-live',
        mode: 'REAL',
        accountNumber: '70112345',
        requestsPerSecond: 5,
      }),
    ]);
    expect(warnings).toEqual([]);
  });

  it('come after the plain account', () => {
    expect(loadConfig({ ...MINE, ...PENSION }).kis.accounts.map(({ alias }) => alias)).toEqual([
      'main',
      'pension',
      'my-live',
    ]);
  });

  it('share the settings for calls unless they have their own', () => {
    const { accounts } = loadConfig({
      ...PENSION,
      KIS_REQUESTS_PER_SECOND: '3',
      KIS_BASE_URL: 'http://localhost:1',
    }).kis;
    expect(accounts.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([3, 5]);
    expect(accounts.map(({ baseUrl }) => baseUrl)).toEqual(['http://localhost:1', 'http://localhost:1']);
  });

  it('are checked like the plain account', () => {
    expect(problemsOf({ ...PENSION, KIS_PENSION_APP_SECRET: '', KIS_MY_LIVE_TRADING_MODE: 'LIVE' })).toEqual([
      expect.stringContaining('KIS_PENSION_APP_SECRET: is missing'),
      expect.stringContaining('KIS_MY_LIVE_TRADING_MODE: must be one of'),
    ]);
  });

  it.each([
    ['a name twice', { KIS_PROFILES: 'pension,Pension' }, 'a second account the name'],
    [
      'one key with two secrets',
      { KIS_MY_LIVE_APP_KEY: KEY, KIS_MY_LIVE_APP_SECRET: 'other' },
      'two different app secrets',
    ],
  ])('may not have %s', (_, change, problem) => {
    expect(problemsOf({ ...PENSION, ...change })).toContainEqual(expect.stringContaining(problem));
  });
});

describe("the official samples' file", () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'config-'));
    file = join(directory, 'kis_devlp.yaml');
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('gives the accounts mock and real', () => {
    writeFileSync(
      file,
      [
        '#실전투자',
        `my_app: "${KEY}"`,
        `my_sec: '${SECRET}'`,
        `paper_app: X${KEY.slice(1)}   # unquoted`,
        `paper_sec: "${SECRET}"`,
        'my_htsid: "사용자 HTS ID"',
        'my_acct_stock: "50112345"',
        'my_paper_stock: 60112345',
        '  my_prod: "01" # 종합계좌',
        '# my_prod: "03"',
        'prod: "https://openapi.koreainvestment.com:9443" # 서비스',
        'nonsense',
      ].join('\r\n'),
    );
    const config = loadConfig({ KIS_CONFIG_FILE: file });
    expect(config.kis.accounts).toEqual([
      {
        alias: 'mock',
        mode: 'MOCK',
        appKey: `X${KEY.slice(1)}`,
        appSecret: SECRET,
        accountNumber: '60112345',
        accountCode: '01',
      },
      {
        alias: 'real',
        mode: 'REAL',
        appKey: KEY,
        appSecret: SECRET,
        accountNumber: '50112345',
        accountCode: '01',
        baseUrl: 'https://openapi.koreainvestment.com:9443',
      },
    ]);
    expect(config.warnings).toEqual([]);
  });

  it('skips an account that still has the placeholders of the template', () => {
    writeFileSync(
      file,
      `my_app: "앱키"\nmy_sec: "앱키 시크릿"\npaper_app: "${KEY}"\npaper_sec: "${SECRET}"\nmy_paper_stock: "60112345"\n`,
    );
    expect(loadConfig({ KIS_CONFIG_FILE: file }).kis.accounts.map(({ alias }) => alias)).toEqual(['mock']);
  });

  it('is refused when no account is filled in', () => {
    writeFileSync(file, 'my_app: "앱키"\n');
    expect(problemsOf({ KIS_CONFIG_FILE: file })).toEqual([
      expect.stringContaining('KIS_CONFIG_FILE: names a file without keys'),
    ]);
  });

  it('is checked, and problems name its own keys', () => {
    writeFileSync(file, `my_app: "${KEY} "\nprod: "http://example.com"\n`);
    expect(problemsOf({ KIS_CONFIG_FILE: file })).toEqual([
      expect.stringMatching(/^prod in the file that KIS_CONFIG_FILE names: must begin with https/),
      expect.stringMatching(/^my_app in the file .*blanks/),
      expect.stringMatching(/^my_sec in the file .*missing/),
      expect.stringMatching(/^my_acct_stock in the file .*missing/),
    ]);
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
