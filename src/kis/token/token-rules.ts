import type { KisTokenPolicy } from '../kis.options';
import { blackoutAround } from './blackout';
import type { KisClaim } from './claim-rules';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import type { StoredToken, TokenRemoval } from './kis-token.store';

/**
 * The rules of tokens, pure functions: the part of its life that a token is in, its expiry, when it is renewed, and
 * which of two tokens counts.
 */

/** KIS returns the same token for this long after an issue (portal, 접근토큰발급(P)), so a request is useless. */
const SAME_TOKEN_MS = 6 * 3_600_000;
/** Life of a token for persons and firms without a partner contract (portal, 접근토큰발급(P)). */
export const USUAL_LIFETIME_MS = 24 * 3_600_000;
/** Three months (partner firms) and some days: a later expiry is an error. */
const LONGEST_LIFETIME_MS = 100 * 24 * 3_600_000;
/** Blackouts repeat every week: a week without a free moment means that there is none. */
const WEEK_MS = 7 * 24 * 3_600_000;
/** The job looks at least this often, so a renewal due this long before a blackout does not fall into it. */
const LONGEST_SWEEP_MS = 60_000;
/** Clocks that differ by less are taken to agree: `Date` headers have whole seconds, and requests take time. */
export const CLOCK_TOLERANCE_MS = 120_000;
/** Beyond the request timeout a caller without a token waits this much longer, for the store and the way back. */
export const WAIT_GRACE_MS = 2000;

/**
 * Which part of its life a token is in.
 * `fresh` until its refresh time, `due` until the buffer begins (in both it is served at once), `expiring` until
 * ten seconds before the end (still good), then `expired`.
 */
export type TokenZone = 'fresh' | 'due' | 'expiring' | 'expired';

export function zoneOf(token: KisToken, remainingMs: number, bufferMs: number): TokenZone {
  if (!(remainingMs > TOKEN_MARGIN_MS)) return 'expired';
  if (remainingMs <= bufferMs) return 'expiring';
  return remainingMs <= token.expiresAt - token.refreshAt ? 'due' : 'fresh';
}

/** Three sources for one expiry, each `null` when missing or absurd; epoch milliseconds. */
export interface ExpirySources {
  /** `access_token_token_expired`, read as Korean time. */
  readonly stated: number | null;
  /** Receipt plus `expires_in`. */
  readonly counted: number | null;
  /** The JWT's `exp`. */
  readonly signed: number | null;
}

export interface SettledExpiry {
  readonly expiresAt: number;
  /** The largest difference between two sources. */
  readonly disagreementMs: number;
  /** No source was usable: the usual lifetime was assumed. */
  readonly assumed: boolean;
}

/** Limits the expiry of a stored token to the longest life that a token can have. */
export function boundedExpiry(dates: { readonly issuedAt: number; readonly expiresAt: number }): number {
  return Math.min(dates.expiresAt, dates.issuedAt + LONGEST_LIFETIME_MS);
}

/** The earliest source counts: an expiry that is too early costs one issue, one that is too late a failed order. */
export function settleExpiry(sources: ExpirySources, receivedAt: number): SettledExpiry {
  const usable = [sources.stated, sources.counted, sources.signed].filter(
    (at): at is number => at !== null && Number.isFinite(at) && at < receivedAt + LONGEST_LIFETIME_MS,
  );
  if (usable.length === 0) {
    return { expiresAt: receivedAt + USUAL_LIFETIME_MS, disagreementMs: 0, assumed: true };
  }
  const expiresAt = Math.min(...usable);
  return { expiresAt, disagreementMs: Math.max(...usable) - expiresAt, assumed: false };
}

/**
 * When the job is to renew a token: expiry − buffer − r × lead with r from 0.5 to 1, so that many tokens spread and
 * an outage of half the lead costs nothing. A time inside a blackout moves before its start, spread over as wide a
 * window again. It is never moved into the token's first six hours, in which KIS would return the same token: a lead
 * that reaches so far is cut, and a blackout that leaves no other time is ignored.
 *
 * @param chance in [0, 1); drawn once per token and stored, so that all processes agree.
 */
