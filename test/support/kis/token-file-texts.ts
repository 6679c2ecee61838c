import { KisConfiguration } from '../../../src/kis/kis.options';
import { decodeTokenFile } from '../../../src/kis/token/token-codec';
import type { KisToken } from '../../../src/kis/token/kis-token';
import { SAMPLE_KEY, sampleCredential, sampleJwt } from '../../../src/kis/testing/sample-tokens';

const { tokenPolicy } = new KisConfiguration({ accounts: [] });
const credential = sampleCredential();
const DAY_MS = 86_400_000;
export const ISSUED_AT = Date.UTC(2026, 10, 22, 3, 0, 0);
/** A token of a day that tells so itself. */
export const DAY_JWT = sampleJwt({
  jti: SAMPLE_KEY,
  iat: ISSUED_AT / 1000,
  exp: (ISSUED_AT + DAY_MS) / 1000,
});

/** The token of the sample credential in a file of this text; in words what is wrong when there is none. */
export function readText(text: string): KisToken | string {
  const reading = decodeTokenFile(text, credential, tokenPolicy);
  if ('token' in reading) return reading.token;
  return 'whose' in reading ? `of ${reading.whose}` : reading.damage;
}

export function readFields(fields: object): KisToken | string {
  return readText(JSON.stringify(fields));
}

/** When the token in a file of these fields ends, as epoch milliseconds; or what is wrong. */
export function expiryOf(fields: object): number | string {
  const token = readFields(fields);
  return typeof token === 'string' ? token : token.expiresAt;
}
