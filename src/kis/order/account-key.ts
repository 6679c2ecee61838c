import { createHash } from 'node:crypto';
import type { KisAccount } from '../kis-account';

/**
 * Identifies an account in the journal and in the stored keys of programs: the same in all processes and on all machines,
 * without revealing the account number.
 */
export function accountKey({ credential, number, productCode, simulated }: KisAccount): string {
  const host = simulated ? 'simulator' : credential.origin;
  const identity = JSON.stringify([credential.mode, host, number, productCode]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