export function drawRefreshAt(
  dates: { readonly issuedAt: number; readonly expiresAt: number },
  policy: Pick<KisTokenPolicy, 'bufferMs' | 'refreshLeadMs' | 'blackout' | 'isTradingDay'>,
  chance: number,
): number {
  const latest = dates.expiresAt - policy.bufferMs;
  // A token returned again keeps its first expiry, so its first six hours are also counted back from the expiry.
  const born = Math.min(dates.issuedAt, dates.expiresAt - USUAL_LIFETIME_MS);
  const earliest = Math.max(born + SAME_TOKEN_MS, dates.issuedAt);
  const lead = Math.min(policy.refreshLeadMs, Math.max(0, latest - earliest));
  const preferred = latest - (0.5 + chance / 2) * lead;
  return beforeBlackout(preferred, earliest, policy, chance * (lead / 2));
}

function beforeBlackout(
  preferred: number,
  earliest: number,
  { blackout, isTradingDay }: Pick<KisTokenPolicy, 'blackout' | 'isTradingDay'>,
  spreadMs: number,
): number {
  const furthest = Math.max(earliest, preferred - WEEK_MS);
  // The job finds it due up to one sweep later.
  const reached = (at: number) =>
    blackoutAround(blackout, at, isTradingDay) ??
    blackoutAround(blackout, at + LONGEST_SWEEP_MS - 1, isTradingDay);
  let free = preferred;
  for (let inside = reached(free); inside; inside = reached(free)) {
    free = inside.start - LONGEST_SWEEP_MS;
    if (free < furthest) return preferred;
  }
  if (free === preferred) return preferred;
  let at = Math.max(free - spreadMs, furthest);
  // The spread may reach into an earlier blackout; then the time moves to its end, to `free` at the latest.
  for (let inside = reached(at); inside; inside = reached(at)) at = inside.end;
  return at;
}

/** The clock went back since its issue: only the boot that stored it knows how much of it is left. */
export function isFromFuture(
  { issuedAt, uptime }: KisToken,
  clock: { now(): number; readonly bootId: string },
): boolean {
  return issuedAt > clock.now() + CLOCK_TOLERANCE_MS && uptime?.bootId !== clock.bootId;
}

/** Whether both are the same token from the same attempt. */
export function isSameToken(one: KisToken, other: KisToken): boolean {
  return one.fingerprint === other.fingerprint && one.generation === other.generation;
}

/**
 * Whether `candidate` is newer than `current`: by generation where both have one; otherwise, and between two tokens of
 * one generation from processes that could not reach each other, by the later expiry. A lower generation that ends
 * clearly later is newer too: the store was emptied, and counting began again.
 */
export function supersedes(candidate: KisToken, current: KisToken): boolean {
  if (candidate.fingerprint === current.fingerprint) return candidate.generation > current.generation;
  const endsLater = candidate.expiresAt - current.expiresAt;
  const isSameGeneration = candidate.generation === current.generation;
  if (isSameGeneration || candidate.generation === 0 || current.generation === 0) return endsLater > 0;
  return candidate.generation > current.generation || endsLater > CLOCK_TOLERANCE_MS;
}

/** Whether this token, or the attempt that resulted in it, is older than the deletion of the credential's token. */
export function isDeleted({ generation }: KisToken, claim: KisClaim): boolean {
  return generation > 0 && generation <= claim.deletedGeneration;
}

/** The removal of what was read, and of the tokens of all attempts that had begun by then. */
export function removalOf({ token, claim }: StoredToken): TokenRemoval {
  return { token, upTo: claim.generation };
}

/**
 * Whether the stored token is to be removed.
 *
 * @param stored `null`: it cannot be read.
 * @param removal `undefined`: whatever is stored.
 */
export function isRemoved(stored: KisToken | null, removal?: TokenRemoval): boolean {
  if (!removal) return true;
  const { token, upTo } = removal;
  if (stored === null) return upTo !== null;
  if (token !== null && isSameToken(stored, token)) return true;
  return stored.generation > 0 && stored.generation <= (upTo ?? 0);
}

/** Whether a stored token must not be used: KIS has refused it, or it was deleted. */
export function isUnusable(token: KisToken, claim: KisClaim): boolean {
  return token.fingerprint === claim.rejected || isDeleted(token, claim);
}

/**
 * Whether `incoming` must not be stored: it was deleted before it came, or the stored token is newer and was neither
 * refused by KIS nor deleted. A deleted one is still there when its process ended before it could remove it.
 */
export function isSuperseded(stored: KisToken | null, claim: KisClaim, incoming: KisToken): boolean {
  if (isDeleted(incoming, claim)) return true;
  if (!stored || isDeleted(stored, claim)) return false;
  if (stored.fingerprint === claim.rejected && incoming.fingerprint !== claim.rejected) return false;
  return supersedes(stored, incoming) && !supersedes(incoming, stored);
}
