import { Logger } from '@nestjs/common';
import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisError, KisTimeoutError, KisTokenRejectedError, KisUnavailableError } from '../kis.errors';
import type { KisAnswerFacts } from '../kis.errors';
import type { KisTokenEvents } from '../kis.events';
import type { KisRequestPolicy, KisTokenPolicy } from '../kis.options';
import { TOO_YOUNG_TO_EXPIRE_MS } from './backoff';
import type { BrokerageClock } from './brokerage-clock';
import { HeldToken } from './held-token';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import type { ObtainedToken, TokenGoal } from './token-goal';
import { CLOCK_TOLERANCE_MS, supersedes, zoneOf, type TokenZone } from './token-rules';
import type { TokenSource } from './token-source';
import type { TokenVault } from './token-vault';
import { within } from './within';

/** The hot path trusts its arithmetic this long before both clocks are asked again. */
const RECHECK_MS = 30_000;
/** Inside the buffer a caller waits this long for an attempt under way, then takes the token that is still good. */
const STALE_PATIENCE_MS = 2000;
/** Beyond the request timeout, for the store and the way back. */
const WAIT_GRACE_MS = 2000;
/** Without a token, callers of one moment share one look at the store. */
const SHARED_FAILURE_MS = 250;

export interface TokenKeeperParts {
  readonly credential: KisCredential;
  readonly policy: KisTokenPolicy;
  readonly request: KisRequestPolicy;
  readonly vault: TokenVault;
  readonly source: TokenSource;
  readonly brokerage: BrokerageClock;
  readonly events: KisTokenEvents;
  readonly clock: KisClock;
}

interface FailedFlight {
  readonly error: KisError;
  readonly at: Date;
  /** Monotonic milliseconds: before this no background attempt begins. */
  readonly quietUntil: number;
  /** Monotonic milliseconds: before this a caller without a token gets the same error. */
  readonly sharedUntil: number;
}

/** Keeps the token of one credential in memory: hands it out, has it renewed, replaces it when KIS refuses it. */
export class TokenKeeper {
  private readonly logger = new Logger('KISClient');
  private held: HeldToken | null = null;
  /** Between these wall clock times `held` is fresh, as both clocks said at the first of them. */
  private freshFrom = 0;
  private freshTo = 0;
  /** Fingerprint of the token that KIS refused last. */
  private refused: string | null = null;
  private flight: Promise<ObtainedToken> | null = null;
  private discarding: Promise<void> | null = null;
  private failed: FailedFlight | null = null;
  private closed = false;

  constructor(readonly parts: TokenKeeperParts) {}

  /** The hot path: two comparisons. `null` means: ask {@link getToken}. */
  fresh(now: number): KisToken | null {
    return now < this.freshTo && now >= this.freshFrom && this.held !== null ? this.held.token : null;
  }

  /** The token in memory, whatever its age. */
  get current(): HeldToken | null {
    return this.held;
  }

  /** The last attempt when it failed; `null` after a success. */
  get lastFailure(): { readonly error: KisError; readonly at: Date } | null {
    return this.failed;
  }

  /** Whether nothing is to be tried in the background for now. */
  get quiet(): boolean {
    return this.failed !== null && this.parts.clock.monotonic() < this.failed.quietUntil;
  }

  zone(): TokenZone | 'absent' {
    return this.held?.zone(this.parts.policy.bufferMs) ?? 'absent';
  }

  /** Fresh and due: the token itself. Expiring: a promise of at most 2 s. Else of at most request timeout + 2 s. */
  getToken(signal?: AbortSignal): KisToken | Promise<KisToken> {
    const { held } = this;
    const zone = this.zone();
    if (held === null || zone === 'expired') return this.waitForToken(signal);
    if (zone === 'expiring') return this.serveStale(held, signal);
    if (zone === 'fresh') this.openWindow(held);
    else this.kick();
    return held.token;
  }

  /** KIS refused `token`: another one to replay with. All callers of one moment share one attempt. */
  async replaceRefused(token: KisToken, answer: KisAnswerFacts, signal?: AbortSignal): Promise<KisToken> {
    const better = this.usable();
    if (better && better.fingerprint !== token.fingerprint) return better;
    if (token.fingerprint !== this.refused) {
      this.discarding ??= this.discard(token, answer).finally(() => {
        this.discarding = null;
      });
      await this.discarding;
    }
    return this.usable() ?? this.waitForToken(signal);
  }

  /** Looks into the store and takes over what is better than the token in hand. */
  async lookUp(): Promise<StoredToken | null> {
    const stored = await this.parts.vault.read();
    const { held } = this;
    if (held && stored?.claim.rejected === held.token.fingerprint) this.drop();
    if (stored?.token && this.acceptable(stored.token, stored) && this.isNews(stored.token)) {
      this.hold({ token: stored.token, outcome: 'adopted' });
    }
    return stored;
  }

  /** One attempt, shared by all who want one while it lasts. Rejects with KisError. */
  renew(): Promise<ObtainedToken> {
    this.flight ??= this.fly({
      held: this.held?.token ?? null,
      refused: this.refused,
      wanted: (token, stored) => this.acceptable(token, stored) && this.isNews(token) && this.isFresh(token),
    }).finally(() => {
      this.flight = null;
    });
    return this.flight;
  }

