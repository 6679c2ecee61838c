import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { KisAuthClient } from '../auth/kis-auth.client';
import { KisClock, KisRandom } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisTokenStoreError, type KisAnswerFacts } from '../kis.errors';
import { KisTokenEvents } from '../kis.events';
import { KisConfiguration } from '../kis.options';
import { BrokerageClock } from './brokerage-clock';
import { ClaimGate } from './claim-gate';
import { tokenStatus, type KisTokenStatus } from './kis-token-status';
import type { KisToken } from './kis-token';
import { KisTokenStore } from './kis-token.store';
import { TokenKeeper } from './token-keeper';
import { TokenMaker } from './token-maker';
import { TokenSource } from './token-source';
import { TokenSweep, type SweepOutcome } from './token-sweep';
import { TokenVault } from './token-vault';

export interface KisRefreshResult {
  readonly outcome: 'refreshed' | 'adopted' | 'unchanged';
  readonly status: KisTokenStatus;
}

export interface KisSweepResult {
  /** The first alias of the credential. */
  readonly alias: string;
  readonly outcome: SweepOutcome;
}

export interface KisTokenReadiness {
  readonly alias: string;
  readonly status: KisTokenStatus['status'];
  /** A call can leave with this token now. */
  readonly ready: boolean;
  /** Why the token is in memory only; `null` when it is stored. */
  readonly degraded: string | null;
  /** Why there is no token; `null` when there is one or when none was asked for yet. */
  readonly problem: string | null;
}

