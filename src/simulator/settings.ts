import { MARKET_DEFAULTS, type MarketSettings } from './market/market-settings';
import { ORDER_DEFAULTS, type OrderSettings } from './order/order-settings';
import { REALTIME_DEFAULTS, type RealtimeSettings } from './realtime/realtime-settings';

/** The settings of the simulator, with their defaults. */

/** Faults that lose the answer of work that was done: an issued token, an executed order. */
type LostAnswer =
  /** The connection is destroyed without an answer. */
  | 'drop'
  /** The answer never comes. */
  | 'hang'
  /** Half of the body comes, then the connection is destroyed. */
  | 'truncated';

/** Faults in front of the brokerage: nothing is issued, nothing is executed. */
type Refused =
  /** 502 with the HTML page of a proxy. */
  | 'html502'
  /** 307 to another path of the same host, which would have the credentials sent once more. */
  | 'redirect';

/** What can happen to a token request. */
export type TokenFault =
  | LostAnswer
  | Refused
  /** 500 EGW00002; nothing is issued. */
  | 'http500'
  /** A good token, whose `access_token_token_expired` is empty. */
  | 'emptyExpiry'
  /** A good token, whose `access_token_token_expired` is twenty minutes ago. */
  | 'pastExpiry'
  /** A good token, of which the answer says that it lives for thirty days. */
  | 'longExpiry'
  /** New tokens are good, but opaque texts instead of JWTs. */
  | 'notJwt';

/** What can happen to a call under /uapi. */
export type ApiFault =
  | LostAnswer
  | Refused
  /** 503 with an HTML page. */
  | 'http503';

/** Everything about the simulated brokerage that can be changed while it runs. */
export interface SimulatorSettings extends MarketSettings, OrderSettings, RealtimeSettings {
  /** Added to the clock of this machine to give the brokerage's time, in milliseconds. */
  clockOffsetMs: number;
  /** Delay of every answer. The work is done at once, only the answer is late. */
  latencyMs: number;
  /** Additional delay of the answers of tokenP (7 to 10 seconds were measured at the mock host). */
  tokenLatencyMs: number;

  /** Life of a new token. Personal accounts get 86,400 seconds, partner firms 7,776,000. */
  tokenLifetimeSeconds: number;
  /** Within this time after an issue tokenP returns the same token. */
  sameTokenSeconds: number;
  /** Within this time after an issue tokenP answers 403 EGW00133. */
  issueIntervalSeconds: number;
  /** Whether a new token invalidates the older ones of its key. No source says whether KIS does that. */
  oldTokenDiesOnReissue: boolean;
  /** Whether tokenP replaces a revoked or killed token instead of returning it again. */
  reissueAfterRevoke: boolean;
  /** What happens to tokenP requests. */
  tokenFault: TokenFault | null;
  /** The connection of every tokenP request is destroyed; the brokerage never sees it. */
  tokenDown: boolean;

  /** HTTP status of EGW00121 and EGW00123. Newer public reports show 500, older ones 200. */
  expiredAs: 500 | 200;
  /** Every call under /uapi is refused with this code, whatever its token: any code, with KIS's literal message if known. */
  refuseAll: string | null;
  /** This many further calls under /uapi are refused with `refuseNextCode`; counts down. */
  refuseNext: number;
  /** The code of the calls that `refuseNext` refuses. */
  refuseNextCode: string;
  /** `refuseAll` and `refuseNext` concern calls with this TR id only; null: all calls. */
  refuseTrId: string | null;
  /** `refuseAll` and `refuseNext` concern first pages, following pages (`tr_cont: N`), or both. */
  refusePages: 'all' | 'first' | 'following';
  /** Every request under /oauth2 is refused with this code; nothing is issued or revoked. */
  tokenRefusal: string | null;
  /** What happens to calls under /uapi. */
  apiFault: ApiFault | null;
  /**
   * Text that every message and every name in an answer becomes; `{appkey}`, `{appsecret}`, `{token}`, `{account}` and
   * `{product}` are what the request carried, `{appsecret:0:60}` a part of it.
   */
  echo: string | null;

  /** Calls a second for one app key at the real host (18 since the notice of 2026-04-20). */
  realPerSecond: number;
  /** Calls a second for one app key at the mock host (1 since the notice of 2026-04-20). */
  mockPerSecond: number;
  /** Probability (0 to 1) of an EGW00201 although the limit is kept, as distributed gateways cause it. */
  randomRateRefusals: number;
  /** Probability (0 to 1) of an EGW00215 of the ledger on calls for an account. */
  ledgerRefusals: number;

  /** Domestic stocks held. */
  holdings: number;
  /** Domestic stocks sold today: rows with a quantity of "0". */
  soldOut: number;
  /** Overseas stocks held. */
  overseasHoldings: number;
  /** A US treasury bond among the overseas stocks: its row has no exchange, as public reports say. */
  overseasBond: boolean;
  /** An account with nothing in it: no stock, no cash. */
  emptyAccount: boolean;
  /** `output2` of the domestic balance is an object, as some public mirrors show it. */
  output2AsObject: boolean;
  /** A row without an owner ends the overseas balance: where nothing is held, always (as in the portal's example), or never. */
  blankOverseasRow: 'whenEmpty' | 'always' | 'never';
  /** The present overseas balance of the mock host lists currencies in `output2`; the portal says it does not. */
  mockPresentCurrencies: boolean;
  /** Refuse INQR_DVSN 02, as announced on 2026-02-10; older clients still send it. */
  refuseInquiryByStock: boolean;

  /** Fields that successful answers under /uapi leave out, at any depth, such as "output1" or "prdt_name". */
  omitFields: readonly string[];

  /** Rows a page; null: as at KIS (50 real, 20 mock, overseas 100). */
  pageSize: number | null;
  /** `tr_cont` of a page that is followed by another. */
  morePageMark: 'M' | 'F';
  /** `tr_cont` of the last page. */
  lastPageMark: 'D' | 'E';
}

/** KIS as it usually is: no faults, no delays, the limits of its contract. */
export const DEFAULT_SETTINGS: Readonly<SimulatorSettings> = {
  clockOffsetMs: 0,
  latencyMs: 0,
  tokenLatencyMs: 0,
  tokenLifetimeSeconds: 86_400,
  sameTokenSeconds: 21_600,
  issueIntervalSeconds: 60,
  oldTokenDiesOnReissue: false,
  reissueAfterRevoke: false,
  tokenFault: null,
  tokenDown: false,
  expiredAs: 500,
  refuseAll: null,
  refuseNext: 0,
  refuseNextCode: 'EGW00121',
  refuseTrId: null,
  refusePages: 'all',
  tokenRefusal: null,
  apiFault: null,
  echo: null,
  realPerSecond: 18,
  mockPerSecond: 1,
  randomRateRefusals: 0,
  ledgerRefusals: 0,
  holdings: 3,
  soldOut: 0,
  overseasHoldings: 3,
  overseasBond: false,
  emptyAccount: false,
  output2AsObject: false,
  blankOverseasRow: 'whenEmpty',
  mockPresentCurrencies: true,
  refuseInquiryByStock: false,
  omitFields: [],
  pageSize: null,
  morePageMark: 'M',
  lastPageMark: 'D',
  ...MARKET_DEFAULTS,
  ...ORDER_DEFAULTS,
  ...REALTIME_DEFAULTS,
};
