import { KisTokenRejectedError, type KisAnswerFacts } from '../kis.errors';

/** A renewal under way brought the token that a call had just been refused with. */
export function refusedMeanwhile(): KisTokenRejectedError {
  return new KisTokenRejectedError(
    'KIS returned the token that it had just refused. Try again; another one is requested then.',
  );
}

/** @param ageMs how long ago the refused token was issued. */
export function refusedAtOnce(answer: KisAnswerFacts, ageMs: number): KisTokenRejectedError {
  return new KisTokenRejectedError(
    `KIS refused a token that is only ${Math.max(0, Math.round(ageMs / 1000))} s old (${answer.msgCd} ${answer.msg1}). ` +
      'A token so young is not expired: check that the app key belongs to this trading mode and host. ' +
      'No new token is requested for this.',
    { kis: answer },
  );
}
