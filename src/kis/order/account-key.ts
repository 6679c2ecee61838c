import { createHash } from 'node:crypto';
import type { KisAccount } from '../kis-account';
import { inKorea } from '../protocol/market-time';

/** Names an account in the journal: the same for all processes and machines, and it does not tell the number. */
export function accountKey({ credential, number, productCode, simulated }: KisAccount): string {
  const host = simulated ? 'simulator' : credential.origin;
  const identity = JSON.stringify([credential.mode, host, number, productCode]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

/** The day in Korea, `YYYY-MM-DD`. */
export function koreanDate(epochMs: number): string {
  return inKorea(epochMs).toISOString().slice(0, 10);
}

/** That many days later or earlier, `YYYY-MM-DD`. */
export function dayPlus(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
