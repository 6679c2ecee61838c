import {
  KisApiError,
  KisBadResponseError,
  KisCredentialsRejectedError,
  KisRateLimitedError,
  KisTimeoutError,
  KisTokenRejectedError,
  KisUnavailableError,
  type KisAnswerFacts,
  type KisError,
} from '../kis.errors';
import { ANSWER_CODES, classOf } from '../protocol/answer-codes';
import { REMEDIES } from '../protocol/remedies';
import { connectionAdvice } from '../transport/connection-advice';
import type { KisDoubt, KisFailure, KisRefusal, KisTransientFailure } from './kis-answer';
import { isRead, nameOf, type KisCall } from './kis-call';

/** The error for an answer, with what to do about it. */
export function failureOf(answer: KisFailure, call: KisCall, now: number): KisError {
  switch (answer.kind) {
    case 'timeout':
    case 'unavailable':
    case 'broken':
      return doubtful(answer, call);
    case 'transient':
      return transient(answer, call, now);
    case 'rate-limited':
      return rateLimited(answer, call, now);
    default:
      return refused(answer, call, now);
  }
}

const ORDER_IN_DOUBT =
  'It was not sent again, but the order may have been executed: check the orders and the balance before sending it again.';

/** How long to wait when KIS says to try again later; it does not say when. */
const RETRY_AFTER_MS = 5000;
const ANOTHER_SECOND_MS = 1000;

function refused({ kind, facts: kis }: KisRefusal, call: KisCall, now: number): KisError {
  const said = `KIS refused ${nameOf(call)}: ${wordsOf(kis)}`;
  const { maskedAppKey, mode } = call.account.credential;
  switch (kind) {
    case 'token-refused':
      return new KisTokenRejectedError(
        `${said}. It refused a second token too: check that app key ${maskedAppKey}, trading mode ${mode} and host belong together.`,
        { kis },
      );
    case 'credentials-refused':
      return new KisCredentialsRejectedError(
        `${said}. Compare app key ${maskedAppKey} and its secret with the ones on the KIS developers' portal, for ${mode} trading.`,
        { kis },
      );
    case 'pages-changed':
      return new KisUnavailableError(
        `${said}. The data changed while it was being read, and pages from before and after the change do not belong together: read again from the first page.`,
        { kis, retryAt: new Date(now + RETRY_AFTER_MS) },
      );
    default:
      return new KisApiError(`${said}. ${adviceAfterRefusal(kis.msgCd)}`, { kis });
  }
}

function adviceAfterRefusal(code: string): string {
  const remedy = REMEDIES.get(code);
  if (remedy !== undefined) return remedy;
  return classOf(code) === 'malformed'
    ? 'The request does not have the form that KIS expects: check the parameters, the headers and the body of the call.'
    : 'KIS gives the reason in its own words.';
}

function transient({ facts: kis }: KisTransientFailure, call: KisCall, now: number): KisError {
  const said = `KIS could not handle ${nameOf(call)} just now: ${wordsOf(kis)}`;
  if (!isRead(call)) return new KisUnavailableError(`${said}. ${ORDER_IN_DOUBT}`, { kis });
  return new KisUnavailableError(`${said}. It was tried several times; try again in a few seconds.`, {
    kis,
    retryAt: new Date(now + RETRY_AFTER_MS),
  });
}

function rateLimited({ facts: kis }: KisRefusal, call: KisCall, now: number): KisError {
  const said = `KIS refused ${nameOf(call)} because of too many calls: ${wordsOf(kis)}`;
  const facts = { kis, retryAt: new Date(now + ANOTHER_SECOND_MS) };
  return isRead(call)
    ? new KisUnavailableError(
        `${said}. It was tried several times; try again in a second. If this keeps happening, lower ${call.account.credential.nameOption('requestsPerSecond')}: other programs with the same app key count too.`,
        facts,
      )
    : new KisRateLimitedError(
        `${said}. Nothing was executed, and it was not sent again; send it again in a second.`,
        facts,
      );
}

function wordsOf({ msgCd, msg1 }: KisAnswerFacts): string {
  const words = msg1 || (ANSWER_CODES.get(msgCd)?.words ?? '');
  return `${msgCd} ${words}`.replace(/[.\s]+$/, '');
}

function doubtful(answer: KisDoubt, call: KisCall): KisError {
  const facts = {
    ...(answer.facts ? { kis: answer.facts } : {}),
    ...(answer.cause ? { cause: answer.cause } : {}),
  };
  const said = `${nameOf(call)} ${answer.seen}. ${adviceFor(answer, call)}`;
  if (answer.kind === 'timeout') return new KisTimeoutError(said, facts);
  return answer.kind === 'unavailable'
    ? new KisUnavailableError(said, facts)
    : new KisBadResponseError(said, facts);
}

function adviceFor(answer: KisDoubt, call: KisCall): string {
  if (!isRead(call) && !answer.unsent) {
    return ORDER_IN_DOUBT;
  }
  if (answer.kind === 'broken')
    return 'Check that the configured address is KIS itself and no proxy or login page.';
  return answer.unsent && answer.cause
    ? connectionAdvice(answer.cause, call.account.credential.nameOption)
    : 'Try again later; if this keeps happening, check the network and the configured address.';
}
