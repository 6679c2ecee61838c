import {
  KisApiError,
  KisBadResponseError,
  KisCredentialsRejectedError,
  KisRateLimitedError,
  KisTimeoutError,
  KisTokenRejectedError,
  KisUnavailableError,
  type KisError,
} from '../kis.errors';
import { REFUSAL_HINTS } from '../protocol/gateway-codes';
import type { KisDoubt, KisRefusal } from './kis-answer';
import { isRead, nameOf, type KisCall } from './kis-call';

/** The error for an answer, with what to do about it. */
export function failureOf(answer: KisRefusal | KisDoubt, call: KisCall, now: number): KisError {
  switch (answer.kind) {
    case 'timeout':
    case 'unavailable':
    case 'broken':
      return doubtful(answer, call);
    default:
      return refused(answer, call, now);
  }
}

function refused({ kind, facts: kis }: KisRefusal, call: KisCall, now: number): KisError {
  const said = `KIS refused ${nameOf(call)}: ${kis.msgCd} ${kis.msg1}`.replace(/[.\s]+$/, '');
  const { maskedAppKey, mode } = call.account.credential;
  switch (kind) {
    case 'token-refused':
      return new KisTokenRejectedError(
        `${said}. It refused a second token too: check that app key ${maskedAppKey}, trading mode ${mode} and host belong together.`,
        { kis },
      );
    case 'rate-limited':
      return new KisRateLimitedError(
        `${said}. Nothing was executed; call again in a second, or pace the calls more slowly.`,
        {
          kis,
          retryAt: new Date(now + 1000),
        },
      );
    case 'credentials-refused':
      return new KisCredentialsRejectedError(
        `${said}. Compare app key ${maskedAppKey} and its secret with the ones on the KIS developers' portal, for ${mode} trading.`,
        { kis },
      );
    case 'refused':
      return new KisApiError(
        `${said}. ${REFUSAL_HINTS.get(kis.msgCd) ?? 'KIS gives the reason in its own words.'}`,
        { kis },
      );
  }
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
    return 'It was not sent again, but the order may have been executed: check the orders and the balance before sending it again.';
  }
  if (answer.kind === 'broken')
    return 'Check that the configured address is KIS itself and no proxy or login page.';
  return 'Try again later; check the network and the configured address if it lasts.';
}
