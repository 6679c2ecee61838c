import { AccountLogger } from '../account-logger';
import { KisError, KisUnavailableError, type KisAnswerFacts } from '../kis.errors';
import { TOO_YOUNG_TO_EXPIRE_MS } from './backoff';
import { CallerWait, longestWaitMs } from './caller-wait';
import type { CachedToken } from './cached-token';
import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { refusedAtOnce, refusedMeanwhile } from './refusal-errors';
import type { TokenAttempt } from './token-attempt';
import type { TokenInHand } from './token-in-hand';
import { TokenNews } from './token-news';
import type { TokenParts } from './token-parts';
import { CLOCK_TOLERANCE_MS } from './token-rules';
import type { TokenSource } from './token-source';
import type { ObtainedToken, TokenState } from './token-state';
import type { TokenVault } from './token-vault';
import { within } from './within';

/** Inside the buffer a caller waits this long for an attempt under way, then takes the token that is still good. */
const STALE_PATIENCE_MS = 2000;
/** Without a token, callers of one moment share one look at the store. */
const SHARED_FAILURE_MS = 250;
/** After a failure that names no moment for the next attempt, none begins in the background for this long. */
const QUIET_MS = 5000;
/** Hands tokens out, has them renewed, replaces them when KIS refuses them. */
export class TokenKeeper {
  private readonly logger = new AccountLogger('KISClient');
  private closed = false;
  private readonly news = new TokenNews((state) => this.lookUp(state));

  constructor(
    private readonly parts: TokenParts,
    private readonly vault: TokenVault,
    private readonly hand: TokenInHand,
    private readonly source: TokenSource,
  ) {}

  /** Fresh and due: the token itself. Expiring: a promise of at most 2 s. Else of at most request timeout + 2 s. */
  getToken(state: TokenState, signal?: AbortSignal): KisToken | Promise<KisToken> {
    const { held } = state;
    const zone = this.hand.zone(state);
    if (held === null || zone === 'expired') return this.waitForToken(state, this.newWait(state, signal));
    if (zone === 'expiring') return this.serveStale(state, held, this.newWait(state, signal));
    if (zone === 'fresh') this.hand.confirmFresh(state, held);
    else this.kick(state);
    return held.token;
  }

  /** KIS refused `token`: another one to replay with. All callers of one moment share one attempt. */
  async replaceRefused(
    state: TokenState,
    token: KisToken,
    answer: KisAnswerFacts,
    signal?: AbortSignal,
  ): Promise<KisToken> {
    const wait = this.newWait(state, signal);
    for (;;) {
      const better = this.hand.usable(state);
      if (better && better.fingerprint !== token.fingerprint) return better;
      if (this.hand.isRefused(state, token)) return this.waitForToken(state, wait);
      if (wait.leftMs <= 0) throw wait.noneInTime();
      // The one under way may be about another token: then the next round looks into this one.
      state.discarding ??= this.discard(state, token, answer).finally(() => {
        state.discarding = null;
      });
      await wait.for(state.discarding);
    }
  }

  /** Looks into the store and takes over what is better than the token in hand. */
  async lookUp(state: TokenState): Promise<StoredToken | null> {
    const { deletions } = state;
    const stored = await this.vault.read(state);
    // What was read before the token was deleted must not bring it back.
    if (state.deletions !== deletions) return null;
    const before = state.held;
    this.hand.learn(state, stored);
    if (state.held !== before) state.failed = null;
    return stored;
  }

  /** Somebody has stored tokens for these, perhaps: they are looked up at once. */
  hear(states: readonly TokenState[]): void {
    if (this.closed) return;
    for (const state of states) this.news.hear(state);
  }

  /** One attempt, shared by all who want one while it lasts. Rejects with KisError. */
  renew(state: TokenState, forced = false): Promise<ObtainedToken> {
    state.flight ??= this.fly(state, forced).finally(() => {
      state.flight = null;
    });
    return state.flight;
  }

  /** As {@link renew}, for a person: an attempt that was under way and did not ask KIS is followed by one that does. */
  async force(state: TokenState): Promise<ObtainedToken> {
    if (state.flight) {
      try {
        return await state.flight;
      } catch (error) {
        if (state.asked) throw error;
      }
    }
    return this.renew(state, true);
  }

