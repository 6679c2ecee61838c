import { AccountLogger } from '../account-logger';
import {
  KisBadResponseError,
  KisError,
  KisTokenCooldownError,
  KisTokenRejectedError,
  KisTokenStoreError,
  KisUnavailableError,
} from '../kis.errors';
import { cooldownAfterFailure, pauseAfterUnsent } from './backoff';
import { CachedToken } from './cached-token';
import { shortestPause, type ClaimFailure, type ClaimSettlement } from './claim-rules';
import type { IssueClaims, WonClaim } from './issue-claims';
import { datedToken } from './dated-token';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { localTime } from './local-time';
import type { TokenCache } from './token-cache';
import type { AcquiredToken, TokenAttempt, TokenContext } from './token-context';
import { alreadyExpired, deletedMeanwhile, messageOf, sameTokenRefused } from './token-errors';
import type { SaveOutcome, TokenPersistence } from './token-persistence';
import { isDeleted, zoneOf } from './token-rules';
import { within } from './caller-wait';

/**
 * Sends one request to the token endpoint under a claim that was won: saves the token and settles the claim, or settles
 * it with the pause that follows from the failure.
 */
export class TokenRequester {
  private readonly logger = new AccountLogger('TokenManager');
  private readonly apiLogger = new AccountLogger('KIS API');
  private saving: Promise<void> | null = null;

  constructor(
    private readonly context: TokenContext,
    private readonly cache: TokenCache,
    private readonly persistence: TokenPersistence,
    private readonly claims: IssueClaims,
  ) {}

  /** Resolves when the last token is stored and its claim settled; `null` when there is nothing to wait for. */
  get pendingSave(): Promise<void> | null {
    return this.saving;
  }

  /**
   * Resolves with the token when it is stored, or after {@link SAVE_WAIT_MS}: see {@link pendingSave}.
   * Rejects with KisError, its `retryAt` set.
   */
  async run(order: IssueOrder): Promise<AcquiredToken> {
    let token: KisToken;
    try {
      token = await this.request(order);
    } catch (error) {
      return this.fail(order, error);
    }
    const unchanged = token.fingerprint === order.attempt.previous?.token.fingerprint;
    const saved = await this.keep(order.won, token, this.settlementAfter(order.won, token, unchanged));
    if (saved === 'superseded' && !order.won.localOnly) await this.discardIfDeleted(token);
    return { token, outcome: unchanged ? 'unchanged' : 'refreshed' };
  }

  /** A deletion, by any process, wins over a request under way. @throws KisTokenCooldownError */
  private async discardIfDeleted(token: KisToken): Promise<void> {
    const stored = await this.persistence.read();
    if (!stored || !isDeleted(token, stored.claim)) return;
    const { clock, credential, policy } = this.context;
    this.logger.log(credential, 'The token was deleted while it was being requested; it is not used.');
    throw deletedMeanwhile(new Date(clock.now() + shortestPause(policy.issueIntervalMs)));
  }

  private async request({ attempt, won, timeoutMs, found }: IssueOrder): Promise<KisToken> {
    const { auth, brokerage, clock, credential, events, policy, random } = this.context;
    const sentAt = clock.monotonic();
    const issued = await auth.issue(credential, timeoutMs).catch((error: unknown) => {
      // The response that refuses a token has a date as well.
      if (error instanceof KisError)
        brokerage.compare(credential, error.serverTime ?? null, clock.monotonic() - sentAt);
      throw error;
    });
    const tookMs = clock.monotonic() - sentAt;
    const { token, warning } = datedToken(issued, {
      credential,
      generation: won.claim.generation,
      received: brokerage.timeOfIssue(credential, issued, tookMs),
      receivedMonotonic: clock.monotonic(),
      bootId: brokerage.bootId,
      known: [attempt.previous?.token, found?.token].filter((each) => each instanceof Object),
      policy,
      random,
    });
    if (warning !== null) this.apiLogger.warn(credential, warning);
    this.assertUsable(token, found);
    events.emit('issued', { credential, expiresAt: token.getExpiryDatetime(), tookMs });
    return token;
  }

  /** @throws KisTokenRejectedError, KisBadResponseError */
  private assertUsable(token: KisToken, found: StoredToken | null): void {
    const isRefused = this.cache.isRefused(token) || token.fingerprint === found?.claim.rejected;
    if (!isRefused && this.remainingMs(token) > TOKEN_MARGIN_MS) return;
    this.context.events.emit('noProgress', { credential: this.context.credential });
    throw isRefused ? sameTokenRefused() : alreadyExpired(token.expiresAt);
  }

  /**
   * How the claim ends after an issue. A token that is due for renewal at once is used, but counts as a failure, so that
   * the pauses grow. When it is the cached token, the pause ends with it at the latest; a new one like that makes
   * another request soon no more useful.
   */
  private settlementAfter({ claim }: WonClaim, token: KisToken, unchanged: boolean): ClaimSettlement {
    const { clock, credential, events, policy } = this.context;
    const remainingMs = this.remainingMs(token);
    if (zoneOf(token, remainingMs, policy.bufferMs) === 'fresh')
      return { cooldownMs: shortestPause(policy.issueIntervalMs), failure: null };
    events.emit('noProgress', { credential });
    const message = unchanged
      ? 'KIS answered with the token that is in use already.'
      : 'KIS answered with a token that is about to end.';
    this.logger.warn(credential, `${message} It is used; another request follows later.`);
    const failure = { code: 'TOKEN_ISSUE_COOLDOWN', message, at: clock.now() } as const;
    const error = new KisBadResponseError(message);
    return { cooldownMs: this.cooldown(error, claim.failures, unchanged ? remainingMs : 0), failure };
  }

