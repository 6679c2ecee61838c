import { parseBlackout, RedisAddress, TokenCipher, type KisOptions, type KisTokenStoreKind } from '../kis';
import { isLoopback } from './network';
import type { VariableReader } from './variable-reader';

/** Reads the variables for tokens: store, encryption, renewal, directories. */

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
/** KIS returns the same token for six hours, so a longer buffer would only lead to useless requests. */
const SIX_HOURS_SECONDS = 21_600;
/** KIS issues one token a minute for an app key; open-trading-api issue 33. */
const KIS_ISSUE_INTERVAL_SECONDS = 60;

/** Where tokens are stored and when they are renewed; the library has defaults for what is not set. */
export function readTokenOptions(reader: VariableReader): Omit<KisOptions, 'accounts'> {
  const seconds = (name: string, min: number, max: number): number | null =>
    reader.number(name, { min, max });
  const issueInterval = seconds('KIS_TOKEN_ISSUE_INTERVAL_SECONDS', 1, HOUR_SECONDS);
  if (issueInterval !== null && issueInterval < KIS_ISSUE_INTERVAL_SECONDS) {
    reader.warn(
      'KIS_TOKEN_ISSUE_INTERVAL_SECONDS',
      'is below 60; KIS itself issues one token a minute at most.',
    );
  }
  return withoutNulls({
    tokenStore: reader.choice<KisTokenStoreKind>('KIS_TOKEN_STORE', ['file', 'redis', 'memory'], 'file'),
    tokenDir: reader.text('KIS_TOKEN_DIR'),
    stateDir: reader.text('KIS_STATE_DIR'),
    symbolFilesUrl: readSymbolFilesUrl(reader),
    redis: readRedis(reader),
    tokenCipher: readCipher(reader),
    bufferSeconds: seconds('KIS_TOKEN_BUFFER_SECONDS', 0, SIX_HOURS_SECONDS - 1),
    refreshLeadSeconds: seconds('KIS_TOKEN_REFRESH_LEAD_SECONDS', 0, DAY_SECONDS),
    refreshBlackout: readBlackout(reader),
    sweepSeconds: seconds('KIS_TOKEN_SWEEP_SECONDS', 1, 60),
    issueIntervalSeconds: issueInterval,
  });
}

function readRedis(reader: VariableReader): RedisAddress | null {
  const parts = withoutNulls({ url: reader.text('REDIS_URL'), keyPrefix: reader.text('REDIS_KEY_PREFIX') });
  const rule = 'must be like redis://host:6379, or rediss://user:password@host:6380 for TLS.';
  return accepted(reader, 'REDIS_URL', rule, () => new RedisAddress(parts));
}

/** Symbol files decide which company a code stands for, so they are fetched over TLS or from this machine only. */
function readSymbolFilesUrl(reader: VariableReader): string | null {
  const text = reader.text('KIS_SYMBOL_FILES_URL');
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (isAllowed) return text;
  const rule =
    'must be an address like https://host/directory/; plain http:// is for 127.0.0.1 and localhost only.';
  reader.problem('KIS_SYMBOL_FILES_URL', rule);
  return null;
}

function readBlackout(reader: VariableReader): string | null {
  const text = reader.textOrEmpty('KIS_TOKEN_REFRESH_BLACKOUT');
  const rule =
    'must be like "Mon-Fri 08:30-15:40" (Korean time), several separated by commas, or empty for none.';
  return accepted(reader, 'KIS_TOKEN_REFRESH_BLACKOUT', rule, () => parseBlackout(text ?? '')) && text;
}

function readCipher(reader: VariableReader): TokenCipher | null {
  const keys = reader.secret('KIS_TOKEN_ENCRYPTION_KEY');
  const rule =
    'must be 32 bytes in base64 (openssl rand -base64 32); several separated by commas: the first encrypts, all decrypt.';
  return keys === null
    ? null
    : accepted(reader, 'KIS_TOKEN_ENCRYPTION_KEY', rule, () => new TokenCipher(keys));
}

/** Validates a value by constructing the library's own object, and reports a failure under the name of the variable. */
function accepted<T>(reader: VariableReader, name: string, rule: string, make: () => T): T | null {
  try {
    return make();
  } catch {
    reader.problem(name, rule);
    return null;
  }
}

function withoutNulls<T extends object>(values: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as T;
}
