import type { KisNamedOption, KisOptionNaming } from '../kis';
import { accountVariable, type AccountVariable } from './known-variables';

const OF_ALL: Readonly<Partial<Record<KisNamedOption, string>>> = {
  tokenDir: 'KIS_TOKEN_DIR',
  tokenStore: 'KIS_TOKEN_STORE',
  stateDir: 'KIS_STATE_DIR',
  symbolFilesUrl: 'KIS_SYMBOL_FILES_URL',
  settleSeconds: 'KIS_ORDER_SETTLE_SECONDS',
  settlement: 'kis order settle <id> --as <number at KIS>|not-placed, or POST …/orders/<id>/settlement',
  tokenCipher: 'KIS_TOKEN_ENCRYPTION_KEY',
  redis: 'REDIS_URL',
  proxy: 'HTTPS_PROXY',
  'proxy.except': 'NO_PROXY',
};

const OF_AN_ACCOUNT: Readonly<Partial<Record<KisNamedOption, AccountVariable>>> = {
  baseUrl: 'BASE_URL',
  requestTimeoutMs: 'REQUEST_TIMEOUT_MS',
  requestsPerSecond: 'REQUESTS_PER_SECOND',
  htsId: 'HTS_ID',
};

/** The names of the variables that set options of the library, for its messages. */
export function variablesForOptions(profiles: readonly string[]): KisOptionNaming {
  return (option, alias) => {
    const profile = profiles.find((name) => name === alias) ?? null;
    const variable = OF_AN_ACCOUNT[option];
    return variable === undefined ? (OF_ALL[option] ?? option) : accountVariable(profile, variable);
  };
}
