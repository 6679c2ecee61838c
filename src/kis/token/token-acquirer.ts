import { AccountLogger } from '../account-logger';
import { KisTokenRejectedError, KisTokenStoreError, KisUnavailableError, type KisError } from '../kis.errors';
import { REPLACEMENT_SPACING_MS } from './backoff';
import { shortestPause, type ClaimView } from './claim-rules';
import type { IssueClaims, LostClaim, WonClaim } from './issue-claims';
import type { StoredToken } from './kis-token.store';
import type { TokenCache } from './token-cache';
import type { AcquiredToken, TokenAttempt, TokenContext } from './token-context';
import { claimNotEnded, notInTime, replacedTooOften, suspendedAfterClaim } from './token-errors';
import type { TokenPersistence } from './token-persistence';
import type { IssueOrder, TokenRequester } from './token-requester';
import { WAIT_GRACE_MS } from './token-rules';

/**
 * Gets a token when the cache has no suitable one: from the store, or from KIS under a claim. No lock is held across
 * the network; the claim keeps every other process away, and it ends by itself.
 */
export class TokenAcquirer {
  private readonly logger = new AccountLogger('KISClient');
  private closed = false;
  private sent = false;
  /** The claim for whose end, or token, the attempt under way waits, and its end; monotonic milliseconds. */
  private awaited: (LostClaim & { readonly until: number }) | null = null;
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
  async acquire(attempt: TokenAttempt): Promise<AcquiredToken> {
    this.sent = false;
    this.awaited = null;
    try {
      return await this.fromStoreOrKis(attempt);
    } catch (error) {
      const adopted = this.cache.adoptable(attempt, await this.persistence.read());
      if (adopted) return adopted;
      throw error;
    }
  }

  /** The error for a caller that stops waiting for the attempt under way: what that waits for, and until when. */
  notInTime(): KisError {
    const { awaited } = this;
    if (this.sent || !awaited) return notInTime(this.sent, this.later(SHORTLY_MS));
    const remainingMs = Math.max(SHORTLY_MS, awaited.until - this.context.clock.monotonic());
    if (awaited.obstacle !== undefined)
      return new KisTokenStoreError(awaited.obstacle, { retryAt: this.later(remainingMs) });
    return claimNotEnded({ ...awaited, remainingMs }, this.later(remainingMs), false);
  }

  /** From now on no request is sent. */
  close(): void {
    this.closed = true;
  }

  private async fromStoreOrKis(attempt: TokenAttempt): Promise<AcquiredToken> {
    for (;;) {
      const found = await this.persistence.read();
      const adopted = this.cache.adoptable(attempt, found);
      if (adopted) return adopted;
      this.assertOpen();
      const replaces = this.replacesRefused(attempt, found);
      const claim = await this.claim(attempt, found, replaces);
      if (claim.won) return this.request(attempt, claim, replaces, lastReplacementIn(found));
      this.awaited = { ...claim, until: this.context.clock.monotonic() + claim.remainingMs };
      const followed = await this.follow(attempt, this.awaited);
      if (followed) return followed;
    }
  }

  private claim(
    { background, forced }: TokenAttempt,
    found: StoredToken | null,
    replaces: boolean,
  ): Promise<WonClaim | LostClaim> {
    const { policy, request } = this.context;
    const shortestPauseMs = shortestPause(policy.issueIntervalMs);
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
      'KIS refused the last two tokens. Another one is requested, because a person forces it; if it is refused ' +
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
    { until, ...lost }: LostClaim & { readonly until: number },
  ): Promise<AcquiredToken | null> {
    const { clock } = this.context;
    this.assertWorthWaiting(attempt, lost);
    while (clock.monotonic() < until) {
      await clock.sleep(Math.min(FOLLOW_EVERY_MS, until - clock.monotonic()));
      this.assertOpen();
      const found = await this.persistence.read();
      const adopted = this.cache.adoptable(attempt, found);
      if (adopted) return adopted;
      if (found?.remainingMs === 0) return null;
      this.assertWorthWaiting(attempt, found ?? { ...lost, remainingMs: until - clock.monotonic() });
    }
    return null;
  }

  /**
   * Its holder may still store a token, or the claim ends within the time limit of the callers that wait.
   * @throws the error of {@link claimNotEnded} otherwise.
   */
  private assertWorthWaiting(attempt: TokenAttempt, view: ClaimView): void {
    const { policy, request } = this.context;
    const { claim, remainingMs, assumed = false } = view;
    // The pause that is part of each claim begins when its request has been given up.
    const isOverdue = remainingMs < shortestPause(policy.issueIntervalMs) - WAIT_GRACE_MS;
    const isHopeless = (assumed || isOverdue) && remainingMs > request.timeoutMs + WAIT_GRACE_MS;
    if (!claim.open || isHopeless) throw this.notBefore(attempt, view);
  }

  /** Reads the store once more before a request is sent: the token of a late holder may have arrived since the claim. */
  private async request(
    attempt: TokenAttempt,
    won: WonClaim,
    replaces: boolean,
    replacedAt: number,
  ): Promise<AcquiredToken> {
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

  private async replace(order: IssueOrder): Promise<AcquiredToken> {
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

  private notBefore({ forced }: TokenAttempt, view: ClaimView): KisError {
    const { lastError, open } = view.claim;
    const error = claimNotEnded(view, this.later(view.remainingMs), forced);
    if (lastError && !open && !this.claims.noteFailure(lastError.at)) error.markLogged();
    return error;
  }

  private later(durationMs: number): Date {
    return new Date(this.context.clock.now() + durationMs);
  }
}

/** How often the store is read for the token of another process that holds the claim. */
const FOLLOW_EVERY_MS = 100;
/** When a caller may try again after what takes a moment only. */
const SHORTLY_MS = 1000;

/** An attempt that is under way, or whose holder died, has not stored a token: it does not count as a replacement. */
function lastReplacementIn(found: StoredToken | null): number {
  const { open = false, attemptAt = 0, replacedAt = 0 } = found?.claim ?? {};
  return open && attemptAt === replacedAt ? 0 : replacedAt;
}
