import { KisAccount } from './kis-account';
import { KisCredential } from './kis-credential';
import { accountNumberOf, websocketUrlOf } from './kis-option-checks';
import type { KisOptionNaming } from './option-names';
import { checkAccount } from './option-rules';
import type { KisOrderPolicy } from './order/order-policy';
import { TRADING_MODES, type KisTradingMode } from './protocol/trading-mode';
import type { Redactor } from './redaction/redactor';

/**
 * The alias of an account without one. Calls without an alias use the account with this alias, or else the first one.
 */
export const DEFAULT_ALIAS = 'main';

/** One account at KIS and the app key with which it is called. Accounts with the same key, mode and host share a token. */
export interface KisAccountOptions {
  /** The name by which programs select the account; default `main`. */
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
  /** Scheme, host and port; plain `http:` for this machine only. Default: the brokerage's own host for the mode. */
  readonly baseUrl?: string;
  /**
   * Where realtime data come from; default: KIS's own host for the mode or, with a `baseUrl` of one's own, that host. `ws`
   * without TLS is for loopback and KIS's own hosts.
   */
  readonly websocketUrl?: string;
  /** HTS id of the account's owner, for notices about orders. */
  readonly htsId?: string;
  /** Marks every answer as simulated; the token then belongs to the simulator, regardless of its port. */
  readonly simulated?: boolean;
  /** At least 0.1; default: 18 REAL, 1 MOCK. */
  readonly requestsPerSecond?: number;
  /** From 100 to 600,000; default: 10,000 REAL, 20,000 MOCK. */
  readonly requestTimeoutMs?: number;
  /** Whether and how much this account may order; default: no orders. */
  readonly orders?: KisOrderAllowance;
}

/** What an account may order. Amounts are in won, without fractions, as strings. */
export interface KisOrderAllowance {
  /** Whether the account may order at all. */
  readonly enabled: boolean;
  /** Why orders are not allowed and what to change, as a sentence for the error. */
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

/** Limits of the calls with one credential. */
export interface KisRequestPolicy {
  /** For one exchange with KIS. */
  readonly timeoutMs: number;
  /** For a call of the library as a whole, with all its pages, waits and retries, unless the caller sets another limit. */
  readonly deadlineMs: number;
  /** Calls per second with the app key, over all processes that share its rate limit. */
  readonly perSecond: number;
}

/**
 * An account from its options.
 *
 * @param isOneOfSeveral whether there are other accounts, so that log lines name this one.
 * @throws KisInvalidRequestError naming the option that is invalid.
 */
export function accountFrom(
  options: KisAccountOptions,
  isOneOfSeveral: boolean,
  { redactor, nameOption }: { readonly redactor: Redactor; readonly nameOption: KisOptionNaming },
): KisAccount {
  const alias = options.alias ?? DEFAULT_ALIAS;
  checkAccount(alias, options);
  const credential = new KisCredential({
    mode: options.mode,
    baseUrl: options.baseUrl ?? TRADING_MODES[options.mode].origin,
    appKey: options.appKey,
    appSecret: options.appSecret,
    redactor,
    nameOption: (option) => nameOption(option, alias),
    ...(options.simulated ? { realm: 'simulator' } : {}),
    ...(isOneOfSeveral ? { alias } : {}),
  });
  const { number, productCode } = accountNumberOf(alias, options);
  redactor.know({ secrets: [], appKeys: [], accountNumbers: [number] });
  const url = websocketUrlOf(alias, options);
  const htsId = options.htsId ?? '';
  return new KisAccount(alias, credential, number, productCode, options.simulated ?? false, url, htsId);
}

/** The order policy for an allowance; without one no orders are allowed. */
export function orderPolicyOf({
  enabled = false,
  reason = 'Its options do not allow orders (`orders: { enabled: true }`).',
  maxAmount = null,
  dailyMaxAmount = null,
  maxPerMinute = 30,
  settleSeconds = 60,
}: Partial<KisOrderAllowance> = {}): KisOrderPolicy {
  return {
    enabled,
    reason: enabled ? null : reason,
    caps: { maxAmount, dailyMaxAmount, maxPerMinute },
    settleMs: settleSeconds * 1000,
  };
}

/** Longer than the longest queue of calls, a token request and an exchange usually take together. */
const CALL_DEADLINE_MS = 60_000;

/** Limits of the calls with the credential of an account. */
export function requestPolicyOf(
  options: Pick<KisAccountOptions, 'mode' | 'requestTimeoutMs' | 'requestsPerSecond'>,
): KisRequestPolicy {
  const facts = TRADING_MODES[options.mode];
  const timeoutMs = options.requestTimeoutMs ?? facts.requestTimeoutMs;
  const perSecond = options.requestsPerSecond ?? facts.requestsPerSecond;
  return { timeoutMs, perSecond, deadlineMs: Math.max(CALL_DEADLINE_MS, 3 * timeoutMs) };
}
