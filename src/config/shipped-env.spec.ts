import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './environment';
import { readEnvironment } from './environment';
import { loadConfig, readConfig } from './load-config';

/** Section by section as documented; those that depend on the trading mode are there but empty. */
const DOCUMENTED: Environment = {
  HOST: '127.0.0.1',
  PORT: '3000',
  API_KEY: '',
  API_KEY_FILE: '',
  ALLOWED_HOSTS: '',
  KIS_SIMULATOR: 'true',
  SIMULATOR_REAL_PORT: '9443',
  SIMULATOR_MOCK_PORT: '29443',
  SIMULATOR_REAL_SOCKET_PORT: '',
  SIMULATOR_MOCK_SOCKET_PORT: '',
  KIS_TRADING_MODE: 'MOCK',
  KIS_APP_KEY: '',
  KIS_APP_SECRET: '',
  KIS_APP_KEY_FILE: '',
  KIS_APP_SECRET_FILE: '',
  KIS_ACCOUNT_NUMBER: '',
  KIS_ACCOUNT_CODE: '',
  KIS_BASE_URL: '',
  KIS_WS_URL: '',
  KIS_HTS_ID: '',
  KIS_PROFILES: '',
  KIS_CONFIG_FILE: '',
  KIS_TOKEN_DIR: '~/KIS/tokens',
  KIS_TOKEN_STORE: 'file',
  REDIS_URL: 'redis://127.0.0.1:6379',
  REDIS_KEY_PREFIX: 'kis:',
  KIS_TOKEN_BUFFER_SECONDS: '300',
  KIS_TOKEN_REFRESH_LEAD_SECONDS: '7200',
  KIS_TOKEN_REFRESH_BLACKOUT: 'Mon-Fri 08:30-15:40',
  KIS_TOKEN_SWEEP_SECONDS: '30',
  KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '60',
  KIS_TOKEN_ENCRYPTION_KEY: '',
  KIS_TOKEN_ENCRYPTION_KEY_FILE: '',
  KIS_ORDERS: '',
  KIS_ORDER_MAX_AMOUNT: '',
  KIS_ORDER_DAILY_MAX_AMOUNT: '',
  KIS_ORDER_MAX_PER_MINUTE: '',
  KIS_ORDER_SETTLE_SECONDS: '60',
  KIS_STATE_DIR: '~/KIS/state',
  KIS_SYMBOL_FILES_URL: '',
  KIS_GATEWAY: 'true',
  KIS_GATEWAY_COLUMNS: 'current',
  KIS_GATEWAY_REAL_PORT: '',
  KIS_GATEWAY_MOCK_PORT: '',
  KIS_REQUEST_TIMEOUT_MS: '',
  KIS_REQUESTS_PER_SECOND: '',
  HTTPS_PROXY: '',
  HTTP_PROXY: '',
  NO_PROXY: '',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'text',
  LOG_FILE: 'logs/app.log',
};

const VARIABLE = /'((?:KIS|API|LOG|REDIS|SIMULATOR|ALLOWED|HTTPS?|NO)_[A-Z_]+)'/g;

const OWN: Environment = {
  KIS_SIMULATOR: 'false',
  KIS_APP_KEY: 'P'.repeat(36),
  KIS_APP_SECRET: 's'.repeat(180),
  KIS_ACCOUNT_NUMBER: '50112345-22',
};

describe('the .env file as shipped', () => {
  let directory: string;
  let shipped: Environment;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'shipped-'));
    copyFileSync(join(__dirname, '..', '..', '.env'), join(directory, '.env'));
    shipped = readEnvironment(directory, {}).values;
  });

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it('has every variable with its default', () => {
    expect(shipped).toEqual(DOCUMENTED);
  });

  it('has every variable that the sources name', () => {
    const sources = readdirSync(__dirname).filter((file) => !file.includes('spec'));
    const named = sources.flatMap((file) =>
      Array.from(readFileSync(join(__dirname, file), 'utf8').matchAll(VARIABLE), ([, name = '']) => name),
    );
    expect(named).toContain('KIS_TOKEN_DIR');
    expect(named.filter((name) => !(name in shipped))).toEqual([]);
  });

  it('starts the simulator and nothing else, without a warning', () => {
    const config = readConfig(directory, {});
    expect(config).toMatchObject({ host: '127.0.0.1', warnings: [], kis: { accounts: [] } });
    expect(config.simulator).not.toBeNull();
  });

  it('needs nothing but the switch and the lines of an account to talk to KIS', () => {
    const config = loadConfig({ ...shipped, ...OWN });
    expect(config.kis.accounts).toEqual([expect.objectContaining({ accountCode: '22', mode: 'MOCK' })]);
  });
});
