import { KisCredential, type KisCredentialParts } from '../kis-credential';
import { KisToken, type KisTokenParts } from '../token/kis-token';

const HOUR_MS = 3_600_000;
export const SAMPLE_KEY = 'PSspecKey0123456789012345678901234567';
/** When sample tokens are issued; epoch milliseconds. */
const SAMPLE_ISSUED_AT = Date.UTC(2026, 10, 22, 0, 0, 0, 123);

/** A credential for MOCK trading whose key and secret are made up. */
export function sampleCredential(change: Partial<KisCredentialParts> = {}): KisCredential {
  return new KisCredential({
    mode: 'MOCK',
    baseUrl: 'https://openapivts.koreainvestment.com:29443',
    appKey: SAMPLE_KEY,
    appSecret: 'S'.repeat(180),
    ...change,
  });
}

/** A token with a life of 24 hours; `change` overrides any of its parts. */
export function sampleToken(credential: KisCredential, change: Partial<KisTokenParts> = {}): KisToken {
  const issuedAt = change.issuedAt ?? SAMPLE_ISSUED_AT;
  const generation = change.generation ?? 1;
  return new KisToken({
    accessToken: `token-${generation}`,
    tokenType: 'Bearer',
    issuedAt,
    expiresAt: issuedAt + 24 * HOUR_MS,
    refreshAt: issuedAt + 22 * HOUR_MS,
    generation,
    owner: credential.id,
    ...change,
  });
}

/** A JWT with these claims and an invalid signature, which the library does not check. */
export function sampleJwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'HS512' })}.${part(claims)}.${'s'.repeat(86)}`;
}
