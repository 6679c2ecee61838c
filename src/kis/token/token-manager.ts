import { AccountLogger } from '../account-logger';
import type { KisCredential } from '../kis-credential';
import { KisError, KisUnavailableError, type KisAnswerFacts } from '../kis.errors';
import { TOO_YOUNG_TO_EXPIRE_MS } from './backoff';
import type { CachedToken } from './cached-token';
import { IssueClaims } from './issue-claims';
import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { CallerWait, within } from './caller-wait';
import { CoalescedRuns, failureOf, settled, SingleFlight } from './single-flight';
import { TokenCache } from './token-cache';
import type { FailedAttempt, AcquiredToken, TokenContext } from './token-context';
import { refusedMeanwhile, refusedTooYoung } from './token-errors';
import { TokenAcquirer } from './token-acquirer';
import { TokenPersistence } from './token-persistence';
import { TokenRequester } from './token-requester';
import { CLOCK_TOLERANCE_MS, WAIT_GRACE_MS } from './token-rules';

/**
 * The token of one credential in this process: serves it, renews it, and replaces it when KIS refuses it.
 *
 * What happens when a token is missing: {@link getToken} starts one attempt, which all callers share. The
 * {@link TokenAcquirer} adopts a token from the store, or takes a claim and sends one request to KIS; the token is saved,
 * put into the {@link TokenCache} and returned to the callers. All methods may be called concurrently.
 */
export class TokenManager {
  readonly cache: TokenCache;
  readonly claims: IssueClaims;
  readonly persistence: TokenPersistence;
  private readonly logger = new AccountLogger('KISClient');
  private readonly acquirer: TokenAcquirer;
  private readonly requester: TokenRequester;
  private readonly attempts = new SingleFlight<AcquiredToken>();
  private readonly refusals = new SingleFlight<void>();
  private failure: FailedAttempt | null = null;
  private closed = false;
  private readonly announcedLooks = new CoalescedRuns(() => this.lookUp());

  constructor(
    /** The first account of the credential. */
    readonly alias: string,
    readonly context: TokenContext,
  ) {
    this.cache = new TokenCache(context);
    this.persistence = new TokenPersistence(context, this.cache);
    this.claims = new IssueClaims(context);
    const { cache, claims, persistence } = this;
    this.requester = new TokenRequester(context, cache, persistence, claims);
    this.acquirer = new TokenAcquirer(context, cache, persistence, claims, this.requester);
  }

  get credential(): KisCredential {
    return this.context.credential;
  }

  /** The last attempt, when it failed. */
  get lastFailure(): FailedAttempt | null {
    return this.failure;
  }

  /** Whether a request was sent to KIS in the attempt under way, or else in the last one. */
  get requestSent(): boolean {
    return this.acquirer.requestSent;
  }

