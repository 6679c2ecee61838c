import type { Type } from '@nestjs/common';
import type { KisAccount } from './kis-account';
import {
  accountFrom,
  DEFAULT_ALIAS,
  orderPolicyOf,
  requestPolicyOf,
  type KisAccountOptions,
  type KisOrderAllowance,
  type KisRequestPolicy,
} from './kis-account.options';
import type { KisCredential } from './kis-credential';
import { directoryUrl, mustBeSensible } from './kis-option-checks';
import { KisAccountNotFoundError, KisInvalidRequestError } from './kis.errors';
import { nameAsOption, type KisOptionNaming } from './option-names';
import type { KisOrderPolicy } from './order/order-policy';
import { SYMBOL_FILES_URL } from './protocol/symbol-files';
import { Redactor } from './redaction/redactor';
import { RedisAddress } from './redis/redis-address';
import { ProxyRules } from './transport/proxy-rules';
import type { KisTokenStore } from './token/kis-token.store';
import { TradingDays } from './token/trading-days';
import { parseBlackout, type BlackoutWindow } from './token/blackout';
import { TokenCipher } from './token/token-cipher';

/** The stores that the library brings along. */
export type KisTokenStoreKind = 'file' | 'memory' | 'redis';

/** A store that the library brings along, or one of the application's own: an object, or a class that Nest builds. */
export type KisTokenStoreOption = KisTokenStoreKind | KisTokenStore | Type<KisTokenStore>;

/** What a user of the library gives to `KisModule.forRoot`. */
export interface KisOptions {
  /** The accounts; without an alias calls use the one called `main`, else the first. */
  readonly accounts: readonly KisAccountOptions[];
  /**
   * Where tokens and claims are kept. `redis` shares them over machines, and keeps a copy in files for the time that Redis
   * is away; `memory` shares them with nobody. A store of the application's own must pass the contract suite of
   * `KisTokenStore`; a class may have providers injected that `imports` of `forRootAsync` export. Default: `file`.
   */
  readonly tokenStore?: KisTokenStoreOption;
  /**
   * Where the token files are, and where the processes of this machine count their calls (unless `tokenStore` is `redis` or
   * `memory`). A leading `~` is the home directory. Default: `~/KIS/tokens`.
   */
  readonly tokenDir?: string;
  /** Where the journal of orders, the symbols and the calendar are; default `~/KIS/state`. */
  readonly stateDir?: string;
  /** Where KIS's symbol files are fetched from, once a day at most; default: KIS's own host. They hold no secrets. */
  readonly symbolFilesUrl?: string;
  /** Where Redis is, for `tokenStore: 'redis'`; default `redis://127.0.0.1:6379`. */
  readonly redis?: RedisAddress;
  /** The way out to KIS; default: directly. The library does not look at the environment for it. */
  readonly proxy?: ProxyRules;
  /** Encrypts tokens where they are kept; default: they are kept as they are. */
  readonly tokenCipher?: TokenCipher;
  /**
   * A token with less than this left is renewed at once: callers wait up to 2 s for the new one, else they get the one
   * that is still valid. Default 300.
   */
  readonly bufferSeconds?: number;
  /** Default 7200; see {@link KisTokenPolicy.refreshLeadMs}. */
  readonly refreshLeadSeconds?: number;
  /** Korean time, for example `Mon-Fri 08:30-15:40`; several separated by commas; empty: none. */
  readonly refreshBlackout?: string;
  /** How often the scheduled job looks which tokens are due; default 30. */
  readonly sweepSeconds?: number;
  /** The shortest time between two issue requests for one app key; default 60. */
  readonly issueIntervalSeconds?: number;
  /** Whether tokens are renewed by a scheduled job; default true. A command line tool wants false. */
  readonly scheduledRefresh?: boolean;
  /**
   * This process ends once it has what it came for, as a command does, and may be started again at any moment. It then
   * requests a token only when its claim can be recorded where it outlives the process. Default: false; a service may
   * keep claims in memory, and then waits until the longest claim of others has ended before its first request.
   */
  readonly shortLived?: boolean;
  /** Is told of every key, secret, token and account number in use; default: one of the library's own. */
  readonly redactor?: Redactor;
  /** What messages call an option that is to be changed; default: its name here. */
  readonly nameOption?: KisOptionNaming;
}

/** When a token is good, when it is renewed and how often KIS may be asked. */
export interface KisTokenPolicy {
  /** With less than this left a token counts as expiring. */
  readonly bufferMs: number;
  /** The job renews at expiry − buffer − r × lead, r drawn once per token from 0.5 to 1. */
  readonly refreshLeadMs: number;
  /** Times in which no renewal is planned, if that can be avoided. */
  readonly blackout: readonly BlackoutWindow[];
  /** Weekdays on which the exchange is closed have no blackout. @param midnightMs of the day in Korea, as if it were UTC */
  readonly isTradingDay?: (midnightMs: number) => boolean;
  /** The shortest time between two issue requests for one app key. */
  readonly issueIntervalMs: number;
  /** See {@link KisOptions.shortLived}. */
  readonly shortLived?: boolean;
}