  /** The token in memory when it may be sent. */
  usable(): KisToken | null {
    return this.held && this.held.remainingMs() > TOKEN_MARGIN_MS ? this.held.token : null;
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

  /** Takes a token into memory. */
  hold({ token, outcome }: ObtainedToken): void {
    const { clock, brokerage, credential, events, vault } = this.parts;
    const origin = outcome === 'adopted' ? vault.kind : 'api';
    this.held = new HeldToken(token, origin, clock, brokerage);
    this.failed = null;
    this.freshTo = 0;
    if (outcome !== 'adopted') return;
    events.emit('adopted', { credential, expiresAt: token.getExpiryDatetime() });
    this.logger.log(`Using cached token from ${origin}, valid for ${Math.floor(this.held.remainingMs() / 1000)} seconds`);
  }

  /** Forgets the token in memory. */
  drop(): void {
    this.held = null;
    this.freshTo = 0;
  }

  /** No attempt begins any more; one under way is finished and kept. */
  async close(): Promise<void> {
    this.closed = true;
    await this.parts.source.drain();
  }

  private openWindow(held: HeldToken): void {
    this.freshFrom = this.parts.clock.now();
    this.freshTo = this.freshFrom + Math.min(RECHECK_MS, held.freshForMs());
  }

  /** Begins an attempt in the background, unless one is under way or the last has just failed. */
  private kick(): void {
    if (this.flight || this.quiet || this.closed) return;
    // Its failure is told by events and log; nobody waits for it.
    void this.renew().catch(() => undefined);
  }

  private async serveStale(held: HeldToken, signal?: AbortSignal): Promise<KisToken> {
    const { clock, credential, events } = this.parts;
    this.kick();
    if (this.flight) {
      const ignored = this.flight.then(
        () => undefined,
        () => undefined,
      );
      await within(ignored, STALE_PATIENCE_MS, clock, signal);
    }
    const token = this.usable();
    if (!token) return this.waitForToken(signal);
    if (token === held.token) {
      events.emit('staleServed', { credential, remainingSeconds: Math.floor(held.remainingMs() / 1000) });
    }
    return token;
  }

  private async waitForToken(signal?: AbortSignal): Promise<KisToken> {
    const { clock, credential, events, request } = this.parts;
    const began = clock.monotonic();
    signal?.throwIfAborted();
    if (this.failed && began < this.failed.sharedUntil) throw this.failed.error;
    if (this.closed) throw new KisUnavailableError('The service is shutting down: no new token is requested.');
    await within(this.renew(), request.timeoutMs + WAIT_GRACE_MS, clock, signal);
    events.emit('waited', { credential, waitedMs: clock.monotonic() - began });
    const token = this.usable();
    if (token) return token;
    throw new KisTimeoutError(
      'No token arrived in time. The request for one goes on, here or in another process; try again shortly.',
      { retryAt: new Date(clock.now() + 1000) },
    );
  }

  private async fly(goal: TokenGoal): Promise<ObtainedToken> {
    try {
      const obtained = await this.parts.source.obtain(goal);
      this.hold(obtained);
      return obtained;
    } catch (thrown) {
      const error = thrown instanceof KisError ? thrown : new KisUnavailableError(String(thrown), { cause: thrown });
      const now = this.parts.clock.monotonic();
      const quietMs = error.retryAt ? error.retryAt.getTime() - this.parts.clock.now() : 0;
      const at = new Date(this.parts.clock.now());
      this.failed = { error, at, quietUntil: now + quietMs, sharedUntil: now + SHARED_FAILURE_MS };
      throw error;
    }
  }

  /** Marks a token as refused, unless the store has a better one already. */
  private async discard(token: KisToken, answer: KisAnswerFacts): Promise<void> {
    const { brokerage, credential, events, vault } = this.parts;
    if (this.held?.token.fingerprint === token.fingerprint) this.freshTo = 0;
    await this.lookUp();
    if (this.usable() && this.held?.token.fingerprint !== token.fingerprint) return;
    const ageMs = brokerage.now() - token.issuedAt;
    if (ageMs < TOO_YOUNG_TO_EXPIRE_MS) throw refusedAtOnce(answer, ageMs);
    this.logger.warn(`KIS refused the token (${answer.msgCd} ${answer.msg1}); it is replaced.`);
    events.emit('rejected', { credential, msgCd: answer.msgCd });
    this.refused = token.fingerprint;
    if (this.held?.token.fingerprint === token.fingerprint) this.drop();
    await vault.reject(token.fingerprint);
  }

  private acceptable(token: KisToken, stored: StoredToken): boolean {
    const now = this.parts.brokerage.now();
    if ([this.refused, stored.claim.rejected].includes(token.fingerprint)) return false;
    // From the future: the clock went back, so what is left of the token cannot be known.
    if (token.issuedAt > now + CLOCK_TOLERANCE_MS) return false;
    return token.expiresAt - now > TOKEN_MARGIN_MS;
  }

  private isNews(token: KisToken): boolean {
    const { held } = this;
    return held === null || held.remainingMs() <= TOKEN_MARGIN_MS || supersedes(token, held.token);
  }

  /** With a token in hand only one that need not be renewed itself is worth taking. */
  private isFresh(token: KisToken): boolean {
    if (!this.usable()) return true;
    const remainingMs = token.expiresAt - this.parts.brokerage.now();
    return zoneOf(token, remainingMs, this.parts.policy.bufferMs) === 'fresh';
  }
}

function refusedAtOnce(answer: KisAnswerFacts, ageMs: number): KisTokenRejectedError {
  return new KisTokenRejectedError(
    `KIS refused a token that is only ${Math.max(0, Math.round(ageMs / 1000))} s old (${answer.msgCd} ${answer.msg1}). ` +
      'A token so young is not expired: check that the app key belongs to this trading mode and host. ' +
      'No new token is requested for this.',
    { kis: answer },
  );
}
