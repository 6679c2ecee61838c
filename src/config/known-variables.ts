/** The variables of an account: `KIS_APP_KEY` for the plain one, `KIS_PENSION_APP_KEY` for a profile. */
const ACCOUNT_VARIABLES = [
  'TRADING_MODE',
  'APP_KEY',
  'APP_KEY_FILE',
  'APP_SECRET',
  'APP_SECRET_FILE',
  'ACCOUNT_NUMBER',
  'ACCOUNT_CODE',
  'BASE_URL',
  'WS_URL',
  'HTS_ID',
  'REQUEST_TIMEOUT_MS',
  'REQUESTS_PER_SECOND',
  'ORDERS',
  'ORDER_MAX_AMOUNT',
  'ORDER_DAILY_MAX_AMOUNT',
  'ORDER_MAX_PER_MINUTE',
] as const;

export type AccountVariable = (typeof ACCOUNT_VARIABLES)[number];

const OTHER_VARIABLES = [
  'HOST',
  'PORT',
  'API_KEY',
  'API_KEY_FILE',
  'ALLOWED_HOSTS',
  'KIS_SIMULATOR',
  'KIS_PROFILES',
  'KIS_CONFIG_FILE',
  'KIS_TOKEN_DIR',
  'KIS_TOKEN_STORE',
  'KIS_STATE_DIR',
  'KIS_SYMBOL_FILES_URL',
  'KIS_ORDER_SETTLE_SECONDS',
  'KIS_GATEWAY',
  'KIS_GATEWAY_COLUMNS',
  'KIS_GATEWAY_REAL_PORT',
  'KIS_GATEWAY_MOCK_PORT',
  'KIS_TOKEN_BUFFER_SECONDS',
  'KIS_TOKEN_REFRESH_LEAD_SECONDS',
  'KIS_TOKEN_REFRESH_BLACKOUT',
  'KIS_TOKEN_SWEEP_SECONDS',
  'KIS_TOKEN_ISSUE_INTERVAL_SECONDS',
  'KIS_TOKEN_ENCRYPTION_KEY',
  'KIS_TOKEN_ENCRYPTION_KEY_FILE',
  'REDIS_URL',
  'REDIS_KEY_PREFIX',
  'SIMULATOR_REAL_PORT',
  'SIMULATOR_MOCK_PORT',
  'SIMULATOR_REAL_SOCKET_PORT',
  'SIMULATOR_MOCK_SOCKET_PORT',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'LOG_FILE',
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
  // Has a message of its own.
  'NODE_TLS_REJECT_UNAUTHORIZED',
];

/** Node.js or the C library reads these at process start, before any settings file. */
const TOO_EARLY = /^(NODE_|SSL_CERT_|TZ$)/;

/** `KIS_APP_KEY` without a profile, `KIS_MY_PENSION_APP_KEY` for the profile `my-pension`. */
export function accountVariable(profile: string | null, variable: AccountVariable): string {
  return profile === null ? `KIS_${variable}` : `KIS_${profile.toUpperCase().replace(/-/g, '_')}_${variable}`;
}

/**
 * A sentence for each unknown variable, which is most likely a typing error: the setting would silently have no
 * effect.
 */
export function unknownVariables(names: readonly string[], profiles: readonly string[]): string[] {
  const known = [null, ...profiles]
    .flatMap((profile) => ACCOUNT_VARIABLES.map((variable) => accountVariable(profile, variable)))
    .concat(OTHER_VARIABLES);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => `${shownName(name)}: is not known and has no effect.${hint(name)}`);
}

/**
 * A name for messages. A secret that was pasted with line breaks has parts that stand before an equals sign, as names do,
 * so of a long name in mixed case the beginning is shown only.
 */
export function shownName(name: string): string {
  const isName = name.length <= 10 || name === name.toUpperCase() || name === name.toLowerCase();
  return isName ? name : `${name.slice(0, 10)}…`;
}

function hint(name: string): string {
  if (TOO_EARLY.test(name)) return ` It counts in the environment only: ${name}=… npm start`;
  const variable = ACCOUNT_VARIABLES.find((each) => name.startsWith('KIS_') && name.endsWith(`_${each}`));
  if (variable === undefined)
    return ' Remove it, or correct its name: docs/configuration.md lists all variables.';
  const profile = name.slice('KIS_'.length, -variable.length - 1).toLowerCase();
  return ` If it belongs to a profile, add "${profile}" to KIS_PROFILES.`;
}
