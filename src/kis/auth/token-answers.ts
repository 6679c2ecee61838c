import type { KisCredential } from '../kis-credential';
import {
  KisApiError,
  KisBadResponseError,
  KisCredentialsRejectedError,
  KisTimeoutError,
  KisTokenCooldownError,
  KisUnavailableError,
  type KisAnswerFacts,
  type KisError,
} from '../kis.errors';
import { answerFacts } from '../transport/answer-facts';
import { connectionAdvice } from '../transport/connection-advice';
import { parseKoreanTime } from '../protocol/market-time';
import { ANSWER_CODES, classOf } from '../protocol/answer-codes';
import { REMEDIES } from '../protocol/remedies';
import type { IssuedToken } from './kis-auth.client';
import { jsonObject, type KisExchangeAnswer, type KisExchangeResult } from '../transport/exchange-result';

/**
 * Printable ASCII without spaces: nothing else fits into an `authorization` header. KIS's tokens have at most 350
 * characters (KIS portal); servers do not accept headers of more than a few thousand.
 */
const TOKEN = /^[\x21-\x7e]{1,4096}$/;

/** The answer, if there was one. @throws KisTimeoutError, KisUnavailableError, KisBadResponseError. */
export function answered(
  result: KisExchangeResult,
  credential: KisCredential,
  timeoutMs: number,
): KisExchangeAnswer {
  const host = new URL(credential.origin).host;
  switch (result.kind) {
    case 'answered':
      return result;
    case 'timeout':
      if (!result.sent) {
        throw new KisUnavailableError(
          `No connection to the token endpoint at ${host} could be established within ${Math.round(timeoutMs)} ms. Check the network and the configured address.`,
          { unsent: true },
        );
      }
      throw new KisTimeoutError(
        `The token endpoint at ${host} did not answer within ${Math.round(timeoutMs)} ms. Try again later; if the host is slow, raise the request timeout (${credential.nameOption('requestTimeoutMs')}).`,
      );
    case 'unreachable':
      throw new KisUnavailableError(
        `The token endpoint at ${host} cannot be reached (${result.reason}). ${connectionAdvice(result.cause, credential.nameOption)}`,
        { cause: result.cause, unsent: !result.sent },
      );
    case 'broken':
      throw new KisBadResponseError(
        `The response of the token endpoint at ${host} was cut off or damaged. Try again later.`,
        {
          cause: result.cause,
        },
      );
  }
}

/** Reads the answer of tokenP, tolerant in all but the token itself. @throws as `KisAuthClient.issue` does. */
export function readIssuedToken(answer: KisExchangeAnswer, credential: KisCredential): IssuedToken {
  const body = jsonObject(answer.text);
  const token = body?.['access_token'];
  if (!body || isRedirect(answer) || typeof token !== 'string' || !TOKEN.test(token)) {
    throw failureIn(answer, credential, 'holds no access token that could be sent in a header');
  }
  const stated = body['access_token_token_expired'];
  return {
    accessToken: token,
    tokenType: tokenTypeIn(body['token_type']),
    statedExpiry: typeof stated === 'string' ? parseKoreanTime(stated) : null,
    expiresInSeconds: numberIn(body['expires_in']),
    serverTime: serverTimeOf(answer),
  };
}

/**
 * The error for an unexpected response, by its body, whatever the HTTP status.
 *
 * @param lack what is wrong with a response without an error code; continues "the answer …".
 */
export function failureIn(answer: KisExchangeAnswer, credential: KisCredential, lack: string): KisError {
  const failure = failureFor(answer, credential, lack);
  failure.serverTime = serverTimeOf(answer) ?? undefined;
  return failure;
}

function failureFor(answer: KisExchangeAnswer, credential: KisCredential, lack: string): KisError {
  const host = new URL(credential.origin).host;
  const kis = answerFacts(jsonObject(answer.text), credential);
  if (isRedirect(answer)) {
    return new KisBadResponseError(
      `The token endpoint at ${host} redirects to another address (HTTP ${answer.status}). Redirects are not followed, because key and secret must go to the configured address only. Check that address.`,
    );
  }
  if (kis) return refusal(kis, credential);
  if (answer.status >= 500) {
    return new KisUnavailableError(
      `The token endpoint at ${host} reports an internal error (HTTP ${answer.status}). Try again later.`,
    );
  }
  return new KisBadResponseError(
    `The answer of the token endpoint at ${host} (HTTP ${answer.status}) ${lack}. Check that the configured address is KIS's.`,
  );
}

/** By the class of the code; a code that is not in the contract may be temporary, so it is not treated as permanent. */
function refusal(kis: KisAnswerFacts, credential: KisCredential): KisError {
  const said = `${kis.msgCd} ${kis.msg1 || (ANSWER_CODES.get(kis.msgCd)?.words ?? '')}`.trim();
  switch (classOf(kis.msgCd)) {
    case 'issued-too-often':
      return new KisTokenCooldownError(
        `KIS issues one token a minute for an app key and has just issued one (${said}). Wait a minute.`,
        { kis },
      );
    case 'credentials-refused':
      return wrongCredentials(kis, said, credential);
    case 'not-permitted':
    case 'misconfigured':
      return new KisCredentialsRejectedError(
        `KIS issues no token for the app key ${credential.maskedAppKey} in ${credential.mode} trading (${said}). ` +
          `Waiting does not help. ${REMEDIES.get(kis.msgCd) ?? "Check key and trading mode on the KIS developers' portal."}`,
        { kis },
      );
    case 'malformed':
      return new KisApiError(
        `KIS does not accept the form of the token request (${said}). Check that nothing between this program and KIS, ` +
          'such as a proxy, changes requests; if nothing does, KIS has changed its interface and this program needs an update.',
        { kis },
      );
    default:
      return new KisUnavailableError(
        `KIS could not handle the token request (${said}). Try again later; if it persists, contact KIS about this code.`,
        { kis },
      );
  }
}

function wrongCredentials(
  kis: KisAnswerFacts,
  said: string,
  credential: KisCredential,
): KisCredentialsRejectedError {
  const isKey = kis.msgCd === 'EGW00102' || kis.msgCd === 'EGW00103';
  return new KisCredentialsRejectedError(
    `KIS does not accept the app ${isKey ? 'key' : 'secret of the app key'} ${credential.maskedAppKey} (${said}). ` +
      `Compare the configured app ${isKey ? 'key' : 'secret'} with the one on the KIS developers' portal (KIS Developers, ` +
      `API 신청 현황), without spaces or line breaks, and check that it was issued for ${credential.mode} trading.`,
    { kis },
  );
}

/** KIS knows only this type; a damaged value must not end up in the header of every call. */
function tokenTypeIn(value: unknown): string {
  const type = typeof value === 'string' ? value.trim() : '';
  return /^bearer$/i.test(type) ? type : 'Bearer';
}

function isRedirect(answer: KisExchangeAnswer): boolean {
  return answer.status >= 300 && answer.status < 400;
}

/** `null` when there is no `Date` header, or none that can be read. */
function serverTimeOf(answer: KisExchangeAnswer): number | null {
  return finite(Date.parse(answer.headers['date'] ?? ''));
}

function numberIn(value: unknown): number | null {
  if (typeof value === 'string' && value.trim() !== '') return finite(Number(value));
  return typeof value === 'number' ? finite(value) : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
