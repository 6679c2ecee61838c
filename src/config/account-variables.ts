import {
  accountNumberParts,
  baseUrlFault,
  websocketUrlFault,
  type KisAccountOptions,
  type KisTradingMode,
} from '../kis';
import { configuredAccount } from './configured-account';
import { accountVariable, type AccountVariable } from './known-variables';
import { isPlaceholder } from './placeholder';
import type { VariableReader } from './variable-reader';

/** Reads the variables of one account: keys, account number, addresses. */

/** Lengths in characters of app keys and secrets that the KIS portal issues. */
const ISSUED_LENGTH = { key: 36, secret: 180 };

/** The names of the variables of one account. */
export interface AccountNames {
  readonly appKey: string;
  readonly appSecret: string;
  readonly accountNumber: string;
  readonly accountCode: string;
}

export type CallOptions = Pick<
  KisAccountOptions,
  'baseUrl' | 'websocketUrl' | 'htsId' | 'requestTimeoutMs' | 'requestsPerSecond'
>;

/** The variables of one account: those of a profile, or the plain ones. */
export function accountNames(profile: string | null): AccountNames {
  return {
    appKey: accountVariable(profile, 'APP_KEY'),
    appSecret: accountVariable(profile, 'APP_SECRET'),
    accountNumber: accountVariable(profile, 'ACCOUNT_NUMBER'),
    accountCode: accountVariable(profile, 'ACCOUNT_CODE'),
  };
}

export function readTradingMode(reader: VariableReader, profile: string | null): KisTradingMode {
  return reader.choice(accountVariable(profile, 'TRADING_MODE'), ['MOCK', 'REAL'], 'MOCK');
}

/** Checks the plain account variables that are set, where they define no account. */
export function checkUnusedAccount(reader: VariableReader): void {
  readTradingMode(reader, null);
  readAccountNumber(reader, accountNames(null));
}

/** Reads one account; `null` when something is missing or wrong, which is then reported to `reader`. */
export function readAccount(
  reader: VariableReader,
  names: AccountNames,
  known: { alias: string; mode: KisTradingMode } & CallOptions & Pick<KisAccountOptions, 'orders'>,
): KisAccountOptions | null {
  const appKey = readCredential(reader, names.appKey, 'app key', ISSUED_LENGTH.key);
  const appSecret = readCredential(reader, names.appSecret, 'app secret', ISSUED_LENGTH.secret);
  const account = readAccountNumber(reader, names);
  if (!reader.has(names.accountNumber))
    reader.problem(names.accountNumber, 'is missing; set it to the 8 digits of the account.');
  if (appKey === null || appSecret === null || account === null) return null;
  return configuredAccount({ ...known, appKey, appSecret, ...account });
}

/** Where and how calls are made; the library has defaults for what is not set. */
export function readCallOptions(
  reader: VariableReader,
  nameOf: (variable: AccountVariable) => string,
): CallOptions {
  const baseUrl = readBaseUrl(reader, nameOf('BASE_URL'));
  const websocketUrl = readWebsocketUrl(reader, nameOf('WS_URL'));
  const htsId = readHtsId(reader, nameOf('HTS_ID'));
  const requestTimeoutMs = reader.number(nameOf('REQUEST_TIMEOUT_MS'), { min: 100, max: 300_000 });
  const perSecond = { min: 0.1, max: 1000, fractions: true };
  const requestsPerSecond = reader.number(nameOf('REQUESTS_PER_SECOND'), perSecond);
  return {
    ...(baseUrl === null ? {} : { baseUrl }),
    ...(websocketUrl === null ? {} : { websocketUrl }),
    ...(htsId === null ? {} : { htsId }),
    ...(requestTimeoutMs === null ? {} : { requestTimeoutMs }),
    ...(requestsPerSecond === null ? {} : { requestsPerSecond }),
  };
}

/** Scheme, host and port of the brokerage; `null` when not set or not allowed. */
export function readBaseUrl(reader: VariableReader, name: string): string | null {
  const baseUrl = reader.text(name);
  const fault = baseUrl === null ? null : baseUrlFault(baseUrl);
  if (fault === null) return baseUrl;
  reader.problem(name, `${fault}.`);
  return null;
}

/** Where realtime data come from; `null` when not set or not allowed. */
export function readWebsocketUrl(reader: VariableReader, name: string): string | null {
  const text = reader.text(name);
  const fault = text === null ? null : websocketUrlFault(text);
  if (fault === null) return text;
  reader.problem(name, `${fault}.`);
  return null;
}

/** The id under which KIS sends notices about orders; `null` when not set or wrong. */
export function readHtsId(reader: VariableReader, name: string): string | null {
  const text = reader.text(name);
  if (text === null || /^[\x21-\x7e]{1,20}$/.test(text)) return text;
  reader.problem(
    name,
    'must be the id with which the account is used in HTS: letters and digits, no spaces.',
  );
  return null;
}

function readCredential(reader: VariableReader, name: string, what: string, issued: number): string | null {
  const cure = `set it to the ${what} from the KIS portal (${issued} characters).`;
  if (!reader.has(name)) {
    if (!reader.isFaulty(name)) reader.problem(name, `is missing; ${cure}`);
    return null;
  }
  if (isPlaceholder(reader.text(name) ?? '')) {
    reader.problem(name, `is still a placeholder; ${cure}`);
    return null;
  }
  const value = reader.secret(name);
  if (value !== null && value.length !== issued) {
    reader.warn(name, `has ${value.length} characters; an ${what} as KIS issues it has ${issued}.`);
  }
  return value;
}

/** `null` when it is not set or wrong; only the latter is reported. */
function readAccountNumber(
  reader: VariableReader,
  names: AccountNames,
): { accountNumber: string; accountCode: string } | null {
  const written = reader.text(names.accountNumber);
  const code = reader.text(names.accountCode);
  const parts = accountNumberParts(written ?? '');
  if (written !== null && !parts)
    reader.problem(
      names.accountNumber,
      'must be 8 digits, or 10 digits (with or without a hyphen before the last 2).',
    );
  if (code !== null && !/^\d{2}$/.test(code)) reader.problem(names.accountCode, 'must be 2 digits.');
  else if (code !== null && parts && (parts.productCode ?? code) !== code) {
    reader.problem(
      names.accountCode,
      `differs from the end of ${names.accountNumber}; set only one of them.`,
    );
  }
  return parts && { accountNumber: parts.number, accountCode: code ?? parts.productCode ?? '01' };
}
