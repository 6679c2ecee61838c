import type { IssuedToken } from '../auth/kis-auth.client';
import { readJwt } from './jwt';
import { CLOCK_TOLERANCE_MS } from './token-rules';

/**
 * Which clock is right when this machine and a response of KIS contradict each other, as far as the dates of the
 * token prove it.
 */

/** The token was issued between these, by its own dates; `null` where it has none. */
interface TokenDates {
  readonly issuedAt: number | null;
  readonly endsAt: number | null;
}

/** Two contradictory times for the moment at which KIS returned a token; epoch milliseconds. */
export interface IssueTimes {
  /** By the wall clock. */
  readonly own: number;
  /** By the `Date` header of the response. */
  readonly stated: number;
  /** The error of `stated`, provided that the header is right. */
  readonly doubtMs: number;
}

/**
 * Which of two times is right, by the dates of the token; `null` when they do not decide.
 *
 * KIS returns a token neither before its issue nor after its expiry, so a time outside of that span is wrong. Within its
 * life both are possible, because KIS returns the same token for six hours: a wrong clock may show a moment shortly after
 * the issue of a token that is returned again later. So that the wall clock is near the issue proves nothing. A header
 * that names the issue to the second does: it would have to be wrong by exactly the age of the token.
 */
export function provenIssueTime(times: IssueTimes, issued: IssuedToken): 'own' | 'stated' | null {
  const dates = datesOf(issued);
  const { own, stated, doubtMs } = times;
  const [ownIsPossible, statedIsPossible] = [isWithinLife(own, dates), isWithinLife(stated, dates)];
  if (ownIsPossible !== statedIsPossible) return ownIsPossible ? 'own' : 'stated';
  const { issuedAt } = dates;
  if (!ownIsPossible || issuedAt === null) return null;
  const isNearIssue = Math.abs(own - issuedAt) <= CLOCK_TOLERANCE_MS;
  return !isNearIssue && Math.abs(stated - issuedAt) <= doubtMs ? 'stated' : null;
}

function datesOf({ accessToken, statedExpiry, expiresInSeconds }: IssuedToken): TokenDates {
  const jwt = readJwt(accessToken);
  const counted =
    statedExpiry !== null && expiresInSeconds !== null ? statedExpiry - expiresInSeconds * 1000 : null;
  return { issuedAt: jwt?.issuedAt ?? counted, endsAt: jwt?.expiresAt ?? statedExpiry };
}

function isWithinLife(at: number, { issuedAt, endsAt }: TokenDates): boolean {
  const hasBegun = issuedAt === null || at >= issuedAt - CLOCK_TOLERANCE_MS;
  return hasBegun && (endsAt === null || at <= endsAt);
}
