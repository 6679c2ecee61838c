import { loadConfig } from './load-config';
import { ENCRYPTION_KEY, KEY, MINE, SECRET } from '../../test/support/settings-samples';

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
        orders: { enabled: false, reason: expect.stringContaining('KIS_ORDERS=true') as string },
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
      KIS_TOKEN_ENCRYPTION_KEY: `,${ENCRYPTION_KEY}`,
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
      warnings: [expect.stringContaining('not a host of KIS')],
    });
    expect(config.log).toEqual({ level: 'debug', format: 'json', file: 'x.log' });
    const { accounts, redis, tokenCipher, ...tokens } = config.kis;
    expect([redis?.url, redis?.keyPrefix]).toEqual(['rediss://me:hidden@redis.example:6380/1', 'mine:']);
    expect(tokenCipher?.encrypts).toBe(false);
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
        orders: { enabled: false, reason: expect.stringContaining('KIS_ORDERS=true') as string },
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

  it('distinguishes an empty LOG_FILE and an empty blackout from ones that are not set', () => {
    const config = loadConfig({ ...MINE, LOG_FILE: '', KIS_TOKEN_REFRESH_BLACKOUT: ' ' });
    expect(config.log.file).toBeNull();
    expect(config.kis.refreshBlackout).toBe('');
    expect(loadConfig(MINE).kis.refreshBlackout).toBeUndefined();
  });
});
