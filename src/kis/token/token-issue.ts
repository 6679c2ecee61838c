import { AccountLogger } from '../account-logger';
import {
  KisBadResponseError,
  KisError,
  KisTokenCooldownError,
  KisTokenRejectedError,
  KisUnavailableError,
} from '../kis.errors';
import { cooldownAfterFailure, cooldownAfterSuccess, pauseAfterUnsent } from './backoff';
import type { ClaimFailure } from './claim';
import type { ClaimGate, WonClaim } from './claim-gate';
import { CachedToken } from './cached-token';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { localTime } from './local-time';
import { messageOf } from './message-of';
import type { TokenAttempt } from './token-attempt';
import type { TokenInHand } from './token-in-hand';
import { TokenMaker } from './token-maker';
import type { TokenParts } from './token-parts';
import { isDeleted, zoneOf } from './token-rules';
import type { ObtainedToken, TokenState } from './token-state';
import type { SaveOutcome, TokenVault } from './token-vault';
import { within } from './within';

/** A store that is slower than this must not keep a good token from those who wait for it. */
const SAVE_PATIENCE_MS = 1000;
/** After EGW00133 another program has just got a token: this long it is looked for in the store. */
const LOOK_FOR_OTHERS_MS = 5000;
const LOOK_EVERY_MS = 250;
/** Callers wait this long beyond the request timeout at least: what is known is to reach them in time. */
const TELL_WITHIN_MS = 1000;

/** What a request begins with. */
export interface IssueOrder {
  readonly attempt: TokenAttempt;
  readonly won: WonClaim;
  /** How long KIS may take. */
  readonly withinMs: number;
  /** What the store had when it was last looked into. */
  readonly found: StoredToken | null;
  /** {@link KisClaim.replacedAt} before this claim: it stands when no token comes. */
  readonly replacedAt: number;
}

/** An issue that brought a token, but no progress. */
interface FailedIssue {
  readonly failure: ClaimFailure;
  /** What is left of the token that is used meanwhile; 0 when asking soon is not worth it. */
  readonly spareMs: number;
}

/** One request to the token endpoint under a claim that was won, with all that follows from its answer. */
export class TokenIssue {
  private readonly logger = new AccountLogger('TokenManager');
  private readonly maker: TokenMaker;

  constructor(
    private readonly parts: TokenParts,
    private readonly vault: TokenVault,
    private readonly hand: TokenInHand,
    private readonly gate: ClaimGate,
  ) {
    this.maker = new TokenMaker(parts.policy, parts.random);
  }

  /**
   * Asks once. Resolves when there is a token and it is stored; one that a slow store takes long to keep is given out
   * before: see `keeping` of the state. Rejects with KisError, its `retryAt` set.
   */
  async run(order: IssueOrder): Promise<ObtainedToken> {
    const { state, since } = order.attempt;
    let token: KisToken;
    try {
      token = await this.ask(order);
    } catch (error) {
      return this.fail(order, error);
    }
    const unchanged = token.fingerprint === since?.token.fingerprint;
    const kept = await this.keep(state, order.won, token, this.lackOfProgress(state, token, unchanged));
    if (kept === 'superseded' && !order.won.isAlone) await this.refuseDeleted(state, token);
    return { token, outcome: unchanged ? 'unchanged' : 'refreshed' };
  }

  /** A deletion, by any process, wins over a request that was under way. @throws KisTokenCooldownError */
  private async refuseDeleted(state: TokenState, token: KisToken): Promise<void> {
    const stored = await this.vault.read(state);
    if (!stored || !isDeleted(token, stored.claim)) return;
    this.logger.log(state.credential, 'The token was deleted while it was being requested; it is not used.');
    const { clock, policy } = this.parts;
    throw new KisTokenCooldownError(
      'The token was deleted while a new one was being requested, so the new one is not used. Try again after the ' +
        'minute that KIS wants between two requests.',
      { retryAt: new Date(clock.now() + cooldownAfterSuccess(policy.issueIntervalMs)) },
    );
  }

  private async ask({ attempt: { state, since }, won, withinMs, found }: IssueOrder): Promise<KisToken> {
    const { auth, clock, events } = this.parts;
    const { brokerage, credential } = state;
    const askedAt = clock.monotonic();
    state.asked = true;
    const issued = await auth.issue(credential, withinMs).catch((error: unknown) => {
      // A refusal tells the time as well.
      if (error instanceof KisError)
        brokerage.compare(credential, error.serverTime ?? null, clock.monotonic() - askedAt);
      throw error;
    });
    const tookMs = clock.monotonic() - askedAt;
    const token = this.maker.make(issued, {
      credential,
      generation: won.claim.generation,
      received: brokerage.timeOfIssue(credential, issued, tookMs),
      receivedMonotonic: clock.monotonic(),
      bootId: brokerage.bootId,
      known: [since?.token, found?.token].filter((each) => each instanceof Object),
    });
    const refused = this.hand.isRefused(state, token) || token.fingerprint === found?.claim.rejected;
    this.refuseUseless(state, token, refused);
    events.emit('issued', { credential, expiresAt: token.getExpiryDatetime(), tookMs });
    return token;
  }

