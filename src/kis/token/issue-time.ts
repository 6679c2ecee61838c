import type { IssuedToken } from '../auth/kis-auth.client';
import { readJwt } from './jwt';
import { CLOCK_TOLERANCE_MS } from './token-rules';

/** The token was issued between these, by its own dates; `null` where it has none. */
interface TokenDates {
  readonly issuedAt: number | null;
  readonly endsAt: number | null;
}

/**
 * Which of two times is more likely the time at which KIS handed out a token. KIS hands out no token before its issue
 * and none that has ended, and most of them at the moment of their issue. `null`: its dates do not decide.
 *
 * @param one,other epoch milliseconds.
 */
export function likelierIssueTime(one: number, other: number, issued: IssuedToken): number | null {
  const dates = datesOf(issued);
  const difference = likelihood(one, dates) - likelihood(other, dates);
  if (difference === 0) return null;
  return difference > 0 ? one : other;
}

function datesOf({ accessToken, statedExpiry, expiresInSeconds }: IssuedToken): TokenDates {
  const jwt = readJwt(accessToken);
  const counted =
    statedExpiry !== null && expiresInSeconds !== null ? statedExpiry - expiresInSeconds * 1000 : null;
  return { issuedAt: jwt?.issuedAt ?? counted, endsAt: jwt?.expiresAt ?? statedExpiry };
}

function likelihood(at: number, { issuedAt, endsAt }: TokenDates): number {
  if (issuedAt !== null && Math.abs(at - issuedAt) <= CLOCK_TOLERANCE_MS) return 2;
  const isTooEarly = issuedAt !== null && at < issuedAt;
  const isTooLate = endsAt !== null && at > endsAt;
  return isTooEarly || isTooLate ? 0 : 1;
}