export interface KisReadiness {
  readonly ready: boolean;
  readonly tokens: readonly KisTokenReadiness[];
}

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
  private readonly logger = new Logger('TokenManager');
  /** By alias; several aliases may have one keeper. */
  private readonly keepers = new Map<string, TokenKeeper>();
  /** One for each credential. */
  private readonly sweeps: TokenSweep[] = [];
  private readonly defaultAlias: string;
  private opened: Promise<void> | null = null;

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly store: KisTokenStore,
    private readonly auth: KisAuthClient,
    private readonly clock: KisClock,
    private readonly random: KisRandom,
  ) {
    this.defaultAlias = configuration.defaultAlias;
    const gate = new ClaimGate(store, clock);
    const byCredential = new Map<string, TokenKeeper>();
    for (const account of configuration.accounts) {
      const known = byCredential.get(account.credential.id);
      const keeper = known ?? this.keeperFor(account, gate);
      byCredential.set(account.credential.id, keeper);
      this.keepers.set(account.alias, keeper);
      if (!known) this.sweeps.push(new TokenSweep(account.alias, keeper));
    }
  }

  /**
   * A valid token. Fresh or due: the token itself, in this tick, without I/O. Otherwise a promise: at most 2 s while
   * the token at hand is still good, else at most the request timeout + 2 s.
   *
   * @throws KisError, with `retryAt` where waiting helps; KisAccountNotFoundError for an unknown alias.
   */
  getToken(alias: string = this.defaultAlias, options?: WaitOptions): KisToken | Promise<KisToken> {
    const keeper = this.keepers.get(alias);
    return keeper?.hand.fresh(this.clock.now()) ?? (keeper ?? this.keeperOf(alias)).getToken(options?.signal);
  }

  /**
   * KIS refused `token` (EGW00121, EGW00122, EGW00123): resolves with another one to send the request with once more.
   * Any number of refusals at one time lead to at most one issue.
   *
   * @throws KisTokenRejectedError when another token would not help; KisTokenCooldownError and others as
   * {@link getToken} does.
   */
  replaceRefused(
    alias: string,
    token: KisToken,
    answer: KisAnswerFacts,
    options?: WaitOptions,
  ): Promise<KisToken> {
    return this.keeperOf(alias).replaceRefused(token, answer, options?.signal);
  }

  /**
   * Asks KIS for a token now, whatever the one at hand is worth; within six hours KIS answers with the same one
   * (`unchanged`). On a real account the owner gets a KakaoTalk message.
   *
   * @throws KisTokenCooldownError inside the minute after another request, and what else a request can meet.
   */
  async refresh(alias: string = this.defaultAlias): Promise<KisRefreshResult> {
    const keeper = this.keeperOf(alias);
    await keeper.lookUp();
    const { outcome } = await keeper.renew();
    return { outcome, status: await this.getTokenInfo(alias) };
  }

  /** Renews what is due, takes over what other processes stored. What the scheduled job calls; never rejects. */
  async refreshDue(): Promise<KisSweepResult[]> {
    await this.open();
    return Promise.all(this.sweeps.map(async (each) => ({ alias: each.alias, outcome: await each.run() })));
  }

  /**
   * Stores a token under the account that it belongs to, and uses it from now on, unless a newer one is stored already.
   * @throws KisTokenStoreError when it cannot be stored or belongs to no account here.
   */
  async saveToken(token: KisToken): Promise<void> {
    const keeper = this.keeperWith(token.owner);
    if (!keeper) throw new KisTokenStoreError('This token belongs to none of the configured accounts.');
    const { vault } = keeper.parts;
    if (!(await vault.save(token))) throw new KisTokenStoreError(vault.degraded ?? '');
    await keeper.lookUp();
  }

  /** The stored token, `null` when there is none or when less than the buffer is left of it. */
  async loadToken(alias: string = this.defaultAlias): Promise<KisToken | null> {
    const keeper = this.keeperOf(alias);
    const stored = await this.store.read(keeper.parts.credential);
    const { token } = stored;
    if (!token || token.fingerprint === stored.claim.rejected) return null;
    const { bufferMs } = this.configuration.tokenPolicy;
    return token.isExpired(bufferMs / 1000, new Date(keeper.parts.brokerage.now())) ? null : token;
  }

  /**
   * Forgets the token in memory and store; the one-a-minute rule goes on. With `revoke` KIS forgets it too.
   * @throws KisTokenStoreError when the store cannot be changed; what a request to KIS can meet when revoking.
   */
  async deleteToken(
    alias: string = this.defaultAlias,
    options: { readonly revoke?: boolean } = {},
  ): Promise<void> {
    const { parts, hand } = this.keeperOf(alias);
    const token = hand.current?.token ?? (await this.store.read(parts.credential)).token;
    if (options.revoke && token) {
      await this.auth.revoke(parts.credential, token.accessToken);
      hand.refuse(token);
      await parts.vault.reject(token.fingerprint);
    }
    await parts.vault.remove();
    hand.forget();
    this.logger.log(options.revoke ? 'Token revoked and deleted' : 'Token deleted');
  }

  /** The facts about a token; reads the store, never asks KIS. */
  async getTokenInfo(alias: string = this.defaultAlias): Promise<KisTokenStatus> {
    const keeper = this.keeperOf(alias);
    return tokenStatus(alias, keeper, await keeper.parts.vault.read());
  }

  /** Whether calls can be made now; from memory only, never waits. */
  readiness(): KisReadiness {
    const tokens = [...this.keepers].map(([alias, keeper]) => ({
      alias,
      status: keeper.hand.zone,
      ready: keeper.hand.usable !== null,
      degraded: keeper.parts.vault.degraded,
      problem: keeper.hand.usable ? null : (keeper.lastFailure?.error.message ?? null),
    }));
    return { ready: tokens.every((token) => token.ready), tokens };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.open();
  }

  /** Finishes requests for tokens that are under way, and keeps what they bring. */
  async beforeApplicationShutdown(): Promise<void> {
    const keepers = new Set(this.keepers.values());
    await Promise.all([...keepers].map((keeper) => keeper.close()));
  }

  /** Takes stored tokens into memory, once, so that the first request finds them there. */
  private open(): Promise<void> {
    this.opened ??= this.openAll();
    return this.opened;
  }

  private async openAll(): Promise<void> {
    // What another instance stored is looked up at once, where the store hears of it.
    this.store.watch?.((credentialId) => {
      const keeper = this.keeperWith(credentialId);
      if (keeper) void keeper.lookUp();
    });
    const keepers = new Set(this.keepers.values());
    await Promise.all([...keepers].map((keeper) => keeper.open()));
  }

  private keeperWith(credentialId: string): TokenKeeper | undefined {
    return [...this.keepers.values()].find(({ parts }) => parts.credential.id === credentialId);
  }

  private keeperOf(alias: string): TokenKeeper {
    const keeper = this.keepers.get(alias) ?? this.keepers.get(this.configuration.account(alias).alias);
    if (!keeper) throw new KisTokenStoreError(`No token is kept for "${alias.slice(0, 40)}".`);
    return keeper;
  }

  private keeperFor({ credential }: KisAccount, gate: ClaimGate): TokenKeeper {
    const { configuration, store, auth, clock, random, events } = this;
    const policy = configuration.tokenPolicy;
    const shared = {
      credential,
      policy,
      request: configuration.requestPolicy(credential),
      vault: new TokenVault(credential, store, events, clock),
      auth,
      brokerage: new BrokerageClock(credential, clock, events),
      events,
      clock,
      random,
    };
    const source = new TokenSource(gate, { ...shared, maker: new TokenMaker(policy, random) });
    return new TokenKeeper({ ...shared, source });
  }
}