  private refuseUseless(state: TokenState, token: KisToken, refused: boolean): void {
    const { credential } = state;
    if (refused) {
      this.parts.events.emit('noProgress', { credential });
      throw new KisTokenRejectedError(
        'KIS returned the same token that it refuses. It does so for six hours after an issue when a token was ' +
          'revoked; until then only a new app key helps (KIS Developers, 앱키 재발급).',
      );
    }
    if (remainingMs(state, token) > TOKEN_MARGIN_MS) return;
    this.parts.events.emit('noProgress', { credential });
    throw new KisBadResponseError(
      `KIS returned a token that has already expired (${new Date(token.expiresAt).toISOString()}). ` +
        'Try again later; if that does not help, check the clock of this machine.',
    );
  }

  /**
   * A token that wants to be renewed at once is used, but counts as a failure, so that KIS is asked ever less often.
   * The token in hand may come again: then the pause ends with it at the latest. A new one like that is no use.
   */
  private lackOfProgress(state: TokenState, token: KisToken, unchanged: boolean): FailedIssue | null {
    const { clock, events, policy } = this.parts;
    const leftMs = remainingMs(state, token);
    if (zoneOf(token, leftMs, policy.bufferMs) === 'fresh') return null;
    events.emit('noProgress', { credential: state.credential });
    const message = unchanged
      ? 'KIS answered with the token that is in use already.'
      : 'KIS answered with a token that is about to end.';
    this.logger.warn(state.credential, `${message} It is used; KIS is asked again later.`);
    const failure = { code: 'TOKEN_ISSUE_COOLDOWN', message, at: clock.now() } as const;
    return { failure, spareMs: unchanged ? leftMs : 0 };
  }

  /**
   * Saves first and settles then: a claim that has ended without its token would have others ask again. Nobody waits for
   * the second, and for the first not long.
   * @returns what came of saving; `undefined` when that takes too long.
   */
  private async keep(
    state: TokenState,
    won: WonClaim,
    token: KisToken,
    failed: FailedIssue | null,
  ): Promise<SaveOutcome | undefined> {
    const failure = failed?.failure ?? null;
    const cooldownMs = failed
      ? this.cooldown(new KisBadResponseError(failed.failure.message), won.claim.failures, failed.spareMs)
      : cooldownAfterSuccess(this.parts.policy.issueIntervalMs);
    const before = state.keeping;
    if (!won.isAlone) state.unsaved = token.fingerprint;
    const saved = this.vault.save(state, token);
    const keeping = saved
      .then(() => this.gate.settle(state, won, { cooldownMs, failure }))
      .then(() => before ?? undefined)
      .finally(() => {
        if (state.keeping === keeping) state.keeping = null;
      });
    state.keeping = keeping;
    return within(saved, SAVE_PATIENCE_MS, this.parts.clock);
  }

  private async fail({ attempt, won, replacedAt }: IssueOrder, thrown: unknown): Promise<ObtainedToken> {
    const { clock, events } = this.parts;
    const { state } = attempt;
    const { credential } = state;
    const error = thrown instanceof KisError ? thrown : unexpected(thrown);
    const cooldownMs = this.pauseAfter(error, attempt, won);
    const retryAt = new Date(clock.now() + cooldownMs);
    error.retryAt = retryAt;
    const failure = { code: error.code, message: error.message, at: clock.now() };
    // The refused token once more: that is an answer, and the next replacement keeps its distance.
    const replaced = error instanceof KisTokenRejectedError ? {} : { replacedAt };
    await this.gate.settle(state, won, { cooldownMs, failure, unused: error.unsent, ...replaced });
    const others = error instanceof KisTokenCooldownError ? await this.lookForOthers(attempt, won) : null;
    if (others) return others;
    this.logger.failure(credential, error, 'No new token');
    this.logger.log(credential, `The next request for a token is due at ${localTime(retryAt.getTime())}`);
    events.emit('refreshFailed', { credential, code: error.code, message: error.message, retryAt });
    throw error;
  }

  /** EGW00133 without a token: a program that knows nothing of our claims has just got one, and will store it. */
  private async lookForOthers(attempt: TokenAttempt, won: WonClaim): Promise<ObtainedToken | null> {
    const { clock } = this.parts;
    const tellBy = won.takenAt + attempt.state.request.timeoutMs + TELL_WITHIN_MS;
    const until = Math.min(clock.monotonic() + LOOK_FOR_OTHERS_MS, tellBy);
    while (clock.monotonic() < until) {
      const adopted = this.hand.adoptable(attempt, await this.vault.read(attempt.state));
      if (adopted) return adopted;
      await clock.sleep(LOOK_EVERY_MS);
    }
    return null;
  }

  private pauseAfter(error: KisError, { since }: TokenAttempt, won: WonClaim): number {
    if (error.unsent) return pauseAfterUnsent(won.here.unsent, this.parts.random.next());
    return this.cooldown(error, won.claim.failures, since?.remainingMs() ?? 0);
  }

  private cooldown(error: KisError, failures: number, leftMs: number): number {
    const { policy, random } = this.parts;
    return cooldownAfterFailure({ error, failures, remainingMs: leftMs }, policy, random.next());
  }
}

/** What is left of a token that has just come. */
function remainingMs({ brokerage }: TokenState, token: KisToken): number {
  return new CachedToken(token, 'api', brokerage).remainingMs();
}

function unexpected(thrown: unknown): KisUnavailableError {
  return new KisUnavailableError(`Requesting a token from KIS failed unexpectedly: ${messageOf(thrown)}.`, {
    cause: thrown,
  });
}