/** The options, checked and completed; frozen, shared by everything in the library. */
export class KisConfiguration {
  readonly tokenPolicy: KisTokenPolicy;
  readonly tokenStore: KisTokenStoreOption;
  readonly tokenDir: string;
  readonly stateDir: string;
  /** Ends with a slash. */
  readonly symbolFilesUrl: URL;
  readonly tokenCipher: TokenCipher;
  /** `null` unless tokens are kept there. */
  readonly redis: RedisAddress | null;
  readonly proxies: ProxyRules;
  readonly sweepMs: number;
  /** On which days the Korea Exchange trades, as far as is known. */
  readonly tradingDays = new TradingDays();
  readonly scheduledRefresh: boolean;
  readonly accounts: readonly KisAccount[];
  /** Takes the secrets in use out of what KIS says. */
  readonly redactor: Redactor;
  readonly nameOption: KisOptionNaming;
  private readonly byAlias: ReadonlyMap<string, KisAccount>;
  private readonly requests = new Map<string, KisRequestPolicy>();
  private readonly allowances = new Map<string, KisOrderAllowance>();

  /** @throws KisInvalidRequestError naming the option that cannot be. */
  constructor(options: KisOptions) {
    mustBeSensible(options);
    this.tokenPolicy = {
      bufferMs: (options.bufferSeconds ?? 300) * 1000,
      refreshLeadMs: (options.refreshLeadSeconds ?? 7200) * 1000,
      blackout: parseBlackout(options.refreshBlackout ?? 'Mon-Fri 08:30-15:40'),
      isTradingDay: this.tradingDays.includes,
      issueIntervalMs: (options.issueIntervalSeconds ?? 60) * 1000,
      shortLived: options.shortLived ?? false,
    };
    this.tokenStore = options.tokenStore ?? 'file';
    this.tokenDir = options.tokenDir ?? '~/KIS/tokens';
    this.stateDir = options.stateDir ?? '~/KIS/state';
    this.symbolFilesUrl = directoryUrl('symbolFilesUrl', options.symbolFilesUrl ?? SYMBOL_FILES_URL);
    this.tokenCipher = options.tokenCipher ?? new TokenCipher();
    this.redis = this.tokenStore === 'redis' ? (options.redis ?? new RedisAddress()) : null;
    this.proxies = options.proxy ?? new ProxyRules();
    this.sweepMs = (options.sweepSeconds ?? 30) * 1000;
    this.scheduledRefresh = options.scheduledRefresh ?? true;
    this.redactor = options.redactor ?? new Redactor();
    this.nameOption = options.nameOption ?? nameAsOption;
    const areSeveral = options.accounts.length > 1;
    this.accounts = options.accounts.map((account) => this.openAccount(account, areSeveral));
    this.byAlias = new Map(this.accounts.map((account) => [account.alias, account]));
    if (this.byAlias.size !== this.accounts.length) {
      throw new KisInvalidRequestError('Two accounts have the same alias; give each its own.');
    }
    Object.freeze(this);
  }

  /** The alias that is meant when none is given. */
  get defaultAlias(): string {
    return this.byAlias.has(DEFAULT_ALIAS) ? DEFAULT_ALIAS : (this.accounts[0]?.alias ?? DEFAULT_ALIAS);
  }

  /** @throws KisAccountNotFoundError naming the aliases that exist. */
  account(alias: string = this.defaultAlias): KisAccount {
    const account = this.byAlias.get(alias);
    if (account) return account;
    const known = this.accounts.map((each) => each.alias).join(', ') || 'none';
    throw new KisAccountNotFoundError(`There is no account "${alias.slice(0, 40)}". Configured: ${known}.`);
  }

  /** Limits of the calls with this credential. */
  requestPolicy(credential: KisCredential): KisRequestPolicy {
    return this.requests.get(credential.id) ?? requestPolicyOf({ mode: credential.mode });
  }

  /** What the account may order; nothing unless its options say so. */
  orderPolicy({ alias }: KisAccount): KisOrderPolicy {
    return orderPolicyOf(this.allowances.get(alias));
  }

  private openAccount(options: KisAccountOptions, isOneOfSeveral: boolean): KisAccount {
    const account = accountFrom(options, isOneOfSeveral, this);
    this.requests.set(account.credential.id, requestPolicyOf(options));
    if (options.orders) this.allowances.set(account.alias, options.orders);
    return account;
  }
}
