import { randomUUID } from 'node:crypto';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AccountLogger } from '../account-logger';
import { KisAuthClient } from '../auth/kis-auth.client';
import { KisClock, KisRandom } from '../clock';
import { KisTokenStoreError, type KisAnswerFacts } from '../kis.errors';
import { KisTokenEvents } from '../kis.events';
import { KisConfiguration } from '../kis.options';
import type { BrokerageClock } from './brokerage-clock';
import { CachedToken } from './cached-token';
import type { KisToken } from './kis-token';
import type { KisReadiness, KisRefreshResult, KisSaveResult, KisSweepResult } from './kis-token-results';
import { tokenStatus, type KisTokenStatus } from './kis-token-status';
import { KisTokenStore } from './kis-token.store';
import { forEachConcurrently } from './for-each-concurrently';
import { SingleFlight } from './single-flight';
import { TimeLimitedTokenStore } from './time-limited-token.store';
import { assertImportable } from './token-import';
import type { TokenManager } from './token-manager';
import { TokenManagers } from './token-managers';
import { lookAtAll, TokenRefresher, type RefreshOutcome } from './token-refresher';
import { isUnusable } from './token-rules';

/**
 * Access tokens for KIS: from memory, then from the store, then from KIS, which receives at most one request a minute
 * for an app key under all circumstances. All methods may be called concurrently, from any number of processes that share a
 * store. Accounts with the same app key, mode and host share one token and one {@link TokenManager}.
 */
