import { createHash } from 'node:crypto';

/** Shortened forms of keys and account numbers that may be printed, and fingerprints of secrets. */

/** How many characters of an app key may be shown; the token file is named by them, too. */
const SHOWN_KEY_CHARACTERS = 10;

/** `PStoMm5NMd…`: at most ten characters of an app key, and never all of a short one. */
export function maskAppKey(appKey: string): string {
  return `${appKey.slice(0, Math.min(SHOWN_KEY_CHARACTERS, Math.floor(appKey.length / 2)))}…`;
}

/** `5011****-01`: the first four digits and the product code of an account number. */
export function maskAccountNumber(number: string, code: string): string {
  return `${number.slice(0, 4)}****-${code}`;
}

/**
 * Distinguishes secrets without revealing them: 16 hexadecimal characters of a hash. Only this part is encoded: a slice
 * of the whole text would keep all of it in memory, for each of thousands of secrets.
 */
export function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest().toString('hex', 0, 8);
}
