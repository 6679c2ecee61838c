import { AccountLogger } from '../account-logger';
import {
  KisTokenCooldownError,
  KisTokenRejectedError,
  KisUnavailableError,
  type KisError,
} from '../kis.errors';
import { REPLACEMENT_SPACING_MS, cooldownAfterSuccess } from './backoff';
import type { KisClaim } from './claim';
import type { ClaimGate, LostClaim, WonClaim } from './claim-gate';
import type { StoredToken } from './kis-token.store';
import { repeatedFailure } from './repeated-failure';
import type { TokenAttempt } from './token-attempt';
import type { TokenInHand } from './token-in-hand';
import type { IssueOrder, TokenIssue } from './token-issue';
import type { TokenParts } from './token-parts';
import type { ObtainedToken, TokenState } from './token-state';
import type { TokenVault } from './token-vault';

/** How often a follower looks whether the winner's token has arrived. */
const FOLLOW_EVERY_MS = 100;

/**
 * Gets a token from the store or from KIS: claim, then issue. No lock is held across the network; the claim keeps
 * every other process away, and it ends by itself.
 */
export class TokenSource {
  private readonly logger = new AccountLogger('KISClient');
  private closed = false;

  constructor(
    private readonly parts: TokenParts,
    private readonly vault: TokenVault,
    private readonly hand: TokenInHand,
    private readonly gate: ClaimGate,
    private readonly issue: TokenIssue,
  ) {}

  /**
   * One at a time for a credential. Rejects with KisError, its `retryAt` set where waiting helps; but not when a token
   * has been stored meanwhile: that counts, however the attempt ended.
   */
  async obtain(attempt: TokenAttempt): Promise<ObtainedToken> {
    try {
      return await this.storeOrKis(attempt);
    } catch (error) {
      const stored = this.hand.adoptable(attempt, await this.vault.read(attempt.state));
      if (stored) return stored;
      throw error;
    }
  }

  /** No request is sent any more. */
  close(): void {
    this.closed = true;
  }

  private async storeOrKis(attempt: TokenAttempt): Promise<ObtainedToken> {
    const { state, relaxed, forced } = attempt;
    const shortestPauseMs = cooldownAfterSuccess(this.parts.policy.issueIntervalMs);
    for (;;) {
      const found = await this.vault.read(state);
      const adopted = this.hand.adoptable(attempt, found);
      if (adopted) return adopted;
      this.refuseWhenClosed();
      const replaces = this.replacesRefused(attempt, found);
      const turn = await this.gate.take(state, {
        holdMs: state.request.timeoutMs + shortestPauseMs,
        above: Math.max(state.generation, found?.token?.generation ?? 0, found?.claim.generation ?? 0),
        replaces,
        shortestPauseMs,
        forced,
        alone: !relaxed,
      });
      if (turn.won) return this.issueUnlessFound(attempt, turn, replaces, lastReplacementIn(found));
      const followed = await this.follow(attempt, turn);
      if (followed) return followed;
    }
  }

  /**
   * Whether the newest token was refused by KIS, so that this attempt replaces it.
   * @throws KisTokenRejectedError too soon after another replacement: then it is not the token that is wrong.
   */
  private replacesRefused({ state, since, lost, forced }: TokenAttempt, found: StoredToken | null): boolean {
    const newest = since?.token ?? found?.token;
    const refused =
      newest && (this.hand.isRefused(state, newest) || newest.fingerprint === found?.claim.rejected);
    if (!lost && !refused) return false;
    const waitMs = REPLACEMENT_SPACING_MS - this.sinceReplacementMs(state, found);
    if (waitMs <= 0) return true;
    if (forced) {
      this.logger.warn(
        state.credential,
        'KIS refused the last two tokens. Another one is requested because a person asked for it; if it is refused ' +
          'as well, check that the app key belongs to this trading mode and host.',
      );
      return true;
    }
    throw new KisTokenRejectedError(
      'KIS refuses the token that was issued to replace a refused one. Another will not help for now: check that the ' +
        'app key belongs to this trading mode and host, and that nothing else revokes its tokens.',
      { retryAt: this.later(waitMs) },
    );
  }

