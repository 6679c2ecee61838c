import { Logger } from '@nestjs/common';
import { KisError, KisTimeoutError, KisTokenRejectedError, KisUnavailableError } from '../kis.errors';
import type { KisAnswerFacts } from '../kis.errors';
import type { KisRequestPolicy } from '../kis.options';
import { TOO_YOUNG_TO_EXPIRE_MS } from './backoff';
import type { HeldToken } from './held-token';
import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import type { ObtainedToken, TokenGoal } from './token-goal';
import { TokenInHand, type TokenInHandParts } from './token-in-hand';
import { CLOCK_TOLERANCE_MS } from './token-rules';
import type { TokenSource } from './token-source';
import { within } from './within';

/** Inside the buffer a caller waits this long for an attempt under way, then takes the token that is still good. */
const STALE_PATIENCE_MS = 2000;
/** Beyond the request timeout, for the store and the way back. */
const WAIT_GRACE_MS = 2000;
/** Without a token, callers of one moment share one look at the store. */
const SHARED_FAILURE_MS = 250;
/** After a failure that names no moment for the next attempt, none begins in the background for this long. */
const QUIET_MS = 5000;

export interface TokenKeeperParts extends TokenInHandParts {
  readonly request: KisRequestPolicy;
  readonly source: TokenSource;
}

interface FailedFlight {
  readonly error: KisError;
  readonly at: Date;
  /** Monotonic milliseconds: before this no background attempt begins. */
  readonly quietUntil: number;
  /** Monotonic milliseconds: before this a caller without a token gets the same error. */
  readonly sharedUntil: number;
}

/** Hands out the token of one credential, has it renewed, replaces it when KIS refuses it. */
export class TokenKeeper {
  readonly hand: TokenInHand;
  private readonly logger = new Logger('KISClient');
  private flight: Promise<ObtainedToken> | null = null;
  /** The refusal that is being looked into. */
  private discarding: Promise<void> | null = null;
  private failed: FailedFlight | null = null;
  private closed = false;

  constructor(readonly parts: TokenKeeperParts) {
    this.hand = new TokenInHand(parts);
  }

  /** The last attempt when it failed; `null` once there is a newer token. */
  get lastFailure(): { readonly error: KisError; readonly at: Date } | null {
    return this.failed;
  }

  /** Whether nothing is to be tried in the background for now. */
  get quiet(): boolean {
    return this.closed || (this.failed !== null && this.parts.clock.monotonic() < this.failed.quietUntil);
  }

  /** Fresh and due: the token itself. Expiring: a promise of at most 2 s. Else of at most request timeout + 2 s. */
  getToken(signal?: AbortSignal): KisToken | Promise<KisToken> {
    const { current, zone } = this.hand;
    if (current === null || zone === 'expired') return this.waitForToken(signal);
    if (zone === 'expiring') return this.serveStale(current, signal);
    if (zone === 'fresh') this.hand.confirmFresh(current);
    else this.kick();
    return current.token;
  }

  /** KIS refused `token`: another one to replay with. All callers of one moment share one attempt. */
  async replaceRefused(token: KisToken, answer: KisAnswerFacts, signal?: AbortSignal): Promise<KisToken> {
    for (;;) {
      const better = this.hand.usable;
      if (better && better.fingerprint !== token.fingerprint) return better;
      if (this.hand.isRefused(token)) return this.waitForToken(signal);
      // The one under way may be about another token: then the next round looks into this one.
      this.discarding ??= this.discard(token, answer).finally(() => {
        this.discarding = null;
      });
      await within(this.discarding, this.longestWaitMs, this.parts.clock, signal);
    }
  }

  /** Looks into the store and takes over what is better than the token in hand. */
  async lookUp(): Promise<StoredToken | null> {
    const stored = await this.parts.vault.read();
    const before = this.hand.current;
    this.hand.learn(stored);
    if (this.hand.current !== before) this.failed = null;
    return stored;
  }

  /** One attempt, shared by all who want one while it lasts. Rejects with KisError. */
  renew(): Promise<ObtainedToken> {
    const { hand } = this;
    const since = hand.current;
    this.flight ??= this.fly({
      held: since?.token ?? null,
      lost: hand.lost,
      relaxed: hand.zone === 'fresh' || hand.zone === 'due',
      refused: (token) => hand.isRefused(token),
      wanted: (token, stored) => hand.wants(token, stored, since),
    }).finally(() => {
      this.flight = null;
    });
    return this.flight;
  }

