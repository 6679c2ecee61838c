import {
  KisApiError,
  KisBadResponseError,
  KisCredentialsRejectedError,
  KisTimeoutError,
  KisTokenCooldownError,
  KisTokenRejectedError,
  KisUnavailableError,
  type KisAnswerFacts,
  type KisError,
  type KisErrorCode,
  type KisErrorFacts,
} from '../kis.errors';
import type { ClaimView } from './claim-rules';
import { localTime } from './local-time';

/** The errors that tell callers why there is no token and when to try again. */

type ErrorClass = new (message: string, facts: KisErrorFacts) => KisError;

/** The ways in which a token request fails. */
const CLASSES: ReadonlyMap<string, ErrorClass> = new Map<KisErrorCode, ErrorClass>([
  ['KIS_REJECTED', KisApiError],
  ['KIS_CREDENTIALS_REJECTED', KisCredentialsRejectedError],
  ['KIS_TOKEN_REJECTED', KisTokenRejectedError],
  ['KIS_UNAVAILABLE', KisUnavailableError],
  ['KIS_TIMEOUT', KisTimeoutError],
  ['KIS_BAD_RESPONSE', KisBadResponseError],
]);

/**
 * For a caller that may not request a token before the claim has ended: with the code of the failure that is the
 * reason, so that a wrong key is not mistaken for a delay. A request forced by a person is delayed by the interval
 * only, and fails with KisTokenCooldownError.
 */
export function claimNotEnded(view: ClaimView, retryAt: Date, forced: boolean): KisError {
  const { lastError, open, unsent } = view.claim;
  const seconds = Math.max(1, Math.ceil(view.remainingMs / 1000));
  const message = `${reasonOf(view)} The next request is due in ${seconds} s.`;
  const facts = { retryAt, unsent: unsent > 0 && !open };
  const Failure = lastError && !open && !forced ? CLASSES.get(lastError.code) : undefined;
  return new (Failure ?? KisTokenCooldownError)(message, facts);
}

function reasonOf({ claim, assumed = false }: ClaimView): string {
  const { attemptAt, lastError, open } = claim;
  if (assumed)
    return (
      'The record of the last token request was damaged, so a request that is not known of may have been sent, and ' +
      'KIS issues one token a minute for an app key.'
    );
  if (open)
    return (
      `A token was requested at ${localTime(attemptAt)}, and no result has been recorded since: the process that ` +
      'requested it was probably stopped or killed. KIS issues one token a minute for an app key.'
    );
  if (lastError) return `The last request for a token failed: ${lastError.message}`;
  return 'KIS issues one token a minute for an app key, and the last request was less than that ago.';
}

/** For a caller that has waited for as long as it may. @param sent whether the request has been sent to KIS. */
export function notInTime(sent: boolean, retryAt: Date): KisTimeoutError {
  return new KisTimeoutError(
    sent
      ? 'No token was received in time. The request continues; try again shortly.'
      : 'No token was received in time, because the token store is slow: none has been requested yet. Check its disk, ' +
          'mount or server, and try again shortly.',
    { retryAt },
  );
}

/** @param ageMs time since the issue of the refused token. */
export function refusedTooYoung(answer: KisAnswerFacts, ageMs: number): KisTokenRejectedError {
  return new KisTokenRejectedError(
    `KIS refused a token that is only ${Math.max(0, Math.round(ageMs / 1000))} s old (${answer.msgCd} ${answer.msg1}). ` +
      'A token so young is not expired: check that the app key belongs to this trading mode and host. ' +
      'No new token is requested for this.',
    { kis: answer },
  );
}

/** A renewal under way resulted in the token with which a call had just been refused. */
export function refusedMeanwhile(): KisTokenRejectedError {
  return new KisTokenRejectedError(
    'KIS returned the token that it had just refused. Try again; another one is requested then.',
  );
}

/** KIS returns one token for six hours, even if it refuses it. */
export function sameTokenRefused(): KisTokenRejectedError {
  return new KisTokenRejectedError(
    'KIS returned the same token that it refuses. It does so for six hours after an issue when a token was ' +
      'revoked; until then only a new app key helps (KIS Developers, 앱키 재발급).',
  );
}

/** @param expiresAt epoch milliseconds. */
export function alreadyExpired(expiresAt: number): KisBadResponseError {
  return new KisBadResponseError(
    `KIS returned a token that has already expired (${new Date(expiresAt).toISOString()}). ` +
      'Try again later; if that does not help, check the clock of this machine.',
  );
}

export function replacedTooOften(retryAt: Date): KisTokenRejectedError {
  return new KisTokenRejectedError(
    'KIS refuses the token that was issued to replace a refused one. Another will not help for now: check that the ' +
      'app key belongs to this trading mode and host, and that nothing else revokes its tokens.',
    { retryAt },
  );
}

export function deletedMeanwhile(retryAt: Date): KisTokenCooldownError {
  return new KisTokenCooldownError(
    'The token was deleted while a new one was being requested, so the new one is not used. Try again after the ' +
      'minute that KIS requires between two requests.',
    { retryAt },
  );
}

export function suspendedAfterClaim(retryAt: Date): KisUnavailableError {
  return new KisUnavailableError(
    'This process was suspended or blocked after it had claimed the token request, and released the claim. ' +
      'Try again; if it happens repeatedly, the machine or its disk is overloaded.',
    { retryAt },
  );
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
