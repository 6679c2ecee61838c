import type { KisClaim } from './claim-rules';
import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { isDeleted, isSuperseded } from './token-rules';

/** Whether the token of the local replica is to be copied into the shared one. @param localClaim of the local replica. */
export function isNewerThanShared(localToken: KisToken, localClaim: KisClaim, shared: StoredToken): boolean {
  if (isRejectedBy(shared.claim, localToken) || shared.absence === 'undecryptable') return false;
  if (wasDeletedFrom(shared, localToken, localClaim)) return false;
  if (!shared.token) return true;
  return isRejectedBy(shared.claim, shared.token) || isSuperseded(localToken, shared.claim, shared.token);
}

/**
 * Whether the token that the local replica still has was deleted: the shared replica records that, or it records the
 * attempt that resulted in this token, or a later one, and has no token. A replica that has lost its data records no
 * attempt. One that could not be reached records none under a local claim, although its generation may be as high.
 * @param localClaim of the local replica.
 */
export function wasDeletedFrom(
  { absence, claim }: StoredToken,
  localToken: KisToken,
  localClaim: KisClaim,
): boolean {
  const { generation } = localToken;
  const isUnknown = localClaim.generation === generation && localClaim.attemptAt > claim.attemptAt;
  const isGone = absence === 'missing' && generation > 0 && generation <= claim.generation && !isUnknown;
  return isGone || isDeleted(localToken, claim);
}

/**
 * The shared claim, because it is that of all machines. The claim that ends later decides whether an attempt is under
 * way: a process of this machine takes the local claim first.
 */
export function mergedClaim(local: StoredToken, shared: StoredToken): KisClaim {
  const rejected = isRejectedBy(local.claim, shared.token) ? local.claim.rejected : shared.claim.rejected;
  const { open, lastError } = (local.remainingMs > shared.remainingMs ? local : shared).claim;
  return { ...shared.claim, rejected, open, lastError };
}

/** Whether the replica of this claim records that KIS refuses the token. */
export function isRejectedBy(claim: KisClaim, token: KisToken | null): boolean {
  return token !== null && claim.rejected === token.fingerprint;
}