  /** By the store for all processes, and by memory where the store is lost. A clock that went back counts as long. */
  private sinceReplacementMs({ replacedAt }: TokenState, found: StoredToken | null): number {
    const { clock } = this.parts;
    const byStore = clock.now() - lastReplacementIn(found);
    const byMemory = replacedAt === null ? Infinity : clock.monotonic() - replacedAt;
    return Math.min(byStore < 0 ? Infinity : byStore, byMemory);
  }

  /** Waits for the token of whoever holds the claim; `null` when the claim ended without one. */
  private async follow(
    attempt: TokenAttempt,
    { claim, remainingMs }: LostClaim,
  ): Promise<ObtainedToken | null> {
    if (!claim.open) throw this.cooling(attempt, claim, remainingMs);
    const { clock } = this.parts;
    const until = clock.monotonic() + remainingMs;
    while (clock.monotonic() < until) {
      await clock.sleep(Math.min(FOLLOW_EVERY_MS, until - clock.monotonic()));
      this.refuseWhenClosed();
      const found = await this.vault.read(attempt.state);
      const adopted = this.hand.adoptable(attempt, found);
      if (adopted) return adopted;
      if (found?.remainingMs === 0) return null;
      if (found && !found.claim.open) throw this.cooling(attempt, found.claim, found.remainingMs);
    }
    return null;
  }

  /** The last look before KIS is asked: the token of a late winner may have arrived since the first. */
  private async issueUnlessFound(
    attempt: TokenAttempt,
    won: WonClaim,
    replaces: boolean,
    replacedAt: number,
  ): Promise<ObtainedToken> {
    const { state, since } = attempt;
    const found = await this.vault.read(state);
    const adopted = this.hand.adoptable(attempt, found);
    const { timeoutMs } = state.request;
    const leftMs = timeoutMs - (this.parts.clock.monotonic() - won.takenAt);
    if (!adopted && !this.closed && leftMs >= timeoutMs / 2) {
      this.logger.log(
        state.credential,
        since ? 'Requesting a new token...' : 'No valid cached token, requesting new token...',
      );
      const order = { attempt, won, withinMs: leftMs, found, replacedAt };
      return replaces ? this.replace(order) : this.issue.run(order);
    }
    await this.gate.settle(state, won, { cooldownMs: 0, failure: null, unused: true, replacedAt });
    if (adopted) return adopted;
    this.refuseWhenClosed();
    throw new KisUnavailableError(
      'This process was suspended or blocked after it had claimed the token request, and released the claim. ' +
        'Try again; if it happens repeatedly, the machine or its disk is overloaded.',
      { retryAt: this.later(1000) },
    );
  }

  private async replace(order: IssueOrder): Promise<ObtainedToken> {
    const { state } = order.attempt;
    const before = state.replacedAt;
    state.replacedAt = this.parts.clock.monotonic();
    try {
      return await this.issue.run(order);
    } catch (error) {
      if (!(error instanceof KisTokenRejectedError)) state.replacedAt = before;
      throw error;
    }
  }

  private refuseWhenClosed(): void {
    if (!this.closed) return;
    throw new KisUnavailableError('The service is shutting down: no new token is requested.');
  }

  /** Nobody asks for now: with the code of the failure that is the reason, so that a wrong key is not taken for a delay. */
  private cooling({ forced }: TokenAttempt, claim: KisClaim, remainingMs: number): KisError {
    const { lastError, unsent } = claim;
    const why = lastError
      ? `The last request for a token failed: ${lastError.message}`
      : 'KIS issues one token a minute for an app key, and the last request was less than that ago.';
    const message = `${why} The next request is due in ${Math.max(1, Math.ceil(remainingMs / 1000))} s.`;
    const facts = { retryAt: this.later(remainingMs), unsent: unsent > 0 };
    // A person who asks for a token now meets the one-a-minute rule and nothing else.
    return lastError && !forced
      ? repeatedFailure(lastError.code, message, facts)
      : new KisTokenCooldownError(message, facts);
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
