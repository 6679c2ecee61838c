import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { GatewayColumns } from '../config/gateway-variables';

/** The key of one program, as it is stored: hashes, from which neither key nor secret can be derived. */
export interface ProgramKey {
  /** The name of the program. */
  readonly program: string;
  /** Alias of the account with whose credentials it calls KIS. */
  readonly account: string;
  /** The account itself, hashed: an alias may later name another account, such as a real one instead of the simulator's. */
  readonly accountKey: string;
  readonly allow: Allowance;
  /** Layout of realtime frames; `null`: that of the gateway. */
  readonly columns: GatewayColumns | null;
  readonly keyHash: string;
  /** Also signs the tokens of the program, so that every process that knows it can verify them. */
  readonly secretHash: string;
  /** The first ten characters of the app key, to recognize it by. */
  readonly keyStart: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Hashes of tokens that the program has revoked, and when they would have expired; epoch milliseconds. */
  readonly revoked: readonly { readonly hash: string; readonly until: number }[];
}

/** What the holder of a program key may do. */
export const ALLOWANCES = ['read', 'trade'] as const;
export type Allowance = (typeof ALLOWANCES)[number];

/** KIS's own keys have these lengths, which programs check. */
const KEY_LENGTH = 36;
const SECRET_LENGTH = 180;

export interface KeyPair {
  readonly appKey: string;
  readonly appSecret: string;
}

/** A pair of the same form as KIS's, from the generator of the operating system. */
export function newKeyPair(): KeyPair {
  return { appKey: `PS${letters(KEY_LENGTH - 2)}`, appSecret: letters(SECRET_LENGTH) };
}

export function hashOf(text: string): string {
  return createHash('sha512').update(text).digest('hex');
}

/** Compares in constant time. */
export function isHashOf(text: string, hash: string): boolean {
  const expected = Buffer.from(hash, 'hex');
  const given = createHash('sha512').update(text).digest();
  return expected.length === given.length && timingSafeEqual(given, expected);
}

/** Compares in constant time; only whether the lengths differ can be seen. */
export function isSame(text: string, secret: string): boolean {
  const [given, expected] = [Buffer.from(text), Buffer.from(secret)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function letters(length: number): string {
  let text = '';
  while (text.length < length) {
    text += randomBytes(length * 2)
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, '');
  }
  return text.slice(0, length);
}
