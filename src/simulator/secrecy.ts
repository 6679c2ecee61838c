import { createHash } from 'node:crypto';

/** A hash that identifies a token without revealing it. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}

/** At most ten characters of a key. */
export function shortKey(appKey: string): string {
  return appKey.length > 10 ? `${appKey.slice(0, 10)}…` : appKey;
}

/** "50112345" as "5011****" */
export function maskedAccount(accountNumber: string): string {
  return `${accountNumber.slice(0, 4)}****`;
}
