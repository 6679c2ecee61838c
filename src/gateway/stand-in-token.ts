import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** What a JWT of KIS's form says. */
export interface TokenClaims {
  /** The app key that it was made for. */
  readonly jti: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const HEADER = encoded({ typ: 'JWT', alg: 'HS512' });

/**
 * A token for a program, in the form of KIS's own: official clients tell by `jti` which key it belongs to. It is worth
 * nothing at KIS.
 * @param signingKey every process that checks it has the same.
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

/** What a JWT says, whoever has signed it; `null` when it is none. */
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
