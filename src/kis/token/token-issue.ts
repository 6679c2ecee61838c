import { Logger } from '@nestjs/common';
import type { KisAuthClient } from '../auth/kis-auth.client';
import type { KisClock, KisRandom } from '../clock';
import type { KisCredential } from '../kis-credential';
import {
  KisBadResponseError,
  KisError,
  KisTokenCooldownError,
  KisTokenRejectedError,
  KisUnavailableError,
} from '../kis.errors';
import type { KisTokenEvents } from '../kis.events';
import type { KisRequestPolicy, KisTokenPolicy } from '../kis.options';
import { cooldownAfterFailure, cooldownAfterSuccess } from './backoff';
import type { BrokerageClock } from './brokerage-clock';
import type { ClaimFailure } from './claim';
import type { ClaimGate, WonClaim } from './claim-gate';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { localTime } from './local-time';
import { adoptable, type ObtainedToken, type TokenGoal } from './token-goal';
import type { TokenMaker } from './token-maker';
import { zoneOf } from './token-rules';
import type { TokenVault } from './token-vault';

/** A store that is slower than this must not keep a good token from those who wait for it. */
const SAVE_PATIENCE_MS = 1000;
/** After EGW00133 another program has just got a token: this long it is looked for in the store. */
const LOOK_FOR_OTHERS_MS = 5000;
const LOOK_EVERY_MS = 250;

export interface TokenIssueParts {
  readonly credential: KisCredential;
  readonly policy: KisTokenPolicy;
  readonly request: KisRequestPolicy;
  readonly vault: TokenVault;
  readonly auth: KisAuthClient;
  readonly maker: TokenMaker;
  readonly brokerage: BrokerageClock;
  readonly events: KisTokenEvents;
  readonly clock: KisClock;
  readonly random: KisRandom;
}

/** What an attempt begins with. */
export interface IssueOrder {
  readonly won: WonClaim;
  /** How long KIS may take. */
  readonly withinMs: number;
  /** What the store had when it was last looked into. */
  readonly found: StoredToken | null;
  /** {@link KisClaim.replacedAt} before this claim: it stands when no token comes. */
  readonly replacedAt: number;
  readonly goal: TokenGoal;
}

/** An issue that brought a token, but no progress. */
interface FailedIssue {
  readonly failure: ClaimFailure;
  /** What is left of the token that is used meanwhile; 0 when asking soon is not worth it. */
  readonly spareMs: number;
}