  /**
   * Saves the token first and settles the claim second: a claim that has ended without its token would make others
   * request one. Callers do not wait for the settlement, and for the save not long.
   * @returns the outcome of the save; `undefined` when that takes too long.
   */
  private async keep(
    won: WonClaim,
    token: KisToken,
    settlement: ClaimSettlement,
  ): Promise<SaveOutcome | undefined> {
    const { clock, policy } = this.context;
    this.cache.noteSaving(token, won.localOnly);
    const before = this.saving;
    const saved = this.persistence.save(token);
    const saving = saved
      .then((outcome) => {
        const isLost = outcome === 'failed' && policy.shortLived;
        return this.claims.settle(won, isLost ? this.lost(won) : settlement);
      })
      .then(() => before ?? undefined)
      .finally(() => {
        if (this.saving === saving) this.saving = null;
      });
    this.saving = saving;
    return within(saved, SAVE_WAIT_MS, clock);
  }

  /** The token is lost with this process, and the next one needs another: the pauses have to grow. */
  private lost({ claim }: WonClaim): ClaimSettlement {
    const error = new KisTokenStoreError('A token was issued that could not be stored.');
    const failure: ClaimFailure = {
      code: error.code,
      message: error.message,
      at: this.context.clock.now(),
    };
    return { cooldownMs: this.cooldown(error, claim.failures, 0), failure };
  }

  private async fail({ attempt, won, replacedAt }: IssueOrder, thrown: unknown): Promise<AcquiredToken> {
    const { clock, credential, events } = this.context;
    const error = thrown instanceof KisError ? thrown : unexpected(thrown);
    const cooldownMs = this.pauseAfter(error, attempt, won);
    const retryAt = new Date(clock.now() + cooldownMs);
    error.retryAt = retryAt;
    const failure = { code: error.code, message: error.message, at: clock.now() };
    // KIS has answered with the refused token again: that counts as a replacement, and the next one is delayed.
    const replaced = error instanceof KisTokenRejectedError ? {} : { replacedAt };
    await this.claims.settle(won, { cooldownMs, failure, unused: error.unsent, ...replaced });
    const adopted = error instanceof KisTokenCooldownError ? await this.watchStore(attempt, won) : null;
    if (adopted) return adopted;
    this.claims.noteFailure(failure.at);
    this.logger.failure(credential, error, 'No new token');
    this.logger.log(credential, `The next request for a token is due at ${localTime(retryAt.getTime())}`);
    events.emit('refreshFailed', { credential, code: error.code, message: error.message, retryAt });
    throw error;
  }

  /** EGW00133: a program that does not know our claims has just been issued a token, and will store it. */
  private async watchStore(attempt: TokenAttempt, won: WonClaim): Promise<AcquiredToken | null> {
    const { clock, request } = this.context;
    const resultBy = won.takenAt + request.timeoutMs + RESULT_GRACE_MS;
    const until = Math.min(clock.monotonic() + WATCH_STORE_MS, resultBy);
    while (clock.monotonic() < until) {
      const adopted = this.cache.adoptable(attempt, await this.persistence.read());
      if (adopted) return adopted;
      await clock.sleep(WATCH_EVERY_MS);
    }
    return null;
  }

  private pauseAfter(error: KisError, { previous }: TokenAttempt, won: WonClaim): number {
    if (error.unsent) return pauseAfterUnsent(won.local.unsent, this.context.random.next());
    return this.cooldown(error, won.claim.failures, previous?.remainingMs() ?? 0);
  }

  private cooldown(error: KisError, failures: number, remainingMs: number): number {
    const { policy, random } = this.context;
    return cooldownAfterFailure({ error, failures, remainingMs }, policy, random.next());
  }

  /** Remaining life of a token that has just come. */
  private remainingMs(token: KisToken): number {
    return new CachedToken(token, 'api', this.context.brokerage).remainingMs();
  }
}

/** A request to KIS that may be sent. */
export interface IssueOrder {
  readonly attempt: TokenAttempt;
  readonly won: WonClaim;
  /** For the exchange with KIS. */
  readonly timeoutMs: number;
  /** What the store had at the last look. */
  readonly found: StoredToken | null;
  /** {@link KisClaim.replacedAt} before this claim; it is restored when no token comes. */
  readonly replacedAt: number;
}

/** A store that takes longer to save a token must not withhold it from the callers that wait for it. */
const SAVE_WAIT_MS = 1000;
/** After EGW00133 another program has just been issued a token: the store is watched for it for this long. */
const WATCH_STORE_MS = 5000;
const WATCH_EVERY_MS = 250;
/** Callers wait at least this much longer than the request timeout, so a result within it reaches them. */
const RESULT_GRACE_MS = 1000;

function unexpected(thrown: unknown): KisUnavailableError {
  return new KisUnavailableError(`Requesting a token from KIS failed unexpectedly: ${messageOf(thrown)}.`, {
    cause: thrown,
  });
}
