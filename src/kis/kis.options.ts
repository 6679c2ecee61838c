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
import { directoryUrl } from './kis-option-checks';
import { KisAccountNotFoundError, KisInvalidRequestError } from './kis.errors';
import { nameAsOption, type KisOptionNaming } from './option-names';
import { checkOptions } from './option-rules';
import type { KisOrderPolicy } from './order/order-policy';
import { SYMBOL_FILES_URL } from './protocol/symbol-files';
import { Redactor } from './redaction/redactor';
import { RedisAddress } from './redis/redis-address';
import { ProxyRules } from './transport/proxy-rules';
import type { KisTokenStore } from './token/kis-token.store';
import { TradingDays } from './token/trading-days';
import { parseBlackout, type BlackoutWindow } from './token/blackout';
import { TokenCipher } from './token/token-cipher';

/** The token stores of the library. */
export type KisTokenStoreKind = 'file' | 'memory' | 'redis';

/** A token store of the library, or one of the application's own: an object, or a class that Nest instantiates. */
export type KisTokenStoreOption = KisTokenStoreKind | KisTokenStore | Type<KisTokenStore>;

/** The options of `KisModule.forRoot`. */
export interface KisOptions {
  /** The accounts; calls without an alias use the one called `main`, else the first. */
  readonly accounts: readonly KisAccountOptions[];
  /**
   * Where tokens and claims are kept. `redis` shares them between machines, with a copy in files for outages of Redis;
   * `memory` does not share them. A store of the application's own must pass the contract suite of `KisTokenStore`; a
   * class may have providers injected that `imports` of `forRootAsync` export. Default: `file`.
   */
  readonly tokenStore?: KisTokenStoreOption;
  /**
   * The directory of the token files, and of the shared rate limit of this machine's processes (unless `tokenStore` is
   * `redis` or `memory`). A leading `~` is the home directory. Default: `~/KIS/tokens`.
   */
  readonly tokenDir?: string;
  /** The directory of the order journal, the symbols and the calendar; default `~/KIS/state`. */
  readonly stateDir?: string;
  /**
   * The address from which KIS's symbol files are downloaded, once a day at most; default: KIS's own host. No secrets
   * are sent there.
   */
  readonly symbolFilesUrl?: string;
  /** The address of Redis, for `tokenStore: 'redis'`; default `redis://127.0.0.1:6379`. */
  readonly redis?: RedisAddress;
  /**
   * The proxies for connections to KIS; default: direct connections. The library does not read the environment for it.
   */
  readonly proxy?: ProxyRules;
  /** Encrypts stored tokens; default: no encryption. */
  readonly tokenCipher?: TokenCipher;
  /**
   * A token with less remaining life than this is renewed at once: callers wait up to 2 s for the new one, and
   * otherwise get the old one, which is still valid. Default 300.
   */
  readonly bufferSeconds?: number;
  /** Default 7200; see {@link KisTokenPolicy.refreshLeadMs}. */
  readonly refreshLeadSeconds?: number;
  /** Korean time, for example `Mon-Fri 08:30-15:40`; several separated by commas; empty: none. */
  readonly refreshBlackout?: string;
  /** How often the scheduled job checks which tokens are due; default 30. */
  readonly sweepSeconds?: number;
  /** The shortest time between two issue requests for one app key; default 60. */
  readonly issueIntervalSeconds?: number;
  /** Whether tokens are renewed by a scheduled job; default true. Command line tools set this to false. */
  readonly scheduledRefresh?: boolean;
  /**
   * For processes that end after their work, such as commands, and may be started again at any moment. They request a
   * token only when the claim can be recorded where it outlives the process. Default: false; a service may keep claims
   * in memory, and then waits until the longest claim of others has ended before its first request.
   */
  readonly shortLived?: boolean;
  /**
   * Receives every key, secret, token and account number in use, so that its owner can redact them; default: a redactor
   * of the library's own.
   */
  readonly redactor?: Redactor;
  /** The name by which messages refer to an option that should be changed; default: its name here. */
  readonly nameOption?: KisOptionNaming;
}

/** When a token is valid, when it is renewed and how often one may be requested. */
export interface KisTokenPolicy {
  /** A token with less remaining life than this is expiring. */
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
  /** Redacts the secrets in use from messages of KIS. */
  readonly redactor: Redactor;
  readonly nameOption: KisOptionNaming;
  private readonly byAlias: ReadonlyMap<string, KisAccount>;
  private readonly requests = new Map<string, KisRequestPolicy>();
  private readonly allowances = new Map<string, KisOrderAllowance>();

  /** @throws KisInvalidRequestError naming the invalid option. */
  constructor(options: KisOptions) {
    checkOptions(options);
    mustBeInstances(options);
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

  /** The alias that is used when none is given. */
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

/** Where the address of Redis, the way out or the key is given as a plain text, a default would quietly take its place. */
function mustBeInstances({ redis, proxy, tokenCipher }: KisOptions): void {
  const given = { redis, proxy, tokenCipher };
  const types = { redis: RedisAddress, proxy: ProxyRules, tokenCipher: TokenCipher };
  for (const [name, type] of Object.entries(types)) {
    const value: unknown = given[name as keyof typeof given];
    if (value === undefined || value === null || value instanceof type) continue;
    throw new KisInvalidRequestError(`${name} must be made with \`new ${type.name}(…)\`.`);
  }
}
