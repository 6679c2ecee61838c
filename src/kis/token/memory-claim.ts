import {
  NO_CLAIM,
  claimAfterDeletion,
  openClaim,
  settledClaim,
  waitFor,
  type ClaimAnswer,
  type ClaimRequest,
  type ClaimSettlement,
  type ClaimView,
  type KisClaim,
} from './claim';

/** A claim in memory. Its end is in monotonic milliseconds, so that no clock step shortens it. */
export class MemoryClaim {
  private claim: KisClaim = NO_CLAIM;
  private until = 0;

  view(now: number): ClaimView {
    return { claim: this.claim, remainingMs: Math.max(0, this.until - now) };
  }

  take(request: ClaimRequest, now: number): ClaimAnswer {
    const standing = this.view(now);
    const remainingMs = waitFor(standing, request);
    if (remainingMs > 0) return { won: false, claim: standing.claim, remainingMs };
    this.claim = openClaim(standing.claim, request);
    this.until = now + request.holdMs;
    return { won: true, claim: this.claim, remainingMs: request.holdMs };
  }

  settle(mine: KisClaim, settlement: ClaimSettlement, now: number): void {
    const settled = settledClaim(this.claim, mine, settlement);
    if (!settled) return;
    this.claim = settled;
    this.until = now + settlement.cooldownMs;
  }

  reject(fingerprint: string): void {
    this.claim = { ...this.claim, rejected: fingerprint };
  }

  tokenDeleted(): void {
    this.claim = claimAfterDeletion(this.claim) ?? this.claim;
  }

  /** It has ended, and the next attempt need not know of a failure. */
  hasEnded(now: number): boolean {
    const { open, failures, unsent } = this.claim;
    return !open && failures === 0 && unsent === 0 && this.until <= now;
  }
}
