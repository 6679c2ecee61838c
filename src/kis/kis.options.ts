import type { Type } from '@nestjs/common';
import { KisAccount } from './kis-account';
import { accountNumberOf, directoryUrl, mustBeSensible, websocketUrlOf } from './kis-option-checks';
import { KisCredential } from './kis-credential';
import { KisAccountNotFoundError, KisInvalidRequestError } from './kis.errors';
import { nameAsOption, type KisOptionNaming } from './option-names';
import type { KisOrderPolicy } from './order/order-policy';
import { SYMBOL_FILES_URL } from './protocol/symbol-files';
import { TRADING_MODES, type KisTradingMode } from './protocol/trading-mode';
import { Redactor } from './redaction/redactor';
import { RedisAddress } from './redis/redis-address';
import { ProxyRules } from './transport/proxy-rules';
import type { KisTokenStore } from './token/kis-token.store';
import { parseBlackout, type BlackoutWindow } from './token/blackout';
import { TokenCipher } from './token/token-cipher';

/** The stores that the library brings along. */
export type KisTokenStoreKind = 'file' | 'memory' | 'redis';

/** A store that the library brings along, or one of the application's own: an object, or a class that Nest builds. */
export type KisTokenStoreOption = KisTokenStoreKind | KisTokenStore | Type<KisTokenStore>;

/** The account that is meant when no alias is given: the first one. */
export const DEFAULT_ALIAS = 'main';

/** One account at KIS and the app key with which it is called. Accounts with the same key, mode and host share a token. */
export interface KisAccountOptions {
  /** How programs call it; `main` unless there are several. */
  readonly alias?: string;
  /** `MOCK` (모의투자) or `REAL` (실전투자); app keys are issued for one of them. */
  readonly mode: KisTradingMode;
  /** As issued by KIS: 36 characters. */
  readonly appKey: string;
  /** As issued by KIS: 180 characters. It is sent to `baseUrl` only and shows in no log and no error. */
  readonly appSecret: string;
  /** Eight digits (CANO), or all ten, with or without a hyphen before the last two. */
  readonly accountNumber: string;
  /** Two digits (ACNT_PRDT_CD); default: those of `accountNumber`, else `01`. */
  readonly accountCode?: string;
  /** Default: the brokerage's own host for the mode. */
  readonly baseUrl?: string;
  /**
   * Where realtime data come from; default: KIS's own host for the mode or, with a `baseUrl` of one's own, that host. `ws`
   * without TLS is for loopback and KIS's own hosts.
   */
  readonly websocketUrl?: string;
  /** HTS id of the account's owner, for notices about orders. */
  readonly htsId?: string;
  /** Marks every answer as simulated; the token then belongs to the simulator, at whatever port it listens. */
  readonly simulated?: boolean;
  /** Default: 18 REAL, 1 MOCK. */
  readonly requestsPerSecond?: number;
  /** Default: 10,000 REAL, 20,000 MOCK. */
  readonly requestTimeoutMs?: number;
  /** Whether and how much this account may order; without it, it may not. */
  readonly orders?: KisOrderAllowance;
}

/** What an account may order. Amounts are decimal strings in won. */
export interface KisOrderAllowance {
  /** Whether the account may order at all. */
  readonly enabled: boolean;
  /** Why not, and what to change, for the error; a sentence. */
  readonly reason?: string;
  /** For one order; default: no cap. */
  readonly maxAmount?: string | null;
  /** For all orders of a Korean day; default: no cap. */
  readonly dailyMaxAmount?: string | null;
  /** Orders within any 60 seconds; default 30, `null`: no cap. */
  readonly maxPerMinute?: number | null;
  /** How long an order must be absent from KIS's lists before it counts as not placed; default 60. */
  readonly settleSeconds?: number;
}

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
  /** The shortest time between two issue requests for one app key. */
  readonly issueIntervalMs: number;
  /** See {@link KisOptions.shortLived}. */
  readonly shortLived?: boolean;
}

/** Calls to KIS for one credential. */
export interface KisRequestPolicy {
  /** For one exchange with KIS. */
  readonly timeoutMs: number;
  /** For a call of the library as a whole, with all its pages, waits and retries, unless the caller sets another limit. */
  readonly deadlineMs: number;
  /** Calls within a second for the app key, over all processes that share its pace. */
  readonly perSecond: number;
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
    const {
      enabled = false,
      reason = 'Its options do not allow orders (`orders: { enabled: true }`).',
      maxAmount = null,
      dailyMaxAmount = null,
      maxPerMinute = 30,
      settleSeconds = 60,
    } = this.allowances.get(alias) ?? {};
    return {
      enabled,
      reason: enabled ? null : reason,
      caps: { maxAmount, dailyMaxAmount, maxPerMinute },
      settleMs: settleSeconds * 1000,
    };
  }

  private openAccount(options: KisAccountOptions, isOneOfSeveral: boolean): KisAccount {
    const facts = TRADING_MODES[options.mode];
    const alias = options.alias ?? DEFAULT_ALIAS;
    const credential = new KisCredential({
      mode: options.mode,
      baseUrl: options.baseUrl ?? facts.origin,
      appKey: options.appKey,
      appSecret: options.appSecret,
      redactor: this.redactor,
      nameOption: (option) => this.nameOption(option, alias),
      ...(options.simulated ? { realm: 'simulator' } : {}),
      ...(isOneOfSeveral ? { alias } : {}),
    });
    this.requests.set(credential.id, requestPolicyOf(options));
    if (options.orders) this.allowances.set(alias, options.orders);
    const { number, productCode } = accountNumberOf(alias, options);
    this.redactor.know({ secrets: [], appKeys: [], accountNumbers: [number] });
    const url = websocketUrlOf(alias, options);
    const htsId = options.htsId ?? '';
    return new KisAccount(alias, credential, number, productCode, options.simulated ?? false, url, htsId);
  }
}

/** Longer than the longest queue of calls, a token request and an exchange usually take together. */
const CALL_DEADLINE_MS = 60_000;

function requestPolicyOf(
  options: Pick<KisAccountOptions, 'mode' | 'requestTimeoutMs' | 'requestsPerSecond'>,
): KisRequestPolicy {
  const facts = TRADING_MODES[options.mode];
  const timeoutMs = options.requestTimeoutMs ?? facts.requestTimeoutMs;
  const perSecond = options.requestsPerSecond ?? facts.requestsPerSecond;
  return { timeoutMs, perSecond, deadlineMs: Math.max(CALL_DEADLINE_MS, 3 * timeoutMs) };
}
