import { Logger } from '@nestjs/common';
import { KisTokenCooldownError, KisTokenRejectedError, KisUnavailableError } from '../kis.errors';
import { REPLACEMENT_SPACING_MS, cooldownAfterSuccess } from './backoff';
import type { KisClaim } from './claim';
import type { ClaimGate, LostClaim, WonClaim } from './claim-gate';
import type { StoredToken } from './kis-token.store';
import { adoptable, type ObtainedToken, type TokenGoal } from './token-goal';
import { TokenIssue, type IssueOrder, type TokenIssueParts } from './token-issue';

/** How often a follower looks whether the winner's token has arrived. */
const FOLLOW_EVERY_MS = 100;

/**
 * Gets a token for one credential from the store or from KIS: claim, then issue. No lock is held across the network;
 * the claim keeps every other process away, and it ends by itself.
 */
export class TokenSource {
  private readonly logger = new Logger('KISClient');
  private readonly issue: TokenIssue;
  /** When this process last replaced a token that KIS had refused; monotonic milliseconds. */
  private replacedAt = -Infinity;
  private closed = false;

  constructor(
    private readonly gate: ClaimGate,
    private readonly parts: TokenIssueParts,
  ) {
    this.issue = new TokenIssue(gate, parts);
  }

  /** One attempt; one at a time. Rejects with KisError, its `retryAt` set where waiting helps. */
  async obtain(goal: TokenGoal): Promise<ObtainedToken> {
    const shortestPauseMs = cooldownAfterSuccess(this.parts.policy.issueIntervalMs);
    for (;;) {
      const found = await this.parts.vault.read();
      const adopted = adoptable(found, goal);
      if (adopted) return adopted;
      this.refuseWhenClosed();
      const replaces = this.replacesRefused(found, goal);
      const turn = await this.gate.take(this.parts.credential, {
        holdMs: this.parts.request.timeoutMs + shortestPauseMs,
        above: Math.max(goal.held?.generation ?? 0, found?.token?.generation ?? 0),
        replaces,
        shortestPauseMs,
        alone: !goal.relaxed,
      });
      if (turn.won) return this.issueUnlessFound(turn, goal, replaces, lastReplacementIn(found));
      const followed = await this.follow(turn, goal);
      if (followed) return followed;
    }
  }

  /** No request is sent any more. */
  close(): void {
    this.closed = true;
  }

  /** Waits until a request under way is answered, its token kept and its claim settled. */
  drain(): Promise<void> {
    return this.issue.drain();
  }

  /**
   * Whether the newest token was refused by KIS, so that this attempt replaces it.
   * @throws KisTokenRejectedError too soon after another replacement: then it is not the token that is wrong.
   */
  private replacesRefused(found: StoredToken | null, goal: TokenGoal): boolean {
    const newest = goal.held ?? found?.token;
    const refused = newest && (goal.refused(newest) || newest.fingerprint === found?.claim.rejected);
    if (!goal.lost && !refused) return false;
    const waitMs = REPLACEMENT_SPACING_MS - this.sinceReplacementMs(found);
    if (waitMs <= 0) return true;
    throw new KisTokenRejectedError(
      'KIS refuses the token that was issued to replace a refused one. Another will not help for now: check that the ' +
        'app key belongs to this trading mode and host, and that nothing else revokes its tokens.',
      { retryAt: this.later(waitMs) },
    );
  }

  /** By the store for all processes, and by memory where the store is lost. A clock that went back counts as long. */
  private sinceReplacementMs(found: StoredToken | null): number {
    const { clock } = this.parts;
    const byStore = clock.now() - lastReplacementIn(found);
    return Math.min(byStore < 0 ? Infinity : byStore, clock.monotonic() - this.replacedAt);
  }

  /** Waits for the token of whoever holds the claim; `null` when the claim ended without one. */
  private async follow({ claim, remainingMs }: LostClaim, goal: TokenGoal): Promise<ObtainedToken | null> {
    if (!claim.open) throw this.cooling(claim, remainingMs);
    const { clock } = this.parts;
    const until = clock.monotonic() + remainingMs;
    while (clock.monotonic() < until) {
      await clock.sleep(Math.min(FOLLOW_EVERY_MS, until - clock.monotonic()));
      this.refuseWhenClosed();
      const found = await this.parts.vault.read();
      const adopted = adoptable(found, goal);
      if (adopted) return adopted;
      if (found?.remainingMs === 0) return null;
      if (found && !found.claim.open) throw this.cooling(found.claim, found.remainingMs);
    }
    return null;
  }

  /** The last look before KIS is asked: the token of a late winner may have arrived since the first. */
  private async issueUnlessFound(
    won: WonClaim,
    goal: TokenGoal,
    replaces: boolean,
    replacedAt: number,
  ): Promise<ObtainedToken> {
    const { clock, request, vault } = this.parts;
    const found = await vault.read();
    const adopted = adoptable(found, goal);
    const leftMs = request.timeoutMs - (clock.monotonic() - won.takenAt);
    if (!adopted && !this.closed && leftMs >= request.timeoutMs / 2) {
      this.logger.log(
        goal.held ? 'Requesting a new token...' : 'No valid cached token, requesting new token...',
      );
      const order = { won, withinMs: leftMs, found, goal, replacedAt };
      return replaces ? this.replace(order) : this.issue.run(order);
    }
    await this.gate.settle(this.parts.credential, won, {
      cooldownMs: 0,
      failure: null,
      unused: true,
      replacedAt,
    });
    if (adopted) return adopted;
    this.refuseWhenClosed();
    throw new KisUnavailableError(
      'This process stood still after it got the turn to ask KIS for a token, and gave the turn back. ' +
        'Trying again helps; if it repeats, the machine or its disk is overloaded.',
      { retryAt: this.later(1000) },
    );
  }

  private async replace(order: IssueOrder): Promise<ObtainedToken> {
    const before = this.replacedAt;
    this.replacedAt = this.parts.clock.monotonic();
    try {
      return await this.issue.run(order);
    } catch (error) {
      if (!(error instanceof KisTokenRejectedError)) this.replacedAt = before;
      throw error;
    }
  }

  private refuseWhenClosed(): void {
    if (!this.closed) return;
    throw new KisUnavailableError('The service is shutting down: no new token is requested.');
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

/** One that is under way, or whose holder died, has brought no token that could be wrong: it does not count. */
function lastReplacementIn(found: StoredToken | null): number {
  const { open = false, attemptAt = 0, replacedAt = 0 } = found?.claim ?? {};
  return open && attemptAt === replacedAt ? 0 : replacedAt;
}