  /** Waits until a new token is stored and its claim settled, but not for ever. */
  async untilKept(state: TokenState, atMostMs = longestWaitMs(state)): Promise<void> {
    if (state.keeping) await within(state.keeping, atMostMs, this.parts.clock);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Whether nothing is to be tried in the background for now. */
  isQuiet({ failed }: TokenState): boolean {
    return this.closed || (failed !== null && this.parts.clock.monotonic() < failed.quietUntil);
  }

  /** At the start: says where tokens are kept, and takes the stored one into memory. Asks nobody else. */
  async open(state: TokenState): Promise<void> {
    const { store } = this.parts;
    const manager = new AccountLogger('TokenManager');
    const { credential } = state;
    manager.log(credential, `Initialized for ${credential.mode.toLowerCase()} mode`);
    const place = store.locate(credential);
    manager.log(credential, place ? `Token file: ${place}` : `Tokens are kept in: ${store.kind}`);
    await this.vault.probe(state);
    this.logger.log(credential, 'Checking for cached token...');
    const stored = await this.lookUp(state);
    if (stored?.absence === 'missing' || stored?.absence === 'no-place')
      manager.log(credential, 'No token file found');
  }

  /** No request begins any more; those under way are finished and their tokens kept. */
  async close(states: readonly TokenState[]): Promise<void> {
    this.closed = true;
    this.source.close();
    await Promise.all([this.news.settled(), ...states.map((state) => this.finish(state))]);
  }

  private async finish(state: TokenState): Promise<void> {
    if (state.flight) await within(settled(state.flight), longestWaitMs(state), this.parts.clock);
    await this.untilKept(state);
  }

  /** Begins an attempt in the background, unless one is under way or the last has just failed. */
  private kick(state: TokenState): void {
    if (state.flight || this.isQuiet(state)) return;
    // Its failure is told by events and log; nobody waits for it.
    void this.renew(state).catch(() => undefined);
  }

  private async serveStale(state: TokenState, held: CachedToken, wait: CallerWait): Promise<KisToken> {
    this.kick(state);
    if (state.flight) await wait.for(settled(state.flight), STALE_PATIENCE_MS);
    const token = this.hand.usable(state);
    if (!token) return this.waitForToken(state, wait);
    if (token === held.token) {
      const remainingSeconds = Math.floor(held.remainingMs() / 1000);
      this.parts.events.emit('staleServed', { credential: state.credential, remainingSeconds });
    }
    return token;
  }

  private async waitForToken(state: TokenState, wait: CallerWait): Promise<KisToken> {
    const { clock, events } = this.parts;
    wait.goOn();
    if (state.failed && clock.monotonic() < state.failed.sharedUntil) throw state.failed.error;
    const failure = await wait.for(failureOf(this.renew(state)));
    const token = this.hand.usable(state);
    if (!token) throw failure ?? wait.noneInTime();
    events.emit('waited', { credential: state.credential, waitedMs: wait.waitedMs });
    return token;
  }

  private newWait(state: TokenState, signal: AbortSignal | undefined): CallerWait {
    return new CallerWait(this.parts.clock, longestWaitMs(state), signal);
  }

  private async fly(state: TokenState, forced: boolean): Promise<ObtainedToken> {
    const { deletions } = state;
    state.asked = false;
    try {
      const obtained = await this.source.obtain(this.attemptFor(state, forced));
      // A deletion wins over an attempt that began before it; one that begins now keeps the interval.
      if (state.deletions !== deletions) return await this.fly(state, forced);
      if (this.hand.isRefused(state, obtained.token)) throw refusedMeanwhile();
      this.hand.hold(state, obtained);
      state.failed = null;
      return obtained;
    } catch (thrown) {
      const { clock } = this.parts;
      const error =
        thrown instanceof KisError ? thrown : new KisUnavailableError(String(thrown), { cause: thrown });
      const now = clock.monotonic();
      const quietMs = error.retryAt ? error.retryAt.getTime() - clock.now() : QUIET_MS;
      const at = new Date(clock.now());
      state.failed = { error, at, quietUntil: now + quietMs, sharedUntil: now + SHARED_FAILURE_MS };
      throw error;
    }
  }

  private attemptFor(state: TokenState, forced: boolean): TokenAttempt {
    const zone = this.hand.zone(state);
    return {
      state,
      since: state.held,
      lost: state.held === null && state.refused.length > 0,
      relaxed: zone === 'fresh' || zone === 'due',
      forced,
    };
  }

  /** Marks a token as refused, unless the store has a better one already. */
  private async discard(state: TokenState, token: KisToken, answer: KisAnswerFacts): Promise<void> {
    const { brokerage, credential } = state;
    await this.lookUp(state);
    const better = this.hand.usable(state);
    if (better && better.fingerprint !== token.fingerprint) return;
    const ageMs = brokerage.now() - token.issuedAt;
    // Far below zero the clock went back, and the age is not known.
    if (ageMs > -CLOCK_TOLERANCE_MS && ageMs < TOO_YOUNG_TO_EXPIRE_MS) throw refusedAtOnce(answer, ageMs);
    this.logger.warn(credential, `KIS refused the token (${answer.msgCd} ${answer.msg1}); it is replaced.`);
    this.parts.events.emit('rejected', { credential, msgCd: answer.msgCd });
    this.hand.refuse(state, token);
    await this.vault.reject(state, token.fingerprint);
  }
}

/** Ends with the work, however that ends. */
function settled(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => undefined,
    () => undefined,
  );
}

/** What it ends with: the error, or `null`. */
function failureOf(work: Promise<unknown>): Promise<Error | null> {
  return work.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
