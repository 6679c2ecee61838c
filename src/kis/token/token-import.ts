import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError, KisTokenRejectedError } from '../kis.errors';
import { maskAppKey } from '../masking';
import type { KisTokenPolicy } from '../kis.options';
import { parseKoreanTime } from '../protocol/market-time';
import { decodeTokenFile } from './token-codec';
import { CachedToken } from './cached-token';
import { otherKeyNamedBy } from './jwt';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { localTime } from './local-time';
import type { TokenManager } from './token-manager';
import { isFromFuture } from './token-rules';

/**
 * Reads a token that another program stored: the five-field JSON of Python programs, or the `KISyyyymmdd` file of the
 * official samples (`token:` and `valid-date:`, which is Korean time; open-trading-api, examples_user/kis_auth.py).
 *
 * @throws KisInvalidRequestError when it is neither, or when the token is another key's.
 */
export function readForeignToken(text: string, account: KisAccount, policy: KisTokenPolicy): KisToken {
  const json = text.trimStart().startsWith('{') ? text : officialSampleAsJson(text);
  const reading = decodeTokenFile(json, account.credential, policy);
  if ('token' in reading) return reading.token;
  if ('whose' in reading) throw belongsTo(reading.whose, account);
  throw new KisInvalidRequestError(
    `This is not a token file: ${reading.damage}. Supported are token_*.json and the KISyyyymmdd file of KIS's samples.`,
  );
}

function belongsTo(
  whose: string,
  { alias, credential }: Pick<KisAccount, 'alias' | 'credential'>,
): KisInvalidRequestError {
  return new KisInvalidRequestError(
    `This token belongs to ${whose}, not to "${alias}" (${credential.maskedAppKey}).`,
  );
}

/** The words that mean "no value" in YAML. */
const YAML_NULL = /^(null|Null|NULL|~)$/;

function officialSampleAsJson(text: string): string {
  // A value is on the line of its name: without one, the next line must not be taken for the value.
  const token = /^token:[ \t]*["']?([^\s"'#]+)/m.exec(text)?.[1] ?? 'null';
  const until = parseKoreanTime(/^valid-date:[ \t]*["']?([\d-]+ [\d:]+)/m.exec(text)?.[1] ?? '');
  return JSON.stringify({
    ...(YAML_NULL.test(token) ? {} : { access_token: token }),
    token_type: 'Bearer',
    ...(until === null ? {} : { expiry_datetime: new Date(until).toISOString() }),
  });
}

/**
 * @param stored what the store has; `null` when it cannot be read.
 * @throws KisInvalidRequestError, KisTokenRejectedError for a token that would never be served.
 */
export function assertImportable(token: KisToken, manager: TokenManager, stored: StoredToken | null): void {
  const { cache, context } = manager;
  const otherKey = otherKeyNamedBy(token.accessToken, context.credential.appKey);
  if (otherKey !== null) throw belongsTo(maskAppKey(otherKey), manager);
  if (cache.isRefused(token) || stored?.claim.rejected === token.fingerprint) {
    throw new KisTokenRejectedError('KIS has refused or revoked this token, so it was not stored.');
  }
  if (isFromFuture(token, context.brokerage)) {
    throw new KisInvalidRequestError(
      `This token is dated ${localTime(token.issuedAt)}, which is in the future: it was not stored. Check the clock ` +
        'and the time zone of this machine.',
    );
  }
  if (new CachedToken(token, context.store.kind, context.brokerage).remainingMs() > TOKEN_MARGIN_MS) return;
  throw new KisInvalidRequestError(
    `This token expired at ${localTime(token.expiresAt)}, so it was not stored.`,
  );
}
