import type { IssuedToken } from '../auth/kis-auth.client';
import type { KisRandom } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisCredentialsRejectedError } from '../kis.errors';
import type { KisTokenPolicy } from '../kis.options';
import type { IssueTime } from './brokerage-clock';
import { maskAppKey } from '../masking';
import { otherKeyNamedBy, readJwt } from './jwt';
import { KisToken, type TokenUptime } from './kis-token';
import { CLOCK_TOLERANCE_MS, drawRefreshAt, settleExpiry, type SettledExpiry } from './token-rules';

/** Makes a token of a response of the token endpoint: determines its dates and reports contradictions between them. */

/** The circumstances of a response of the token endpoint. */
export interface IssueFacts {
  readonly credential: KisCredential;
  /** That of the claim. */
  readonly generation: number;
  /** When it was received by the brokerage's clock, as far as that is known. */
  readonly received: IssueTime;
  /** The same moment by the monotonic clock, and the boot that it counts from. */
  readonly receivedMonotonic: number;
  readonly bootId: string;
  /** Tokens that KIS may have returned again: such a token keeps its dates. */
  readonly known: readonly KisToken[];
  readonly policy: KisTokenPolicy;
  readonly random: KisRandom;
}

/** A token as KIS has issued it, with its dates settled. */
export interface DatedToken {
  readonly token: KisToken;
  /** What is wrong with its dates; `null` when nothing is. */
  readonly warning: string | null;
}

/** @throws KisCredentialsRejectedError when the token names another app key. */
export function datedToken(issued: IssuedToken, facts: IssueFacts): DatedToken {
  const { credential, generation, received } = facts;
  const known = facts.known.find((token) => token.accessToken === issued.accessToken);
  if (known) {
    const uptime = uptimeOf(known.expiresAt, facts) ?? known.uptime;
    return { token: known.with({ generation, uptime }), warning: null };
  }
  const otherKey = otherKeyNamedBy(issued.accessToken, credential.appKey);
  if (otherKey !== null) throw namesAnotherKey(otherKey, credential);
  const jwt = readJwt(issued.accessToken);
  const verdict = expiryOf(issued, jwt?.expiresAt ?? null, received);
  // A token returned again within its first six hours was issued before it was received.
  const issuedAt = Math.min(received.at, jwt?.issuedAt ?? Infinity);
  const dates = { issuedAt, expiresAt: verdict.expiresAt };
  const token = new KisToken({
    ...dates,
    accessToken: issued.accessToken,
    tokenType: issued.tokenType,
    // Drawn once per token and stored with it, so that all processes agree.
    refreshAt: drawRefreshAt(dates, facts.policy, facts.random.next()),
    generation,
    owner: credential.id,
    uptime: uptimeOf(dates.expiresAt, facts),
  });
  return { token, warning: warningOf(verdict) };
}

function expiryOf(issued: IssuedToken, signed: number | null, received: IssueTime): SettledExpiry {
  const { expiresInSeconds: seconds, statedExpiry: stated } = issued;
  // A clock that may be wrong does not count where KIS itself names the moment.
  const isCountable = received.isCertain || (stated === null && signed === null);
  const counted = isCountable && seconds !== null && seconds > 0 ? received.at + seconds * 1000 : null;
  return settleExpiry({ stated, counted, signed }, received.at);
}

function warningOf({ assumed, disagreementMs }: SettledExpiry): string | null {
  if (assumed) return 'The token came without a usable expiry; 24 hours, as KIS documents it, are assumed.';
  if (disagreementMs <= CLOCK_TOLERANCE_MS) return null;
  return (
    `KIS states expiries of this token that lie ${Math.round(disagreementMs / 60_000)} minutes apart; the earliest is used. ` +
    'Usual causes: KIS returned a token again within its first six hours, or the clock of this machine is wrong.'
  );
}

/** `null` while the time is uncertain: the monotonic clock must not be trusted with a wrong end. */
function uptimeOf(
  expiresAt: number,
  { bootId, received, receivedMonotonic }: IssueFacts,
): TokenUptime | null {
  return received.isCertain ? { bootId, endsAt: receivedMonotonic + (expiresAt - received.at) } : null;
}

function namesAnotherKey(appKey: string, credential: KisCredential): KisCredentialsRejectedError {
  return new KisCredentialsRejectedError(
    `KIS returned a token for ${maskAppKey(appKey)} to a request for ${credential.maskedAppKey}; it is not used. ` +
      `Check ${credential.nameOption('baseUrl')}: something between this machine and KIS mixes up accounts.`,
  );
}
