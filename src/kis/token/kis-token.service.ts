import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AccountLogger } from '../account-logger';
import { KisAuthClient } from '../auth/kis-auth.client';
import { KisClock, KisRandom } from '../clock';
import { KisTokenStoreError, type KisAnswerFacts } from '../kis.errors';
import { KisTokenEvents } from '../kis.events';
import { KisConfiguration } from '../kis.options';
import { ClaimGate } from './claim-gate';
import { CachedToken } from './cached-token';
import { tokenStatus, type KisTokenStatus } from './kis-token-status';
import type { KisToken } from './kis-token';
import type { KisReadiness, KisRefreshResult, KisSaveResult, KisSweepResult } from './kis-token-results';
import { KisTokenStore } from './kis-token.store';
import { inLanes } from './lanes';
import { TimeLimitedTokenStore } from './time-limited-token.store';
import { TokenInHand } from './token-in-hand';
import { TokenIssue } from './token-issue';
import { TokenKeeper } from './token-keeper';
import type { TokenParts } from './token-parts';
import { TokenSource } from './token-source';
import { TokenStates } from './token-states';
import { isBarred } from './token-rules';
import { TokenSweep } from './token-sweep';
import { TokenVault } from './token-vault';

/** How long the status after a refresh waits for a store that is slow to record it. */
const STATUS_PATIENCE_MS = 1000;
/** A store that has not answered by now has failed. */
const STORE_PATIENCE_MS = 4000;

export interface WaitOptions {
  /** Ends the wait of this caller, and of nobody else. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Access tokens for KIS: from memory, then from the store, then from KIS, which is asked at most once a minute for an
 * app key whatever happens. Everything here may be called concurrently, from any number of processes that share a
 * store. Accounts with the same app key, mode and host share one token.
 */
@Injectable()
export class KisTokenService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly events = new KisTokenEvents();
  private readonly logger = new AccountLogger('TokenManager');
  private readonly states: TokenStates;
  private readonly store: KisTokenStore;
  private readonly parts: TokenParts;
  private readonly vault: TokenVault;
  private readonly hand: TokenInHand;
  private readonly keeper: TokenKeeper;
  private readonly sweep: TokenSweep;
  private readonly defaultAlias: string;
  private opened: Promise<void> | null = null;

  constructor(
    private readonly configuration: KisConfiguration,
    store: KisTokenStore,
    private readonly auth: KisAuthClient,
    private readonly clock: KisClock,
    random: KisRandom,
  ) {
    this.defaultAlias = configuration.defaultAlias;
    this.states = new TokenStates(configuration, clock, this.events);
    this.store = new TimeLimitedTokenStore(store, clock, STORE_PATIENCE_MS);
    const { events, store: patient } = this;
    const parts = { policy: configuration.tokenPolicy, store: patient, auth, events, clock, random };
    const gate = new ClaimGate(parts);
    this.parts = parts;
    this.vault = new TokenVault(parts);
    this.hand = new TokenInHand(parts);
    const issue = new TokenIssue(parts, this.vault, this.hand, gate);
    const source = new TokenSource(parts, this.vault, this.hand, gate, issue);
    this.keeper = new TokenKeeper(parts, this.vault, this.hand, source);
    this.sweep = new TokenSweep(parts, this.vault, this.hand, gate, this.keeper);
  }

  /**
   * A valid token. Fresh or due: the token itself, in this tick, without I/O. Otherwise a promise: at most 2 s while
   * the token at hand is still good, else at most the request timeout + 2 s.
   *
   * Never throws: the promise rejects with a KisError, its `retryAt` set where waiting helps; with
   * KisAccountNotFoundError for an unknown alias; with the reason of the signal.
   */
  getToken(alias: string = this.defaultAlias, options?: WaitOptions): KisToken | Promise<KisToken> {
    const state = this.states.byAlias.get(alias);
    if (!state) return this.unknownAlias(alias);
    return state.fresh(this.clock.now()) ?? this.keeper.getToken(state, options?.signal);
  }

  /**
   * KIS refused `token` (EGW00121, EGW00122, EGW00123): resolves with another one to send the request with once more.
   * Any number of refusals at one time lead to at most one issue.
   *
   * @throws KisTokenRejectedError when another token would not help; KisTokenCooldownError and others as
   * {@link getToken} does.
   */
  async replaceRefused(
    alias: string,
    token: KisToken,
    answer: KisAnswerFacts,
    options?: WaitOptions,
  ): Promise<KisToken> {
    return this.keeper.replaceRefused(this.states.of(alias), token, answer, options?.signal);
  }

  /**
   * KIS has just answered a call of this account. What time it is there matters for tokens that another machine or
   * program has stored: their dates are all that is known of them. Never throws.
   * @param date the `Date` header. @param tookMs how long the whole exchange took.
   */
  hearTime(alias: string, date: string | undefined, tookMs: number): void {
    const state = this.states.byAlias.get(alias);
    state?.brokerage.compare(state.credential, Date.parse(date ?? ''), tookMs);
  }

