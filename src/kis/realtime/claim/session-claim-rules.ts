/**
 * The rules of the claim for the realtime session, pure functions: who may take it, when the next connection may be
 * attempted, and its stored form.
 */

/** The address at which the process that has the session serves the others. */
export interface SessionLink {
  /** A port of this machine, or an inbox in Redis. */
  readonly address: string;
  /** Required to connect; known only to processes that can read the store. */
  readonly secret: string;
}

/** Which process may have the session of an app key, and when the next connection may be attempted. */
export interface SessionClaim {
  /** Id of a process; empty: none. */
  readonly owner: string;
  /** Until when the claim is valid if it is not renewed; milliseconds by the clock of the store, like all times here. */
  readonly until: number;
  readonly link: SessionLink | null;
  /** When a connection was last attempted, by whichever process. */
  readonly attemptAt: number;
  /** Attempts in a row without a session that lasted. */
  readonly attempts: number;
}

const NO_SESSION: SessionClaim = {
  owner: '',
  until: 0,
  link: null,
  attemptAt: -Infinity,
  attempts: 0,
};

/** An owner that has not renewed its claim for this long is dead or stopped. */
export const LEASE_MS = 6000;
export const RENEW_EVERY_MS = 2000;
/** At least this long between the starts of two attempts: KIS blocks keys that connect in loops. */
const SHORTEST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;

/** The pause between the starts of two attempts: 10, 20, 40, then 60 s, plus up to 20 % at random. */
function pauseAfter(attempts: number, chance: number): number {
  const pause = Math.min(SHORTEST_PAUSE_MS * 2 ** Math.max(0, Math.min(attempts, 10) - 1), LONGEST_PAUSE_MS);
  return attempts <= 1 ? pause : pause * (1 + chance / 5);
}

/**
 * The claim that `me` writes to get the session; `null` while another process has it.
 * @param dead an owner that is known to have ended although its claim is still valid.
 */
export function takenBy(
  me: string,
  before: SessionClaim,
  { now, link, dead }: { readonly now: number; readonly link: SessionLink | null; readonly dead: string },
): SessionClaim | null {
  const isFree = before.owner === '' || before.owner === me || before.owner === dead || before.until <= now;
  return isFree ? { ...before, owner: me, until: now + LEASE_MS, link } : null;
}

/** The claim with an attempt that starts now, or how long its owner must wait before it may start one. */
export function attemptUnder(
  claim: SessionClaim,
  now: number,
  chance: number,
): { readonly claim: SessionClaim } | { readonly waitMs: number } {
  // The clock of the store may have been set.
  const waitMs = pauseAfter(claim.attempts, chance) - Math.abs(now - claim.attemptAt);
  if (waitMs > 0) return { waitMs };
  return { claim: { ...claim, until: now + LEASE_MS, attemptAt: now, attempts: claim.attempts + 1 } };
}

export function encodeSession(claim: SessionClaim): string {
  return JSON.stringify(claim);
}

/** A text that cannot be read counts as no claim. */
export function decodeSession(text: string | null): SessionClaim {
  if (text === null) return NO_SESSION;
  try {
    const { owner, until, link, attemptAt, attempts } = JSON.parse(text) as Partial<SessionClaim>;
    const isWhole =
      typeof owner === 'string' && typeof until === 'number' && typeof attempts === 'number' && attempts >= 0;
    if (!isWhole) return NO_SESSION;
    return { owner, until, link: linkIn(link), attemptAt: attemptAt ?? -Infinity, attempts };
  } catch {
    return NO_SESSION;
  }
}

function linkIn(link: unknown): SessionLink | null {
  if (typeof link !== 'object' || link === null) return null;
  const { address, secret } = link as Partial<SessionLink>;
  return typeof address === 'string' && typeof secret === 'string' ? { address, secret } : null;
}
