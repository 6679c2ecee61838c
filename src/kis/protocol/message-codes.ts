/**
 * Codes of the brokerage that the library acts on. `msg_cd` of a call and `error_code` of the token endpoint are
 * one family. Source: error list of the KIS portal (https://apiportal.koreainvestment.com/faq-error-code) unless
 * noted.
 */
export const KIS_CODES = {
  /** AppKey는 필수입니다. */
  APP_KEY_MISSING: 'EGW00102',
  /** 유효하지 않은 AppKey입니다. */
  APP_KEY_INVALID: 'EGW00103',
  /** AppSecret은 필수입니다. */
  APP_SECRET_MISSING: 'EGW00104',
  /** 유효하지 않은 AppSecret입니다. */
  APP_SECRET_INVALID: 'EGW00105',
  /** 유효하지 않은 token 입니다. */
  TOKEN_INVALID: 'EGW00121',
  /** token을 찾을 수 없습니다. */
  TOKEN_NOT_FOUND: 'EGW00122',
  /** 기간이 만료된 token 입니다. Comes with HTTP 500 and with HTTP 200. */
  TOKEN_EXPIRED: 'EGW00123',
  /** 접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회). Not on the list; open-trading-api issue 33. */
  ISSUED_TOO_OFTEN: 'EGW00133',
  /** 초당 거래건수를 초과하였습니다. */
  TOO_MANY_CALLS: 'EGW00201',
  /** 원장에서 허용 가능한 초당 거래건수를 초과하였습니다. Since about 2026-09. */
  TOO_MANY_LEDGER_CALLS: 'EGW00215',
  /** 고객식별키(법인 personalSeckey, 개인 appSecret)가 유효하지 않습니다. */
  CUSTOMER_KEY_INVALID: 'EGW00304',
} as const;

/** The key or the secret is wrong: trying again cannot help. */
export const CREDENTIAL_REFUSALS: ReadonlySet<string> = new Set([
  KIS_CODES.APP_KEY_MISSING,
  KIS_CODES.APP_KEY_INVALID,
  KIS_CODES.APP_SECRET_MISSING,
  KIS_CODES.APP_SECRET_INVALID,
  KIS_CODES.CUSTOMER_KEY_INVALID,
]);

/** The token is refused; nothing was executed, so the call may be sent again with another token. */
export const TOKEN_REFUSALS: ReadonlySet<string> = new Set([
  KIS_CODES.TOKEN_INVALID,
  KIS_CODES.TOKEN_NOT_FOUND,
  KIS_CODES.TOKEN_EXPIRED,
]);

/** Too many calls a second. */
export const RATE_REFUSALS: ReadonlySet<string> = new Set([
  KIS_CODES.TOO_MANY_CALLS,
  KIS_CODES.TOO_MANY_LEDGER_CALLS,
]);
