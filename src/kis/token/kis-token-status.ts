import { KisTokenCooldownError } from '../kis.errors';
import type { KisTradingMode } from '../protocol/trading-mode';
import { issuesOn, type ClaimView, type KisClaim } from './claim-rules';
import { CachedToken } from './cached-token';
import type { StoredToken } from './kis-token.store';
import type { FailedAttempt } from './token-context';
import type { TokenManager } from './token-manager';
import { isUnusable, type TokenZone } from './token-rules';

/** The status of a token, without the token itself. */
export interface KisTokenStatus {
  /** The account for which the status was requested. */
  readonly alias: string;
  readonly mode: KisTradingMode;
  /** At most ten characters of the app key. */
  readonly appKey: string;
  /** `absent`, or the part of its life that the token is in. */
  readonly status: TokenZone | 'absent';
  /** `Bearer`. */
  readonly tokenType: string | null;
  /** When KIS issued it. */
  readonly issuedAt: Date | null;
  /** When KIS stops accepting it. */
  readonly expiresAt: Date | null;
  /** Whole seconds until it expires. */
  readonly remainingSeconds: number | null;
  /** When the scheduled job is to renew it. */
  readonly refreshAt: Date | null;
  /** Where the token in memory came from: `api`, or the store as in {@link store}; for one that is only stored, the store. */
  readonly source: string | null;
  /** Which store keeps it: `file`, `memory`, `redis`, or the `kind` of the application's own. */
  readonly store: string;
  /** The path of its file; `null` for a store without files. */
  readonly filePath: string | null;
  /** No token is requested from KIS before this; `null` when one may be requested now. */
  readonly cooldownUntil: Date | null;
  /** The latest failure, of a request or of the store, that has not been overcome. */
  readonly lastError: LastError | null;
  /** Issue requests today (Korean time), by all processes that share the store. */
  readonly issuedToday: number;
}

/** @param stored `null` when the store cannot be read: then only requests of this process are known. */
export function tokenStatus(
  alias: string,
  { cache, claims, context, lastFailure, persistence }: TokenManager,
  stored: StoredToken | null,
): KisTokenStatus {
  const { brokerage, clock, credential, policy, store } = context;
  const { claim, remainingMs }: ClaimView = stored ?? claims.own;
  const usable = stored?.token && !isUnusable(stored.token, stored.claim) ? stored.token : null;
  const token =
    cache.current ??
    (usable ? new CachedToken(usable, store.originOf?.(usable) ?? store.kind, brokerage) : null);
  return {
    alias,
    mode: credential.mode,
    appKey: credential.maskedAppKey,
    status: token?.zone(policy.bufferMs) ?? 'absent',
    ...datesOf(token),
    source: token?.origin ?? null,
    store: store.kind,
    filePath: store.locate(credential),
    cooldownUntil: remainingMs > 0 ? new Date(clock.now() + remainingMs) : null,
    lastError: latestOf(requestError(lastFailure, claim), persistence.lastError),
    issuedToday: issuesOn(clock.now(), claim),
  };
}

function datesOf(
  cached: CachedToken | null,
): Pick<KisTokenStatus, 'tokenType' | 'issuedAt' | 'expiresAt' | 'remainingSeconds' | 'refreshAt'> {
  if (!cached)
    return { tokenType: null, issuedAt: null, expiresAt: null, remainingSeconds: null, refreshAt: null };
  const { token } = cached;
  return {
    tokenType: token.tokenType,
    issuedAt: new Date(token.issuedAt),
    expiresAt: new Date(token.expiresAt),
    remainingSeconds: Math.max(0, Math.floor(cached.remainingMs() / 1000)),
    refreshAt: new Date(token.refreshAt),
  };
}

function latestOf(one: LastError | null, other: LastError | null): LastError | null {
  if (!one || !other) return one ?? other;
  return other.at > one.at ? other : one;
}

function requestError(failure: FailedAttempt | null, claim: KisClaim): LastError | null {
  const recorded = claim.lastError;
  if (recorded) return { code: recorded.code, message: recorded.message, at: new Date(recorded.at) };
  // Inside the interval no attempt is made, so none has failed.
  if (!failure || failure.error instanceof KisTokenCooldownError) return null;
  return { code: failure.error.code, message: failure.error.message, at: failure.at };
}

interface LastError {
  readonly code: string;
  readonly message: string;
  readonly at: Date;
}
