/** The kinds of failure; the REST API uses the same codes in its problem details. */
export type KisErrorCode =
  | 'ACCOUNT_NOT_FOUND'
  | 'INVALID_REQUEST'
  | 'SYMBOL_NOT_FOUND'
  | 'NOT_AVAILABLE_IN_MOCK'
  | 'KIS_REJECTED'
  | 'TOKEN_ISSUE_COOLDOWN'
  | 'TOKEN_STORE_FAILED'
  | 'KIS_CREDENTIALS_REJECTED'
  | 'KIS_TOKEN_REJECTED'
  | 'KIS_RATE_LIMITED'
  | 'KIS_UNAVAILABLE'
  | 'KIS_TIMEOUT'
  | 'KIS_BAD_RESPONSE'
  | 'REGISTRATIONS_FULL'
  | 'ORDERS_DISABLED'
  | 'ORDER_REFUSED'
  | 'ORDER_CAP_EXCEEDED'
  | 'ORDER_ID_REUSED'
  | 'ORDER_EQUAL_UNSETTLED'
  | 'ORDER_NOT_OPEN'
  | 'ORDER_NOT_UNKNOWN'
  | 'ORDER_NOT_FOUND'
  | 'ORDER_JOURNAL_FAILED';

/** Code and message of the brokerage, trimmed; never a whole body. */
export interface KisAnswerFacts {
  /** Code of the message (`msg_cd`), such as EGW00123. */
  readonly msgCd: string;
  /** The message (`msg1`), in Korean; secrets and account numbers are redacted. */
  readonly msg1: string;
  /** The call (`tr_id`); missing for the token endpoint. */
  readonly trId?: string;
}

/** The facts that an error carries besides its message. */
export interface KisErrorFacts {
  /** Code and message of the brokerage, if it answered. */
  readonly kis?: KisAnswerFacts;
  /** The earliest moment at which trying again can help. */
  readonly retryAt?: Date;
  /** The failure underneath. It is kept as name, code and message only: originals carry headers and bodies. */
  readonly cause?: unknown;
  /** The request for a token never left this machine: no connection to KIS was established. */
  readonly unsent?: boolean;
}

/**
 * The base class of all errors that this library throws. The message says what happened, why, and what to do; it never
 * holds a token, a secret, a whole key or a raw body.
 */
export abstract class KisError extends Error {
  /** Stable across versions, unlike the message; for decisions in programs. */
  abstract readonly code: KisErrorCode;
  /** See {@link KisErrorFacts.kis}. */
  readonly kis?: KisAnswerFacts;
  /** See {@link KisErrorFacts.retryAt}. */
  retryAt?: Date;
  /** See {@link KisErrorFacts.unsent}. */
  readonly unsent: boolean;
  /** The `Date` header of the response of KIS that caused this error; epoch milliseconds, whole seconds. */
  serverTime?: number | undefined;
  #isLogged = false;

  constructor(message: string, facts: KisErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: withoutSecrets(facts.cause) });
    this.name = new.target.name;
    this.unsent = facts.unsent ?? false;
    if (facts.kis) this.kis = facts.kis;
    if (facts.retryAt) this.retryAt = facts.retryAt;
  }

  /** Whether this failure has been logged: once is enough, however many callers receive it. */
  get isLogged(): boolean {
    return this.#isLogged;
  }

  /** Marks the failure as logged. */
  markLogged(): void {
    this.#isLogged = true;
  }
}

/** No account has this alias. */
export class KisAccountNotFoundError extends KisError {
  readonly code = 'ACCOUNT_NOT_FOUND';
}

/** The request cannot be sent as it is: a wrong parameter, or a URL outside the configured KIS origin. */
export class KisInvalidRequestError extends KisError {
  readonly code = 'INVALID_REQUEST';
}

/** The symbol has the right form, but KIS knows no such security. */
export class KisSymbolNotFoundError extends KisError {
  readonly code = 'SYMBOL_NOT_FOUND';
}

/** The brokerage does not offer this call in mock trading (모의투자); nothing was sent. */
export class KisNotAvailableInMockError extends KisError {
  readonly code = 'NOT_AVAILABLE_IN_MOCK';
}

/** The brokerage understood the call and refused it (`rt_cd` is not "0"). */
export class KisApiError extends KisError {
  readonly code = 'KIS_REJECTED';
}

/** No token is available, and none may be requested before `retryAt` (KIS issues one a minute for an app key). */
export class KisTokenCooldownError extends KisError {
  readonly code = 'TOKEN_ISSUE_COOLDOWN';
}

/** The token store cannot be read or written. */
export class KisTokenStoreError extends KisError {
  readonly code = 'TOKEN_STORE_FAILED';
}

/**
 * KIS does not accept the app key or the app secret, or does not permit the key to be used for this or from here.
 * Waiting does not help: `message` says what to change.
 */
export class KisCredentialsRejectedError extends KisError {
  readonly code = 'KIS_CREDENTIALS_REJECTED';
}

/** KIS refuses a token, and a new one cannot be obtained now or would not help. */
export class KisTokenRejectedError extends KisError {
  readonly code = 'KIS_TOKEN_REJECTED';
}

/** Too many calls a second: our own queue is too long, or KIS refused an order for that reason. Nothing was executed. */
export class KisRateLimitedError extends KisError {
  readonly code = 'KIS_RATE_LIMITED';
}

/**
 * KIS cannot be reached, or reports that it cannot handle the call now. With `kis` and `retryAt` set, KIS answered, the
 * call was tried several times, and trying again later can help.
 */
export class KisUnavailableError extends KisError {
  readonly code = 'KIS_UNAVAILABLE';
}

/** KIS did not answer in time. Whether an order was executed is then unknown. */
export class KisTimeoutError extends KisError {
  readonly code = 'KIS_TIMEOUT';
}

/** KIS answered with something that is not its protocol. */
export class KisBadResponseError extends KisError {
  readonly code = 'KIS_BAD_RESPONSE';
}

/** All registrations for realtime data that KIS allows for an app key are in use. */
export class KisRegistrationsFullError extends KisError {
  readonly code = 'REGISTRATIONS_FULL';

  constructor(
    message: string,
    /** The registered channels. */
    readonly channels: readonly string[],
  ) {
    super(message);
  }
}

/** An HTTP client's error carries the whole request, with token and secret, so only name, code and message are kept. */
function withoutSecrets(cause: unknown): unknown {
  if (cause instanceof KisError) return cause;
  if (!(cause instanceof Error)) return new Error(typeof cause);
  const code = (cause as NodeJS.ErrnoException).code;
  const kept = new Error(code ? `${code}: ${cause.message}` : cause.message);
  kept.name = cause.name;
  if (cause.stack !== undefined) kept.stack = cause.stack;
  return kept;
}
