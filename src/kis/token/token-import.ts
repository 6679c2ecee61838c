import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';
import type { KisTokenPolicy } from '../kis.options';
import { parseKoreanTime } from '../protocol/korean-time';
import { decodeTokenFile } from './token-codec';
import type { KisToken } from './kis-token';

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
  throw new KisInvalidRequestError(
    'whose' in reading
      ? `This token belongs to ${reading.whose}, not to "${account.alias}" (${account.credential.maskedAppKey}).`
      : `This is not a token file: ${reading.damage}. Supported are token_*.json and the KISyyyymmdd file of KIS's samples.`,
  );
}

/** The words that mean "no value" in YAML. */
const YAML_NULL = /^(null|Null|NULL|~)$/;

function officialSampleAsJson(text: string): string {
  // A value stands on the line of its name: without one, the next line must not be taken for it.
  const token = /^token:[ \t]*["']?([^\s"'#]+)/m.exec(text)?.[1] ?? 'null';
  const until = parseKoreanTime(/^valid-date:[ \t]*["']?([\d-]+ [\d:]+)/m.exec(text)?.[1] ?? '');
  return JSON.stringify({
    ...(YAML_NULL.test(token) ? {} : { access_token: token }),
    token_type: 'Bearer',
    ...(until === null ? {} : { expiry_datetime: new Date(until).toISOString() }),
  });
}