  /** No attempt is to begin in the background: one has just failed, or the service is shutting down. */
  get isQuiet(): boolean {
    return this.closed || (this.failure !== null && this.context.clock.monotonic() < this.failure.quietUntil);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Fresh and due: the token itself. Expiring: a promise of at most 2 s. Else of at most request timeout + 2 s. */
  getToken(signal?: AbortSignal): KisToken | Promise<KisToken> {
    const { current, zone } = this.cache;
    if (current === null || zone === 'expired') return this.waitForToken(this.newWait(signal));
    if (zone === 'expiring') return this.serveStale(current, this.newWait(signal));
    if (zone === 'fresh') this.cache.confirmFresh(current);
    else this.renewInBackground();
    return current.token;
  }

  /** KIS refused `token`: resolves with another one to replay with. Concurrent callers share one attempt. */
  async replaceRefused(token: KisToken, answer: KisAnswerFacts, signal?: AbortSignal): Promise<KisToken> {
    const wait = this.newWait(signal);
    for (;;) {
      const { usable } = this.cache;
      if (usable && usable.fingerprint !== token.fingerprint) return usable;
      if (this.cache.isRefused(token)) return this.waitForToken(wait);
      if (wait.leftMs <= 0) throw this.acquirer.notInTime();
      // The refusal under way may concern another token: then the next round deals with this one.
      await wait.for(this.refusals.run(() => this.discard(token, answer)));
    }
  }

  /** Reads the store, and adopts its token when that is better than the cached one. Never rejects. */
  async lookUp(): Promise<StoredToken | null> {
    const { deletions } = this.cache;
    const stored = await this.persistence.read();
    // A token that was read before it was deleted must not come back.
    if (this.cache.deletions !== deletions) return null;
    const before = this.cache.current;
    this.cache.reconcile(stored);
    if (this.cache.current !== before) this.failure = null;
    return stored;
  }

  /** The store may have a new token: reads it. Announcements during one read share the next. */
  onAnnouncement(): void {
    if (!this.closed) this.announcedLooks.request();
  }

  /** One attempt to get another token, shared by all callers while it lasts. Rejects with KisError. */
  renew(forced = false): Promise<AcquiredToken> {
    return this.attempts.run(() => this.attempt(forced));
  }

  /** As {@link renew}, for a person: an attempt under way that fails without a request to KIS is followed by a forced one. */
  async forceRenewal(): Promise<AcquiredToken> {
    if (this.attempts.current) {
      try {
        return await this.attempts.current;
      } catch (error) {
        if (this.requestSent) throw error;
      }
    }
    return this.renew(true);
  }

  /** Waits until the new token is stored and its claim settled, `limitMs` at most. */
  async untilSaved(limitMs = this.longestWaitMs): Promise<void> {
    const { pendingSave } = this.requester;
    if (pendingSave) await within(pendingSave, limitMs, this.context.clock);
  }

  /** At start: logs where the token is stored, and takes the stored one into the cache. Sends nothing to KIS. */
  async open(): Promise<void> {
    await this.persistence.open();
    this.logger.log(this.credential, 'Checking for cached token...');
    const stored = await this.lookUp();
    if (stored) this.persistence.logAbsence(stored);
  }

  /** From now on no request begins; the one under way is finished and its token saved. */
  async close(): Promise<void> {
    this.closed = true;
    this.acquirer.close();
    await Promise.all([this.announcedLooks.current, this.finish()]);
  }

  private async finish(): Promise<void> {
    const { current } = this.attempts;
    if (current) await within(settled(current), this.longestWaitMs, this.context.clock);
    await this.untilSaved();
  }

  private renewInBackground(): void {
    if (this.attempts.current || this.isQuiet) return;
    // No caller waits for it: its failure is reported by events and the log.
    void this.renew().catch(() => undefined);
  }

  private async serveStale(cached: CachedToken, wait: CallerWait): Promise<KisToken> {
    this.renewInBackground();
    const { current } = this.attempts;
    if (current) await wait.for(settled(current), STALE_WAIT_MS);
    const token = this.cache.usable;
    if (!token) return this.waitForToken(wait);
    if (token === cached.token) {
      const remainingSeconds = Math.floor(cached.remainingMs() / 1000);
      this.context.events.emit('staleServed', { credential: this.credential, remainingSeconds });
    }
    return token;
  }

  private async waitForToken(wait: CallerWait): Promise<KisToken> {
    wait.throwIfAborted();
    const { failure } = this;
    if (failure && this.context.clock.monotonic() < failure.sharedUntil) throw failure.error;
    const error = await wait.for(failureOf(this.renew()));
    const token = this.cache.usable;
    if (!token) throw error ?? this.acquirer.notInTime();
    this.context.events.emit('waited', { credential: this.credential, waitedMs: wait.waitedMs });
    return token;
  }

  private async attempt(forced: boolean): Promise<AcquiredToken> {
    const { deletions } = this.cache;
    try {
      const acquired = await this.acquirer.acquire(this.cache.attempt(forced));
      // A deletion wins over an attempt that began before it; a new one obeys the interval.
      if (this.cache.deletions !== deletions) return await this.attempt(forced);
      if (this.cache.isRefused(acquired.token)) throw refusedMeanwhile();
      this.cache.put(acquired);
      this.failure = null;
      return acquired;
    } catch (thrown) {
      const error =
        thrown instanceof KisError ? thrown : new KisUnavailableError(String(thrown), { cause: thrown });
      this.noteFailure(error);
      throw error;
    }
  }

  private noteFailure(error: KisError): void {
    const { clock } = this.context;
    const now = clock.monotonic();
    const quietMs = error.retryAt ? error.retryAt.getTime() - clock.now() : QUIET_MS;
    const at = new Date(clock.now());
    this.failure = { error, at, quietUntil: now + quietMs, sharedUntil: now + SHARED_FAILURE_MS };
  }

  /** Marks a token as refused, unless the store has a better one already. */
  private async discard(token: KisToken, answer: KisAnswerFacts): Promise<void> {
    const stored = await this.lookUp();
    const { usable } = this.cache;
    if (usable && usable.fingerprint !== token.fingerprint) return;
    const { brokerage, credential, events } = this.context;
    const ageMs = brokerage.now() - token.issuedAt;
    // Far below zero the clock went back, and the age is unknown.
    // A token of another program may never have been valid, so its refusal shows nothing about the app key.
    const isIssued = token.generation > 0;
    const isTooYoung = isIssued && ageMs > -CLOCK_TOLERANCE_MS && ageMs < TOO_YOUNG_TO_EXPIRE_MS;
    if (isTooYoung && !this.cache.hasOther(token, stored)) throw refusedTooYoung(answer, ageMs);
    this.logger.warn(credential, `KIS refused the token (${answer.msgCd} ${answer.msg1}); it is replaced.`);
    events.emit('rejected', { credential, msgCd: answer.msgCd });
    this.cache.refuse(token);
    await this.persistence.reject(token);
  }

  private get longestWaitMs(): number {
    return this.context.request.timeoutMs + WAIT_GRACE_MS;
  }

  private newWait(signal: AbortSignal | undefined): CallerWait {
    return new CallerWait(this.context.clock, this.longestWaitMs, signal);
  }
}

/** Inside the buffer a caller waits this long for an attempt under way, then gets the token, which is still valid. */
const STALE_WAIT_MS = 2000;
/** After a failed attempt callers without a token get the same error for this long, without another look at the store. */
const SHARED_FAILURE_MS = 250;
/** After a failure that names no time for the next attempt, none begins in the background for this long. */
const QUIET_MS = 5000;
