import { parseBlackout, type KisOptions } from '../kis';
import type { VariableReader } from './variable-reader';

const DAY_SECONDS = 86_400;
/** KIS hands out the same token for six hours: a longer buffer would ask and ask in vain. */
const SIX_HOURS_SECONDS = 21_600;
/** KIS issues one token a minute for an app key; open-trading-api issue 33. */
const KIS_ISSUE_INTERVAL_SECONDS = 60;

/** Where tokens are kept and when they are renewed; what is not set is left to the library's defaults. */
export function readTokenOptions(reader: VariableReader): Omit<KisOptions, 'accounts'> {
  const seconds = (name: string, min: number, max: number): number | null =>
    reader.number(name, { min, max });
  const issueInterval = seconds('KIS_TOKEN_ISSUE_INTERVAL_SECONDS', 1, DAY_SECONDS);
  if (issueInterval !== null && issueInterval < KIS_ISSUE_INTERVAL_SECONDS) {
    reader.warn(
      'KIS_TOKEN_ISSUE_INTERVAL_SECONDS',
      'is below 60; KIS itself issues one token a minute at most.',
    );
  }
  refuseEncryption(reader);
  return withoutNulls({
    tokenStore: readStore(reader),
    tokenDir: reader.text('KIS_TOKEN_DIR'),
    bufferSeconds: seconds('KIS_TOKEN_BUFFER_SECONDS', 0, SIX_HOURS_SECONDS - 1),
    refreshLeadSeconds: seconds('KIS_TOKEN_REFRESH_LEAD_SECONDS', 0, DAY_SECONDS),
    refreshBlackout: readBlackout(reader),
    sweepSeconds: seconds('KIS_TOKEN_SWEEP_SECONDS', 1, 60),
    issueIntervalSeconds: issueInterval,
  });
}

function readStore(reader: VariableReader): 'file' | 'memory' {
  const store = reader.choice('KIS_TOKEN_STORE', ['file', 'redis', 'memory'], 'file');
  if (!/^rediss?:\/\/./.test(reader.text('REDIS_URL') ?? 'redis://-')) {
    reader.problem('REDIS_URL', 'must begin with redis:// or rediss://.');
  }
  if (store !== 'redis') return store;
  reader.problem('KIS_TOKEN_STORE', 'redis is not part of this version; use file, or memory.');
  return 'file';
}

function readBlackout(reader: VariableReader): string | null {
  const text = reader.textOrEmpty('KIS_TOKEN_REFRESH_BLACKOUT');
  try {
    parseBlackout(text ?? '');
    return text;
  } catch {
    const rule =
      'must be like "Mon-Fri 08:30-15:40" (Korean time), several separated by commas, or empty for none.';
    reader.problem('KIS_TOKEN_REFRESH_BLACKOUT', rule);
    return null;
  }
}

/** A key that is silently ignored would leave files readable that somebody takes for encrypted. */
function refuseEncryption(reader: VariableReader): void {
  const key = reader.secret('KIS_TOKEN_ENCRYPTION_KEY');
  if (key === null) return;
  if (!/^[A-Za-z0-9+/]{43}=$/.test(key)) {
    reader.problem('KIS_TOKEN_ENCRYPTION_KEY', 'must be 32 bytes in base64: openssl rand -base64 32.');
  }
  reader.problem('KIS_TOKEN_ENCRYPTION_KEY', 'encryption is not part of this version; leave it empty.');
}

function withoutNulls<T extends object>(values: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as T;
}
