import {
  KisApiError,
  KisBadResponseError,
  KisCredentialsRejectedError,
  KisTimeoutError,
  KisTokenCooldownError,
  KisTokenRejectedError,
  KisUnavailableError,
  type KisError,
  type KisErrorCode,
  type KisErrorFacts,
} from '../kis.errors';

type ErrorClass = new (message: string, facts: KisErrorFacts) => KisError;

/** The ways in which a request for a token fails. */
const CLASSES: ReadonlyMap<string, ErrorClass> = new Map<KisErrorCode, ErrorClass>([
  ['KIS_REJECTED', KisApiError],
  ['KIS_CREDENTIALS_REJECTED', KisCredentialsRejectedError],
  ['KIS_TOKEN_REJECTED', KisTokenRejectedError],
  ['KIS_UNAVAILABLE', KisUnavailableError],
  ['KIS_TIMEOUT', KisTimeoutError],
  ['KIS_BAD_RESPONSE', KisBadResponseError],
]);

/** The failure of an earlier attempt, of this process or of another, for a caller who waits because of it. */
export function repeatedFailure(code: string, message: string, facts: KisErrorFacts): KisError {
  const Failure = CLASSES.get(code) ?? KisTokenCooldownError;
  return new Failure(message, facts);
}
