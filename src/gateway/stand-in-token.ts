import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/**
 * Makes a stand-in: a token for a program in the form of KIS's own. Official clients see by its `jti` which key it belongs
 * to. KIS does not accept it.
 * @param signingKey the same in every process that verifies it.
 */
export function standInToken(
  appKey: string,
  signingKey: string,
  issuedAt: number,
  expiresAt: number,
): string {
  const payload = encoded({
    sub: 'token',
    aud: randomUUID(),
    prdt_cd: '',
    iss: 'unogw',
    exp: Math.floor(expiresAt / 1000),
    iat: Math.floor(issuedAt / 1000),
    jti: appKey,
  });
  const signed = `${HEADER}.${payload}`;
  return `${signed}.${signature(signed, signingKey)}`;
}

/** Whether the signature of a JWT was made with this key. */
export function isSignedWith(token: string, signingKey: string): boolean {
  const [header = '', payload = '', given = ''] = token.split('.');
  const expected = Buffer.from(signature(`${header}.${payload}`, signingKey));
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** The claims of a JWT in KIS's form that matter here. */
export interface TokenClaims {
  /** The app key that it was made for. */
  readonly jti: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The claims of a JWT, without checking its signature; `null` when the text is no JWT. */
export function claimsOf(token: string): TokenClaims | null {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null) return null;
    const { jti, exp } = claims as { jti?: unknown; exp?: unknown };
    return typeof jti === 'string' && typeof exp === 'number' ? { jti, expiresAt: exp * 1000 } : null;
  } catch {
    return null;
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function signature(text: string, key: string): string {
  return createHmac('sha512', key).update(text).digest('base64url');
}

const HEADER = encoded({ typ: 'JWT', alg: 'HS512' });