@Injectable()
export class KisTokenService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly events = new KisTokenEvents();
  private readonly logger = new AccountLogger('TokenManager');
  private readonly store: KisTokenStore;
  private readonly managers: TokenManagers;
  private readonly refreshers: readonly TokenRefresher[];
  private readonly looks = new SingleFlight<Promise<RefreshOutcome>[]>();
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
    this.store = new TimeLimitedTokenStore(store, clock, STORE_TIMEOUT_MS);
    this.managers = new TokenManagers(configuration, {
      owner: `${process.pid.toString()}-${randomUUID()}`,
      policy: configuration.tokenPolicy,
      store: this.store,
      auth,
      events: this.events,
      clock,
      random,
    });
    this.refreshers = this.managers.all.map((manager) => new TokenRefresher(manager));
  }

  /**
   * A valid token. Fresh or due: the token itself, in the same tick, without I/O. Otherwise a promise, which settles
   * within 2 s while the cached token is still valid, else within the request timeout + 2 s.
   *
   * Never throws: the promise rejects with a KisError, its `retryAt` set where waiting helps; with
   * KisAccountNotFoundError for an unknown alias; with the reason of the signal.
   */
  getToken(alias: string = this.defaultAlias, options?: WaitOptions): KisToken | Promise<KisToken> {
    const manager = this.managers.byAlias.get(alias);
    if (!manager) return this.unknownAlias(alias);
    return manager.cache.fresh(this.clock.now()) ?? manager.getToken(options?.signal);
  }

  /**
   * KIS refused `token` (EGW00121, EGW00122, EGW00123): resolves with another one to send the request with once more.
   * Any number of concurrent refusals causes at most one issue.
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
    return this.managers.of(alias).replaceRefused(token, answer, options?.signal);
  }

  /** Compares the clock with the `Date` header of a response that has just arrived. Never throws. @param tookMs of the exchange. */
  noteServerDate(alias: string, date: string | undefined, tookMs: number): void {
    const context = this.managers.byAlias.get(alias)?.context;
    context?.brokerage.compare(context.credential, Date.parse(date ?? ''), tookMs);
  }

  /** How the clock of this machine compares with KIS's, by the dates of its responses. */
  serverClock(alias: string): Pick<BrokerageClock, 'correctionMs' | 'isCertain'> | undefined {
    return this.managers.byAlias.get(alias)?.context.brokerage;
  }

  /**
   * Requests a token from KIS now, for a person: even if the cached one is fresh, and without the longer pauses after
   * failures. Within six hours of an issue KIS returns the same token (`unchanged`). On a real account the owner gets a
   * KakaoTalk message.
   *
   * @throws KisTokenCooldownError within the interval after another request; KisTokenStoreError in a short-lived process
   * whose token could not be stored, before it is requested; otherwise as {@link getToken} rejects.
   */
  async refresh(alias: string = this.defaultAlias): Promise<KisRefreshResult> {
    const manager = this.managers.of(alias);
    const { shortLived } = this.configuration.tokenPolicy;
    if (shortLived) await manager.persistence.assertWritable();
    await manager.lookUp();
    const { outcome } = await manager.forceRenewal();
    // Otherwise the status could still show the failure before.
    await manager.untilSaved(shortLived ? undefined : STATUS_WAIT_MS);
    return { outcome, status: await this.getTokenInfo(alias) };
  }

  /** Adopts tokens that other processes have stored and renews those that are due; for the scheduled job. Never rejects. */
  async refreshDue(): Promise<KisSweepResult[]> {
    await this.open();
    const outcomes = await Promise.all(await this.looks.run(() => lookAtAll(this.refreshers)));
    return outcomes.map((outcome, index) => ({ alias: this.managers.all[index]?.alias ?? '', outcome }));
  }

  /**
   * Imports a token: stores it under the account that it belongs to, and uses it from now on.
   *
   * @returns `saved`; `unchanged` when this very token is stored already, `superseded` when another one is that ends
   * later: then nothing was stored.
   * @throws KisInvalidRequestError when it has expired, KisTokenRejectedError when KIS has refused it,
   * KisTokenStoreError when it cannot be stored or belongs to no configured account. Then nothing was stored either.
   */
  async saveToken(token: KisToken): Promise<KisSaveResult> {
    const manager = this.managers.ofCredential(token.owner);
    if (!manager) throw new KisTokenStoreError('This token belongs to none of the configured accounts.');
    const { persistence } = manager;
    const stored = await persistence.read();
    assertImportable(token, manager, stored);
    const isStored = stored?.token?.fingerprint === token.fingerprint;
    // As a token of another program: an import after a deletion is meant to be stored.
    const outcome = isStored ? 'unchanged' : await persistence.save(token.with({ generation: 0 }));
    if (outcome === 'failed') throw new KisTokenStoreError(persistence.degraded ?? '');
    await manager.lookUp();
    return outcome;
  }

  /** The stored token; `null` when there is none that remains valid for longer than the buffer. */
  async loadToken(alias: string = this.defaultAlias): Promise<KisToken | null> {
    const { cache, context } = this.managers.of(alias);
    const { token, claim } = await this.store.read(context.credential);
    if (!token || isUnusable(token, claim)) return null;
    const isCached = cache.current?.token.fingerprint === token.fingerprint;
    const stored =
      (isCached ? cache.current : null) ?? new CachedToken(token, this.store.kind, context.brokerage);
    return stored.remainingMs() < this.configuration.tokenPolicy.bufferMs ? null : token;
  }

  /**
   * Deletes the token from memory and store; the interval between two requests still applies. With `revoke` the newest
   * one is revoked at KIS first. A token that is being requested at the time, by any process of the store, is discarded.
   *
   * @returns whether there was a token; without one there is nothing to revoke.
   * @throws KisTokenStoreError when the store cannot be changed; with `revoke` as the token endpoint rejects.
   */
  async deleteToken(
    alias: string = this.defaultAlias,
    options: { readonly revoke?: boolean } = {},
  ): Promise<boolean> {
    const manager = this.managers.of(alias);
    const { cache, credential, persistence } = manager;
    // Another process may have stored a newer token since the last look: that is the one to revoke.
    const stored = await manager.lookUp();
    const token = cache.current?.token ?? stored?.token ?? null;
    if (options.revoke && token) {
      await this.auth.revoke(credential, token.accessToken);
      // A refused token gives way to the one that it has replaced, which is not wanted any more either.
      cache.delete();
      cache.refuse(token);
      await persistence.reject(token);
    }
    await persistence.remove();
    cache.delete();
    if (token) this.logger.log(credential, options.revoke ? 'Token revoked and deleted' : 'Token deleted');
    return token !== null;
  }

  /** The status of a token, without the token; reads the store, sends nothing to KIS. */
  async getTokenInfo(alias: string = this.defaultAlias): Promise<KisTokenStatus> {
    const manager = this.managers.of(alias);
    return tokenStatus(alias, manager, await manager.persistence.read());
  }

  /** Which accounts can be served now; synchronous, from memory only. Ready when at least one can. */
  readiness(): KisReadiness {
    const tokens = [...this.managers.byAlias].map(([alias, { cache, lastFailure, persistence }]) => {
      const ready = cache.usable !== null;
      const problem = ready ? null : (lastFailure?.error.message ?? null);
      const remainingSeconds = cache.current && Math.max(0, Math.floor(cache.current.remainingMs() / 1000));
      return { alias, status: cache.zone, ready, degraded: persistence.degraded, problem, remainingSeconds };
    });
    return { ready: tokens.some((token) => token.ready), tokens };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.open();
  }

  /** Finishes token requests that are under way, and saves their tokens. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.managers.all.map((manager) => manager.close()));
  }

  private async unknownAlias(alias: string): Promise<KisToken> {
    return this.managers.of(alias).getToken();
  }

  /** Loads the stored tokens into memory, once, so that the first request finds them there. */
  private open(): Promise<void> {
    this.opened ??= this.openAll();
    return this.opened;
  }

  private openAll(): Promise<void> {
    // A token of another process is looked up at once, where the store announces it.
    this.store.watch?.((credentialId) => {
      const isMeant = ({ credential }: TokenManager): boolean =>
        credentialId === null || credential.id === credentialId;
      for (const manager of this.managers.all.filter(isMeant)) manager.onAnnouncement();
    });
    return forEachConcurrently(this.managers.all, (manager) => manager.open());
  }
}

/** Lets a caller end its own wait. */
export interface WaitOptions {
  /** Aborts the wait of this caller only. */
  readonly signal?: AbortSignal | undefined;
}

/** How long the status after a refresh waits for a store that is slow to record it. */
const STATUS_WAIT_MS = 1000;
/** A store that has not answered after this has failed. */
const STORE_TIMEOUT_MS = 4000;