  /**
   * Asks KIS for a token now, for a person: whatever the one at hand is worth, and without the longer pauses after
   * failures. Within six hours KIS answers with the same token (`unchanged`). On a real account the owner gets a
   * KakaoTalk message.
   *
   * @throws KisTokenCooldownError inside the minute after another request, and what else a request can meet.
   */
  async refresh(alias: string = this.defaultAlias): Promise<KisRefreshResult> {
    const state = this.states.of(alias);
    await this.keeper.lookUp(state);
    const { outcome } = await this.keeper.force(state);
    // Else the status would still tell of the failure before.
    await this.keeper.untilKept(state, STATUS_PATIENCE_MS);
    return { outcome, status: await this.getTokenInfo(alias) };
  }

  /** Renews what is due, takes over what other processes stored. What the scheduled job calls; never rejects. */
  async refreshDue(): Promise<KisSweepResult[]> {
    await this.open();
    const outcomes = await this.sweep.run(this.states.all);
    return outcomes.map((outcome, index) => ({ alias: this.states.all[index]?.alias ?? '', outcome }));
  }

  /**
   * Stores a token from elsewhere under the account that it belongs to, and uses it from now on.
   *
   * @returns `saved`; `unchanged` when this very token is stored already, `superseded` when another one is that ends
   * later: then nothing was stored.
   * @throws KisInvalidRequestError when it has ended, KisTokenRejectedError when KIS has refused it, KisTokenStoreError
   * when it cannot be stored or belongs to no account here. Then nothing was stored either.
   */
  async saveToken(token: KisToken): Promise<KisSaveResult> {
    const state = this.states.ofCredential(token.owner);
    if (!state) throw new KisTokenStoreError('This token belongs to none of the configured accounts.');
    const stored = await this.vault.read(state);
    this.hand.mustBeUsable(state, token, stored);
    const isStored = stored?.token?.fingerprint === token.fingerprint;
    // It counts as a token of another program: whoever brings it back after a deletion means it.
    const outcome = isStored ? 'unchanged' : await this.vault.save(state, token.with({ generation: 0 }));
    if (outcome === 'failed') throw new KisTokenStoreError(state.degraded ?? '');
    await this.keeper.lookUp(state);
    return outcome;
  }

  /** The stored token; `null` when there is none, or none that is good for longer than the buffer. */
  async loadToken(alias: string = this.defaultAlias): Promise<KisToken | null> {
    const state = this.states.of(alias);
    const { token, claim } = await this.store.read(state.credential);
    if (!token || isBarred(token, claim)) return null;
    const isHeld = state.held?.token.fingerprint === token.fingerprint;
    const held = (isHeld ? state.held : null) ?? new CachedToken(token, this.store.kind, state.brokerage);
    return held.remainingMs() < this.configuration.tokenPolicy.bufferMs ? null : token;
  }

  /**
   * Deletes the token from memory and store; the one-a-minute rule goes on. With `revoke` it is revoked at KIS first.
   * A token that is being requested meanwhile, here or by another process of the store, is discarded when it comes.
   *
   * @returns whether there was a token; without one there is nothing to revoke.
   * @throws KisTokenStoreError when the store cannot be changed; what a request to KIS can meet when revoking.
   */
  async deleteToken(
    alias: string = this.defaultAlias,
    options: { readonly revoke?: boolean } = {},
  ): Promise<boolean> {
    const state = this.states.of(alias);
    const token = state.held?.token ?? (await this.store.read(state.credential)).token;
    if (options.revoke && token) {
      await this.auth.revoke(state.credential, token.accessToken);
      this.hand.refuse(state, token);
      await this.vault.reject(state, token.fingerprint);
    }
    await this.vault.remove(state);
    this.hand.forget(state);
    if (token)
      this.logger.log(state.credential, options.revoke ? 'Token revoked and deleted' : 'Token deleted');
    return token !== null;
  }

  /** The facts about a token; reads the store, never asks KIS. */
  async getTokenInfo(alias: string = this.defaultAlias): Promise<KisTokenStatus> {
    const state = this.states.of(alias);
    return tokenStatus(alias, state, await this.vault.read(state), this.parts);
  }

  /** Which accounts can be served now; from memory only, never waits. Ready means at least one of them. */
  readiness(): KisReadiness {
    const tokens = [...this.states.byAlias].map(([alias, state]) => {
      const ready = this.hand.usable(state) !== null;
      const problem = ready ? null : (state.failed?.error.message ?? null);
      const remainingSeconds = state.held && Math.max(0, Math.floor(state.held.remainingMs() / 1000));
      const { degraded } = state;
      return { alias, status: this.hand.zone(state), ready, degraded, problem, remainingSeconds };
    });
    return { ready: tokens.some((token) => token.ready), tokens };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.open();
  }

  /** Finishes requests for tokens that are under way, and keeps what they bring. */
  beforeApplicationShutdown(): Promise<void> {
    return this.keeper.close(this.states.all);
  }

  private async unknownAlias(alias: string): Promise<KisToken> {
    return this.keeper.getToken(this.states.of(alias));
  }

  /** Takes stored tokens into memory, once, so that the first request finds them there. */
  private open(): Promise<void> {
    this.opened ??= this.openAll();
    return this.opened;
  }

  private openAll(): Promise<void> {
    // What another instance stored is looked up at once, where the store hears of it.
    this.store.watch?.((credentialId) => {
      const isMeant = (id: string): boolean => credentialId === null || id === credentialId;
      this.keeper.hear(this.states.all.filter(({ credential }) => isMeant(credential.id)));
    });
    return inLanes(this.states.all, (state) => this.keeper.open(state));
  }
}
