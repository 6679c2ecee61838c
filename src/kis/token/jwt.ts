/** The claims of a KIS token. KIS issues JWTs (HS512) with a key that only the brokerage has, so they prove nothing. */
export interface JwtFacts {
  /** Issue (`iat`), epoch milliseconds. */
  readonly issuedAt: number | null;
  /** Expiry, epoch milliseconds. */
  readonly expiresAt: number | null;
  /** `jti`: the app key that the token was issued to, in published tokens; official samples rely on that. */
  readonly id: string | null;
}

/** The last second that `Date` can represent. */
const LAST_SECOND = 8.64e12;

/** Reads the payload of a JWT without checking its signature; `null` when the token is not a JWT. */
export function readJwt(token: string): JwtFacts | null {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  try {
    const payload: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    if (typeof payload !== 'object' || payload === null) return null;
    const { iat, exp, jti } = payload as Record<string, unknown>;
    return {
      issuedAt: instant(iat),
      expiresAt: instant(exp),
      id: typeof jti === 'string' && jti !== '' ? jti : null,
    };
  } catch {
    return null;
  }
}

/** App keys have 36 letters and digits (KIS portal, 접근토큰발급(P)). */
const APP_KEY = /^[A-Za-z0-9]{36}$/;

/**
 * The app key that a token names, when it is not `appKey`. An id that does not look like an app key names none: that
 * the id of a token is its app key is observed, not documented.
 */
export function otherKeyNamedBy(token: string, appKey: string): string | null {
  const id = readJwt(token)?.id ?? null;
  return id !== null && id !== appKey && APP_KEY.test(id) ? id : null;
}

function instant(seconds: unknown): number | null {
  return typeof seconds === 'number' && Math.abs(seconds) <= LAST_SECOND ? seconds * 1000 : null;
}
