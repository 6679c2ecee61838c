import { Logger } from '@nestjs/common';
import { KisTokenCooldownError, KisTokenRejectedError, KisUnavailableError } from '../kis.errors';
import { REPLACEMENT_SPACING_MS, cooldownAfterSuccess } from './backoff';
import type { KisClaim } from './claim';
import type { ClaimGate, WonClaim } from './claim-gate';
import type { StoredToken } from './kis-token.store';
import { adoptable, type ObtainedToken, type TokenGoal } from './token-goal';
import { TokenIssue, type TokenIssueParts } from './token-issue';

/** How often a follower looks whether the winner's token has arrived. */
const FOLLOW_EVERY_MS = 100;

/**
 * Gets a token for one credential from the store or from KIS: claim, then issue. No lock is held across the network;
 * the claim keeps every other process away, and it ends by itself.
 */
export class TokenSource {
  private readonly logger = new Logger('KISClient');
  private readonly issue: TokenIssue;

  constructor(
    private readonly gate: ClaimGate,
    private readonly parts: TokenIssueParts,
  ) {
    this.issue = new TokenIssue(gate, parts);
  }

  /** One attempt; one at a time. Rejects with KisError, its `retryAt` set where waiting helps. */
  async obtain(goal: TokenGoal): Promise<ObtainedToken> {
    for (;;) {
      const found = await this.parts.vault.read();
      const adopted = adoptable(found, goal);
      if (adopted) return adopted;
      const won = await this.gate.take(this.parts.credential, {
        holdMs: this.parts.request.timeoutMs + cooldownAfterSuccess(this.parts.policy.issueIntervalMs),
        above: Math.max(goal.held?.generation ?? 0, found?.token?.generation ?? 0),
        replaces: this.replacesRefused(found, goal),
      });
      if (won.won) return this.issueUnlessFound(won, goal);
      const followed = await this.follow(won.claim, won.remainingMs, goal);
      if (followed) return followed;
    }
  }

  /**
   * Whether the newest token was refused by KIS, so that this attempt replaces it.
   * @throws KisTokenRejectedError too soon after another replacement: then it is not the token that is wrong.
   */
  private replacesRefused(found: StoredToken | null, goal: TokenGoal): boolean {
    const newest = found?.token ?? goal.held;
    if (!newest || ![found?.claim.rejected, goal.refused].includes(newest.fingerprint)) return false;
    const sinceLast = this.parts.clock.now() - (found?.claim.replacedAt ?? 0);
    if (sinceLast < 0 || sinceLast >= REPLACEMENT_SPACING_MS) return true;
    throw new KisTokenRejectedError(
      'KIS refuses the token that was issued to replace a refused one. Another will not help for now: check that the ' +
        'app key belongs to this trading mode and host, and that nothing else revokes its tokens.',
      { retryAt: this.later(REPLACEMENT_SPACING_MS - sinceLast) },
    );
  }

  /** Waits for the token of whoever holds the claim; `null` when the claim ended without one. */
  private async follow(claim: KisClaim, remainingMs: number, goal: TokenGoal): Promise<ObtainedToken | null> {
    if (!claim.open) throw this.cooling(claim, remainingMs);
    const { clock } = this.parts;
    const until = clock.monotonic() + remainingMs;
    while (clock.monotonic() < until) {
      await clock.sleep(Math.min(FOLLOW_EVERY_MS, until - clock.monotonic()));
      const found = await this.parts.vault.read();
      const adopted = adoptable(found, goal);
      if (adopted) return adopted;
      if (found && !found.claim.open && found.remainingMs > 0) throw this.cooling(found.claim, found.remainingMs);
    }
    return null;
  }

  /** The last look before KIS is asked: the token of a late winner may have arrived since the first. */
  private async issueUnlessFound(won: WonClaim, goal: TokenGoal): Promise<ObtainedToken> {
    const { timeoutMs } = this.parts.request;
    const found = await this.parts.vault.read();
    const adopted = adoptable(found, goal);
    if (adopted) {
      await this.giveBack(won);
      return adopted;
    }
    const leftMs = timeoutMs - (this.parts.clock.monotonic() - won.takenAt);
    if (leftMs >= timeoutMs / 2) {
      this.logger.log(goal.held ? 'Requesting a new token...' : 'No valid cached token, requesting new token...');
      return this.issue.run(won, leftMs, found, goal);
    }
    await this.giveBack(won);
    throw new KisUnavailableError(
      'This process stood still after it got the turn to ask KIS for a token, and gave the turn back. ' +
        'Trying again helps; if it repeats, the machine or its disk is overloaded.',
      { retryAt: this.later(1000) },
    );
  }

  /** Waits until a token that has been handed out is also kept. */
  drain(): Promise<void> {
    return this.issue.drain();
  }

  private giveBack(won: WonClaim): Promise<void> {
    return this.gate.settle(this.parts.credential, won.claim, { cooldownMs: 0, failure: null, unused: true });
  }

  private cooling(claim: KisClaim, remainingMs: number): KisTokenCooldownError {
    const seconds = Math.max(1, Math.ceil(remainingMs / 1000));
    const why = claim.lastError
      ? `The last request for a token failed: ${claim.lastError.message}`
      : 'KIS issues one token a minute for an app key, and the last request was less than that ago.';
    return new KisTokenCooldownError(`${why} The next request is due in ${seconds} s.`, {
      retryAt: this.later(remainingMs),
    });
  }

  private later(durationMs: number): Date {
    return new Date(this.parts.clock.now() + durationMs);
  }
}
