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

/** One request to the token endpoint under a claim that was won, with all that follows from its answer. */
export class TokenIssue {
  private readonly logger = new Logger('TokenManager');
  private running: Promise<void> = Promise.resolve();
  private keeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly gate: ClaimGate,
    private readonly parts: TokenIssueParts,
  ) {}

  /** Asks once, within `withinMs`. Rejects with KisError, its `retryAt` set. */
  run(won: WonClaim, withinMs: number, found: StoredToken | null, goal: TokenGoal): Promise<ObtainedToken> {
    const asked = this.askAndKeep(won, withinMs, found, goal);
    this.running = asked.then(
      () => this.keeping,
      () => undefined,
    );
    return asked;
  }

  /** Waits until a request under way is answered, the token kept and the claim settled. */
  drain(): Promise<void> {
    return this.running;
  }

  private async askAndKeep(
    won: WonClaim,
    withinMs: number,
    found: StoredToken | null,
    goal: TokenGoal,
  ): Promise<ObtainedToken> {
    let token: KisToken;
    try {
      token = await this.ask(won, withinMs, found, goal);
    } catch (error) {
      return this.fail(won, error, goal);
    }
    const unchanged = token.fingerprint === goal.held?.fingerprint;
    const failure = unchanged ? this.lackOfProgress(token) : null;
    await this.keep(won, token, failure);
    return { token, outcome: unchanged ? 'unchanged' : 'refreshed' };
  }

  private async ask(
    won: WonClaim,
    withinMs: number,
    found: StoredToken | null,
    goal: TokenGoal,
  ): Promise<KisToken> {
    const { auth, brokerage, clock, credential, events, maker } = this.parts;
    const askedAt = clock.monotonic();
    const issued = await auth.issue(credential, withinMs);
    const tookMs = clock.monotonic() - askedAt;
    brokerage.compare(issued.serverTime, tookMs);
    const token = maker.make(issued, {
      credential,
      generation: won.claim.generation,
      receivedAt: brokerage.now(),
      known: [goal.held, found?.token].filter((each) => each instanceof Object),
    });
    this.refuseUseless(token, [found?.claim.rejected, goal.refused]);
    events.emit('issued', { credential, expiresAt: token.getExpiryDatetime(), tookMs });
    return token;
  }

  private refuseUseless(token: KisToken, rejected: readonly (string | null | undefined)[]): void {
    const remainingMs = token.expiresAt - this.parts.brokerage.now();
    if (rejected.includes(token.fingerprint)) {
      this.parts.events.emit('noProgress', { credential: this.parts.credential });
      throw new KisTokenRejectedError(
        'KIS answered with the very token that it refuses. It does so for six hours after an issue when a token was ' +
          'revoked; until then only a new app key helps (KIS Developers, 앱키 재발급).',
      );
    }
    if (remainingMs > TOKEN_MARGIN_MS) return;
    this.parts.events.emit('noProgress', { credential: this.parts.credential });
    throw new KisBadResponseError(
      `KIS answered with a token that has ended already (${new Date(token.expiresAt).toISOString()}). ` +
        'Trying again later usually helps; if it does not, compare the clock of this machine with the real time.',
    );
  }

  /** KIS may answer with the token in hand. That is fine unless it was asked because that one is about to end. */
  private lackOfProgress(token: KisToken): ClaimFailure | null {
    const { brokerage, clock, credential, events, policy } = this.parts;
    if (zoneOf(token, token.expiresAt - brokerage.now(), policy.bufferMs) === 'fresh') return null;
    events.emit('noProgress', { credential });
    const message = 'KIS answered with the token that is in use already.';
    this.logger.warn(`${message} It stays in use; KIS is asked again later.`);
    return { code: 'TOKEN_ISSUE_COOLDOWN', message, at: clock.now() };
  }

  /** Saves and settles; goes on in the background when the store is slow. Never rejects. */
  private async keep(won: WonClaim, token: KisToken, failure: ClaimFailure | null): Promise<void> {
    const { clock, policy } = this.parts;
    const cooldownMs = failure
      ? this.cooldown(new KisTokenCooldownError(failure.message), won.claim.failures + 1, token)
      : cooldownAfterSuccess(policy.issueIntervalMs);
    this.keeping = this.parts.vault
      .save(token)
      .then(() => this.gate.settle(this.parts.credential, won.claim, { cooldownMs, failure }));
    await Promise.race([this.keeping, clock.sleep(SAVE_PATIENCE_MS)]);
  }

  private async fail(won: WonClaim, thrown: unknown, goal: TokenGoal): Promise<ObtainedToken> {
    const { clock, credential, events } = this.parts;
    const error = thrown instanceof KisError ? thrown : unexpected(thrown);
    const cooldownMs = this.cooldown(error, won.claim.failures, goal.held);
    const retryAt = new Date(clock.now() + cooldownMs);
    error.retryAt = retryAt;
    const failure = { code: error.code, message: error.message, at: clock.now() };
    await this.gate.settle(credential, won.claim, { cooldownMs, failure });
    const others = error instanceof KisTokenCooldownError ? await this.lookForOthers(goal) : null;
    if (others) return others;
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

  private cooldown(error: KisError, failures: number, held: KisToken | null): number {
    const { brokerage, policy, random } = this.parts;
    const remainingMs = held ? held.expiresAt - brokerage.now() : 0;
    return cooldownAfterFailure({ error, failures, remainingMs }, policy, random.next());
  }
}

function unexpected(thrown: unknown): KisUnavailableError {
  return new KisUnavailableError(`Asking KIS for a token failed unexpectedly: ${messageOf(thrown)}.`, { cause: thrown });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
