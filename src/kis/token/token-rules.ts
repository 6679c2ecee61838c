import type { KisTokenPolicy } from '../kis.options';
import { blackoutStart } from './blackout';
import type { KisClaim } from './claim';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';

/** KIS answers with the same token for this long after an issue (portal, 접근토큰발급(P)): asking is in vain. */
export const SAME_TOKEN_MS = 6 * 3_600_000;
/** Life of a token for persons and firms without a partner contract (portal, 접근토큰발급(P)). */
export const USUAL_LIFETIME_MS = 24 * 3_600_000;
/** Three months (partner firms) and some days: a later expiry is an error of somebody's. */
const LONGEST_LIFETIME_MS = 100 * 24 * 3_600_000;
/** Disagreement of clocks below this is noise: `Date` headers have whole seconds, requests take some. */
export const CLOCK_TOLERANCE_MS = 120_000;

/**
 * How far a token is in its life.
 * `fresh` until its refresh time, `due` until the buffer begins (both are handed out at once), `expiring` until
 * ten seconds before the end (still good), then `expired`.
 */
export type TokenZone = 'fresh' | 'due' | 'expiring' | 'expired';

export function zoneOf(token: KisToken, remainingMs: number, bufferMs: number): TokenZone {
  if (!(remainingMs > TOKEN_MARGIN_MS)) return 'expired';
  if (remainingMs <= bufferMs) return 'expiring';
  return remainingMs <= token.expiresAt - token.refreshAt ? 'due' : 'fresh';
}

/** Three witnesses of one expiry, each `null` where it is silent or absurd; epoch milliseconds. */
export interface ExpiryWitnesses {
  /** `access_token_token_expired`, read as Korean time. */
  readonly stated: number | null;
  /** Receipt plus `expires_in`. */
  readonly counted: number | null;
  /** The JWT's `exp`. */
  readonly signed: number | null;
}

export interface ExpiryVerdict {
  readonly expiresAt: number;
  /** The largest disagreement between two witnesses. */
  readonly disagreementMs: number;
  /** No witness spoke: the usual lifetime was assumed. */
  readonly assumed: boolean;
}

/** The earliest witness is believed: too early costs one issue, too late costs a failed order. */
export function settleExpiry(witnesses: ExpiryWitnesses, receivedAt: number): ExpiryVerdict {
  const heard = [witnesses.stated, witnesses.counted, witnesses.signed].filter(
    (at): at is number => at !== null && Number.isFinite(at) && at < receivedAt + LONGEST_LIFETIME_MS,
  );
  if (heard.length === 0) {
    return { expiresAt: receivedAt + USUAL_LIFETIME_MS, disagreementMs: 0, assumed: true };
  }
  const expiresAt = Math.min(...heard);
  return { expiresAt, disagreementMs: Math.max(...heard) - expiresAt, assumed: false };
}

/**
 * When the job is to renew a token: expiry − buffer − r × lead with r from 0.5 to 1, so that many tokens spread and
 * an outage of half the lead costs nothing. A moment inside a blackout moves before its start, spread over as wide a
 * window again, but never into the token's first six hours, in which KIS would answer with the same token.
 *
 * @param chance in [0, 1); drawn once per token and stored, so that all processes agree.
 */
export function drawRefreshAt(
  dates: { readonly issuedAt: number; readonly expiresAt: number },
  policy: Pick<KisTokenPolicy, 'bufferMs' | 'refreshLeadMs' | 'blackout'>,
  chance: number,
): number {
  const latest = dates.expiresAt - policy.bufferMs;
  const life = Math.max(0, latest - dates.issuedAt);
  const lead = Math.min(policy.refreshLeadMs, life);
  const wished = latest - (0.5 + chance / 2) * lead;
  // A token handed out again keeps its first expiry, so its first six hours count from the expiry backwards too.
  const born = Math.min(dates.issuedAt, dates.expiresAt - USUAL_LIFETIME_MS);
  const earliest = Math.max(born + SAME_TOKEN_MS, dates.issuedAt);
  return beforeBlackout(wished, earliest, policy, chance * (lead / 2));
}

function beforeBlackout(
  wished: number,
  earliest: number,
  policy: Pick<KisTokenPolicy, 'blackout'>,
  spreadMs: number,
): number {
  let at = wished;
  // Each round moves to before a window that holds `at`; more rounds than windows mean that they cover everything.
  for (let round = 0; round <= policy.blackout.length; round += 1) {
    const start = blackoutStart(policy.blackout, at);
    if (start === null) return at;
    if (start - 1000 < earliest) return wished;
    at = Math.max(start - 1000 - spreadMs, earliest);
  }
  return wished;
}

/**
 * Whether `candidate` is newer than `current`: by generation where both have one, else by the later expiry. A lower
 * generation that ends clearly later is newer too: somebody emptied the store, and counting began again.
 */
export function supersedes(candidate: KisToken, current: KisToken): boolean {
  if (candidate.fingerprint === current.fingerprint) return candidate.generation > current.generation;
  const endsLater = candidate.expiresAt - current.expiresAt;
  if (candidate.generation === 0 || current.generation === 0) return endsLater > 0;
  return candidate.generation > current.generation || endsLater > CLOCK_TOLERANCE_MS;
}

/** Whether a stored token must not be overwritten by `incoming`: it is newer, and KIS has not refused it. */
export function isGuarded(stored: KisToken | null, claim: KisClaim, incoming: KisToken): boolean {
  if (!stored || stored.fingerprint === claim.rejected) return false;
  return supersedes(stored, incoming) && !supersedes(incoming, stored);
}