  /** At the start: says where tokens are kept, and takes the stored one into memory. Asks nobody else. */
  async open(): Promise<void> {
    const { credential, vault } = this.parts;
    const manager = new Logger('TokenManager');
    manager.log(`Initialized for ${credential.mode.toLowerCase()} mode`);
    manager.log(vault.place ? `Token file: ${vault.place}` : `Tokens are kept in: ${vault.kind}`);
    await vault.probe();
    this.logger.log('Checking for cached token...');
    const stored = await this.lookUp();
    if (stored?.absence === 'missing' || stored?.absence === 'no-place') manager.log('No token file found');
  }

  /** No request begins any more; one under way is finished and its token kept. */
  async close(): Promise<void> {
    const { clock, source } = this.parts;
    this.closed = true;
    source.close();
    if (this.flight) await within(settled(this.flight), this.longestWaitMs, clock);
    await within(source.drain(), this.longestWaitMs, clock);
  }

  /** Without a token: for the request, the store and the way back. */
  private get longestWaitMs(): number {
    return this.parts.request.timeoutMs + WAIT_GRACE_MS;
  }

  /** Begins an attempt in the background, unless one is under way or the last has just failed. */
  private kick(): void {
    if (this.flight || this.quiet) return;
    // Its failure is told by events and log; nobody waits for it.
    void this.renew().catch(() => undefined);
  }

  private async serveStale(held: HeldToken, signal?: AbortSignal): Promise<KisToken> {
    const { clock, credential, events } = this.parts;
    this.kick();
    if (this.flight) await within(settled(this.flight), STALE_PATIENCE_MS, clock, signal);
    const token = this.hand.usable;
    if (!token) return this.waitForToken(signal);
    if (token === held.token) {
      events.emit('staleServed', { credential, remainingSeconds: Math.floor(held.remainingMs() / 1000) });
    }
    return token;
  }

  private async waitForToken(signal?: AbortSignal): Promise<KisToken> {
    const { clock, credential, events } = this.parts;
    const began = clock.monotonic();
    signal?.throwIfAborted();
    if (this.failed && began < this.failed.sharedUntil) throw this.failed.error;
    await within(this.renew(), this.longestWaitMs, clock, signal);
    events.emit('waited', { credential, waitedMs: clock.monotonic() - began });
    const token = this.hand.usable;
    if (token) return token;
    throw new KisTimeoutError(
      'No token arrived in time. The request for one goes on, here or in another process; try again shortly.',
      { retryAt: new Date(clock.now() + 1000) },
    );
  }

  private async fly(goal: TokenGoal): Promise<ObtainedToken> {
    try {
      const obtained = await this.parts.source.obtain(goal);
      if (goal.refused(obtained.token)) throw refusedMeanwhile();
      this.hand.hold(obtained);
      this.failed = null;
      return obtained;
    } catch (thrown) {
      const { clock } = this.parts;
      const error =
        thrown instanceof KisError ? thrown : new KisUnavailableError(String(thrown), { cause: thrown });
      const now = clock.monotonic();
      const quietMs = error.retryAt ? error.retryAt.getTime() - clock.now() : QUIET_MS;
      const at = new Date(clock.now());
      this.failed = { error, at, quietUntil: now + quietMs, sharedUntil: now + SHARED_FAILURE_MS };
      throw error;
    }
  }

  /** Marks a token as refused, unless the store has a better one already. */
  private async discard(token: KisToken, answer: KisAnswerFacts): Promise<void> {
    const { brokerage, credential, events, vault } = this.parts;
    await this.lookUp();
    const better = this.hand.usable;
    if (better && better.fingerprint !== token.fingerprint) return;
    const ageMs = brokerage.now() - token.issuedAt;
    // Far below zero the clock went back, and the age is not known.
    if (ageMs > -CLOCK_TOLERANCE_MS && ageMs < TOO_YOUNG_TO_EXPIRE_MS) throw refusedAtOnce(answer, ageMs);
    this.logger.warn(`KIS refused the token (${answer.msgCd} ${answer.msg1}); it is replaced.`);
    events.emit('rejected', { credential, msgCd: answer.msgCd });
    this.hand.refuse(token);
    await vault.reject(token.fingerprint);
  }
}

/** Ends with the work, however that ends. */
function settled(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => undefined,
    () => undefined,
  );
}

function refusedMeanwhile(): KisTokenRejectedError {
  return new KisTokenRejectedError(
    'KIS answered with the token that it refused in the same moment. Try again: another one is requested then.',
  );
}

function refusedAtOnce(answer: KisAnswerFacts, ageMs: number): KisTokenRejectedError {
  return new KisTokenRejectedError(
    `KIS refused a token that is only ${Math.max(0, Math.round(ageMs / 1000))} s old (${answer.msgCd} ${answer.msg1}). ` +
      'A token so young is not expired: check that the app key belongs to this trading mode and host. ' +
      'No new token is requested for this.',
    { kis: answer },
  );
}