/** One request to the token endpoint under a claim that was won, with all that follows from its answer. */
export class TokenIssue {
  private readonly logger = new Logger('TokenManager');
  private running: Promise<void> = Promise.resolve();
  private keeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly gate: ClaimGate,
    private readonly parts: TokenIssueParts,
  ) {}

  /** Asks once. Rejects with KisError, its `retryAt` set. */
  run(order: IssueOrder): Promise<ObtainedToken> {
    const asked = this.askAndKeep(order);
    const before = this.running;
    const kept = asked.then(
      () => this.keeping,
      () => undefined,
    );
    this.running = kept.then(() => before);
    return asked;
  }

  /** Waits until a request under way is answered, its token kept and its claim settled. */
  drain(): Promise<void> {
    return this.running;
  }

  private async askAndKeep(order: IssueOrder): Promise<ObtainedToken> {
    let token: KisToken;
    try {
      token = await this.ask(order);
    } catch (error) {
      return this.fail(order, error);
    }
    const unchanged = token.fingerprint === order.goal.held?.fingerprint;
    await this.keep(order.won, token, this.lackOfProgress(token, unchanged));
    return { token, outcome: unchanged ? 'unchanged' : 'refreshed' };
  }

  private async ask({ won, withinMs, found, goal }: IssueOrder): Promise<KisToken> {
    const { auth, brokerage, clock, credential, events, maker } = this.parts;
    const askedAt = clock.monotonic();
    const issued = await auth.issue(credential, withinMs);
    const tookMs = clock.monotonic() - askedAt;
    brokerage.compare(issued.serverTime, tookMs);
    const token = maker.make(issued, {
      credential,
      generation: won.claim.generation,
      receivedAt: brokerage.now(),
      receivedMonotonic: clock.monotonic(),
      bootId: clock.bootId,
      known: [goal.held, found?.token].filter((each) => each instanceof Object),
    });
    this.refuseUseless(token, goal.refused(token) || token.fingerprint === found?.claim.rejected);
    events.emit('issued', { credential, expiresAt: token.getExpiryDatetime(), tookMs });
    return token;
  }

  private refuseUseless(token: KisToken, refused: boolean): void {
    if (refused) {
      this.parts.events.emit('noProgress', { credential: this.parts.credential });
      throw new KisTokenRejectedError(
        'KIS answered with the very token that it refuses. It does so for six hours after an issue when a token was ' +
          'revoked; until then only a new app key helps (KIS Developers, 앱키 재발급).',
      );
    }
    if (this.remainingMs(token) > TOKEN_MARGIN_MS) return;
    this.parts.events.emit('noProgress', { credential: this.parts.credential });
    throw new KisBadResponseError(
      `KIS answered with a token that has ended already (${new Date(token.expiresAt).toISOString()}). ` +
        'Trying again later usually helps; if it does not, compare the clock of this machine with the real time.',
    );
  }

  /**
   * A token that wants to be renewed at once is used, but counts as a failure, so that KIS is asked ever less often.
   * The token in hand may come again: then the pause ends with it at the latest. A new one like that is no use.
   */
  private lackOfProgress(token: KisToken, unchanged: boolean): FailedIssue | null {
    const { clock, credential, events, policy } = this.parts;
    if (zoneOf(token, this.remainingMs(token), policy.bufferMs) === 'fresh') return null;
    events.emit('noProgress', { credential });
    const message = unchanged
      ? 'KIS answered with the token that is in use already.'
      : 'KIS answered with a token that is about to end.';
    this.logger.warn(`${message} It is used; KIS is asked again later.`);
    const failure = { code: 'TOKEN_ISSUE_COOLDOWN', message, at: clock.now() } as const;
    return { failure, spareMs: unchanged ? this.remainingMs(token) : 0 };
  }

  /** Saves and settles; goes on in the background when the store is slow. Never rejects. */
  private async keep(won: WonClaim, token: KisToken, failed: FailedIssue | null): Promise<void> {
    const { clock, credential, policy, vault } = this.parts;
    const failure = failed?.failure ?? null;
    const cooldownMs = failed
      ? this.cooldown(new KisBadResponseError(failed.failure.message), won.claim.failures, failed.spareMs)
      : cooldownAfterSuccess(policy.issueIntervalMs);
    this.keeping = vault.save(token).then(() => this.gate.settle(credential, won, { cooldownMs, failure }));
    await Promise.race([this.keeping, clock.sleep(SAVE_PATIENCE_MS)]);
  }

  private async fail({ won, goal, replacedAt }: IssueOrder, thrown: unknown): Promise<ObtainedToken> {
    const { clock, credential, events } = this.parts;
    const error = thrown instanceof KisError ? thrown : unexpected(thrown);
    const cooldownMs = this.cooldown(error, won.claim.failures, goal.held ? this.remainingMs(goal.held) : 0);
    const retryAt = new Date(clock.now() + cooldownMs);
    error.retryAt = retryAt;
    const failure = { code: error.code, message: error.message, at: clock.now() };
    // The refused token once more: that is an answer, and the next replacement keeps its distance.
    const replaced = error instanceof KisTokenRejectedError ? {} : { replacedAt };
    await this.gate.settle(credential, won, { cooldownMs, failure, ...replaced });
    const others = error instanceof KisTokenCooldownError ? await this.lookForOthers(goal) : null;
    if (others) return others;
    this.logger.warn(
      `No new token (${error.code}); the next request is due at ${localTime(retryAt.getTime())}`,
    );
    events.emit('refreshFailed', { credential, code: error.code, message: error.message, retryAt });
    throw error;
  }

  /** EGW00133 without a token: a program that knows nothing of our claims has just got one, and will store it. */
  private async lookForOthers(goal: TokenGoal): Promise<ObtainedToken | null> {
    const { clock, vault } = this.parts;
    for (let waitedMs = 0; waitedMs < LOOK_FOR_OTHERS_MS; waitedMs += LOOK_EVERY_MS) {
      const adopted = adoptable(await vault.read(), goal);
      if (adopted) return adopted;
      await clock.sleep(LOOK_EVERY_MS);
    }
    return null;
  }

  private cooldown(error: KisError, failures: number, remainingMs: number): number {
    const { policy, random } = this.parts;
    return cooldownAfterFailure({ error, failures, remainingMs }, policy, random.next());
  }

  private remainingMs(token: KisToken): number {
    return token.expiresAt - this.parts.brokerage.now();
  }
}

function unexpected(thrown: unknown): KisUnavailableError {
  return new KisUnavailableError(`Asking KIS for a token failed unexpectedly: ${messageOf(thrown)}.`, {
    cause: thrown,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
