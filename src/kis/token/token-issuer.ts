import { AccountLogger } from '../account-logger';
import { KisTokenRejectedError, KisUnavailableError, type KisError } from '../kis.errors';
import { REPLACEMENT_SPACING_MS, cooldownAfterSuccess } from './backoff';
import type { KisClaim } from './claim';
import type { IssueClaims, LostClaim, WonClaim } from './issue-claims';
import type { StoredToken } from './kis-token.store';
import type { TokenCache } from './token-cache';
import type { ObtainedToken, TokenAttempt, TokenContext } from './token-context';
import { claimNotEnded, replacedTooOften, suspendedAfterClaim } from './token-errors';
import type { TokenPersistence } from './token-persistence';
import type { IssueOrder, TokenRequester } from './token-requester';

/** How often the store is read for the token of another process that holds the claim. */
const FOLLOW_EVERY_MS = 100;

/**
 * Gets a token when the cache has none that will do: from the store, or from KIS under a claim. No lock is held across
 * the network; the claim keeps every other process away, and it ends by itself.
 */
export class TokenIssuer {
  private readonly logger = new AccountLogger('KISClient');
  private closed = false;
  private sent = false;
  /** When this process last replaced a token that KIS had refused; monotonic milliseconds. */
  private replacedAt: number | null = null;

  constructor(
    private readonly context: TokenContext,
    private readonly cache: TokenCache,
    private readonly persistence: TokenPersistence,
    private readonly claims: IssueClaims,
    private readonly requester: TokenRequester,
  ) {}

  /** Whether a request was sent in the attempt under way, or else in the last one. */
  get requestSent(): boolean {
    return this.sent;
  }

  /**
   * One attempt; not to be called while another is under way. Rejects with KisError, its `retryAt` set where waiting
   * helps; but not when a token has been stored in the meantime: that counts, however the attempt ended.
   */
  async obtain(attempt: TokenAttempt): Promise<ObtainedToken> {
    this.sent = false;
    try {
      return await this.fromStoreOrKis(attempt);
    } catch (error) {
      const adopted = this.cache.adoptable(attempt, await this.persistence.read());
      if (adopted) return adopted;
      throw error;
    }
  }

  /** From now on no request is sent. */
  close(): void {
    this.closed = true;
  }

  private async fromStoreOrKis(attempt: TokenAttempt): Promise<ObtainedToken> {
    for (;;) {
      const found = await this.persistence.read();
      const adopted = this.cache.adoptable(attempt, found);
      if (adopted) return adopted;
      this.assertOpen();
      const replaces = this.replacesRefused(attempt, found);
      const claim = await this.claim(attempt, found, replaces);
      if (claim.won) return this.request(attempt, claim, replaces, lastReplacementIn(found));
      const followed = await this.follow(attempt, claim);
      if (followed) return followed;
    }
  }

  private claim(
    { background, forced }: TokenAttempt,
    found: StoredToken | null,
    replaces: boolean,
  ): Promise<WonClaim | LostClaim> {
    const { policy, request } = this.context;
    const shortestPauseMs = cooldownAfterSuccess(policy.issueIntervalMs);
    const known = [this.cache.generation, found?.token?.generation ?? 0, found?.claim.generation ?? 0];
    return this.claims.take({
      holdMs: request.timeoutMs + shortestPauseMs,
      above: Math.max(...known),
      replaces,
      shortestPauseMs,
      forced,
      localAllowed: !background && policy.shortLived !== true,
    });
  }

  /**
   * Whether KIS has refused the newest token, so that this attempt replaces it.
   * @throws KisTokenRejectedError too soon after another replacement: then it is not the token that is wrong.
   */
  private replacesRefused(attempt: TokenAttempt, found: StoredToken | null): boolean {
    const newest = attempt.previous?.token ?? found?.token;
    const refused = newest && (this.cache.isRefused(newest) || newest.fingerprint === found?.claim.rejected);
    if (!attempt.previousRejected && !refused) return false;
    const waitMs = REPLACEMENT_SPACING_MS - this.sinceReplacementMs(found);
    if (waitMs <= 0) return true;
    if (!attempt.forced) throw replacedTooOften(this.later(waitMs));
    this.logger.warn(
      this.context.credential,
      'KIS refused the last two tokens. Another one is requested because a person asked for it; if it is refused ' +
        'as well, check that the app key belongs to this trading mode and host.',
    );
    return true;
  }

