import { createHmac, timingSafeEqual } from 'node:crypto';
import { jsonObject } from '../message';

/** What a token says. Times are epoch seconds, as in every JWT. */
export interface TokenClaims {
  readonly sub: 'token';
  readonly aud: string;
  readonly prdt_cd: '';
  readonly iss: 'unogw';
  readonly exp: number;
  readonly iat: number;
  /** The app key. The official AI extension tells real from mock by it (kis-ai-extensions, do_auth.py). */
  readonly jti: string;
}

/** Fixed, so that tokens outlive a restart of the simulator. It guards invented figures only. */
const SIGNING_KEY = 'kis-simulator: this key signs tokens for invented accounts';

const HEADER = encoded({ typ: 'JWT', alg: 'HS512' });

/** An access token as KIS issues them: a JWT, HS512, three parts. */
export function signedToken(claims: TokenClaims): string {
  const content = `${HEADER}.${encoded(claims)}`;
  return `${content}.${signature(content)}`;
}

/** The claims of a token that this simulator, or an earlier run of it, has signed; null for any other text. */
export function claimsOf(token: string): TokenClaims | null {
  const [header = '', payload = '', signed = '', ...rest] = token.split('.');
  if (rest.length > 0 || !isSame(signed, signature(`${header}.${payload}`))) return null;
  const claims = jsonObject(Buffer.from(payload, 'base64url').toString());
  return claims && isTokenClaims(claims) ? claims : null;
}

function isTokenClaims(claims: object): claims is TokenClaims {
  return 'jti' in claims && 'exp' in claims && 'iat' in claims;
}

function signature(content: string): string {
  return createHmac('sha512', SIGNING_KEY).update(content).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