  /** By the store for all processes, by memory where the store is lost. A clock that went back counts as long ago. */
  private sinceReplacementMs(found: StoredToken | null): number {
    const { clock } = this.context;
    const byStore = clock.now() - lastReplacementIn(found);
    const byMemory = this.replacedAt === null ? Infinity : clock.monotonic() - this.replacedAt;
    return Math.min(byStore < 0 ? Infinity : byStore, byMemory);
  }

  /** Waits for the token of the process that holds the claim; `null` when the claim ended without one. */
  private async follow(
    attempt: TokenAttempt,
    { claim, remainingMs }: LostClaim,
  ): Promise<ObtainedToken | null> {
    if (!claim.open) throw this.notBefore(attempt, claim, remainingMs);
    const { clock } = this.context;
    const until = clock.monotonic() + remainingMs;
    while (clock.monotonic() < until) {
      await clock.sleep(Math.min(FOLLOW_EVERY_MS, until - clock.monotonic()));
      this.assertOpen();
      const found = await this.persistence.read();
      const adopted = this.cache.adoptable(attempt, found);
      if (adopted) return adopted;
      if (found?.remainingMs === 0) return null;
      if (found && !found.claim.open) throw this.notBefore(attempt, found.claim, found.remainingMs);
    }
    return null;
  }

  /** Reads the store once more before a request is sent: the token of a late holder may have arrived since the claim. */
  private async request(
    attempt: TokenAttempt,
    won: WonClaim,
    replaces: boolean,
    replacedAt: number,
  ): Promise<ObtainedToken> {
    const { clock, credential, request } = this.context;
    const found = await this.persistence.read();
    const adopted = this.cache.adoptable(attempt, found);
    const timeoutMs = request.timeoutMs - (clock.monotonic() - won.takenAt);
    if (!adopted && !this.closed && timeoutMs >= request.timeoutMs / 2) {
      const hasToken = attempt.previous !== null;
      this.logger.log(
        credential,
        hasToken ? 'Requesting a new token...' : 'No valid cached token, requesting new token...',
      );
      const order = { attempt, won, timeoutMs, found, replacedAt };
      this.sent = true;
      return replaces ? this.replace(order) : this.requester.run(order);
    }
    await this.claims.settle(won, { cooldownMs: 0, failure: null, unused: true, replacedAt });
    if (adopted) return adopted;
    this.assertOpen();
    throw suspendedAfterClaim(this.later(1000));
  }

  private async replace(order: IssueOrder): Promise<ObtainedToken> {
    const before = this.replacedAt;
    this.replacedAt = this.context.clock.monotonic();
    try {
      return await this.requester.run(order);
    } catch (error) {
      if (!(error instanceof KisTokenRejectedError)) this.replacedAt = before;
      throw error;
    }
  }

  private assertOpen(): void {
    if (!this.closed) return;
    throw new KisUnavailableError('The service is shutting down: no new token is requested.');
  }

  private notBefore({ forced }: TokenAttempt, claim: KisClaim, remainingMs: number): KisError {
    const error = claimNotEnded(claim, remainingMs, this.later(remainingMs), forced);
    if (claim.lastError && !this.claims.noteFailure(claim.lastError.at)) error.markLogged();
    return error;
  }

  private later(durationMs: number): Date {
    return new Date(this.context.clock.now() + durationMs);
  }
}

/** An attempt under way, or one whose holder died, has brought no token that could be wrong: it does not count. */
function lastReplacementIn(found: StoredToken | null): number {
  const { open = false, attemptAt = 0, replacedAt = 0 } = found?.claim ?? {};
  return open && attemptAt === replacedAt ? 0 : replacedAt;
}
