import { AccountLogger } from '../account-logger';
import type { IssuedToken } from '../auth/kis-auth.client';
import type { KisRandom } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisCredentialsRejectedError } from '../kis.errors';
import type { KisTokenPolicy } from '../kis.options';
import type { IssueTime } from './brokerage-clock';
import { maskAppKey } from '../masking';
import { otherKeyNamedBy, readJwt } from './jwt';
import { KisToken, type TokenUptime } from './kis-token';
import { CLOCK_TOLERANCE_MS, drawRefreshAt, settleExpiry } from './token-rules';

/** What a token is made from, beside the answer of KIS. */
export interface Making {
  readonly credential: KisCredential;
  readonly generation: number;
  /** When it was received by the brokerage's clock, as far as that is known. */
  readonly received: IssueTime;
  /** The same moment by the monotonic clock, and the boot that it counts from. */
  readonly receivedMonotonic: number;
  readonly bootId: string;
  /** A token that KIS may have handed out again: it keeps its dates. */
  readonly known: readonly KisToken[];
}

/** Turns an answer of the token endpoint into a token with its dates. */
export class TokenMaker {
  private readonly logger = new AccountLogger('KIS API');

  constructor(
    private readonly policy: KisTokenPolicy,
    private readonly random: KisRandom,
  ) {}

  /** @throws KisCredentialsRejectedError when the token names another app key. */
  make(issued: IssuedToken, making: Making): KisToken {
    const known = making.known.find((token) => token.accessToken === issued.accessToken);
    if (known) {
      const uptime = uptimeOf(known.expiresAt, making) ?? known.uptime;
      return known.with({ generation: making.generation, uptime });
    }
    const otherKey = otherKeyNamedBy(issued.accessToken, making.credential.appKey);
    if (otherKey !== null) throw namesAnotherKey(otherKey, making.credential);
    const jwt = readJwt(issued.accessToken);
    const dates = {
      // A token handed out again within its first six hours was issued earlier than it was received.
      issuedAt: Math.min(making.received.at, jwt?.issuedAt ?? Infinity),
      expiresAt: this.expiryOf(issued, jwt?.expiresAt ?? null, making),
    };
    return new KisToken({
      ...dates,
      accessToken: issued.accessToken,
      tokenType: issued.tokenType,
      // Drawn once per token: the result is stored with it, so that all processes agree.
      refreshAt: drawRefreshAt(dates, this.policy, this.random.next()),
      generation: making.generation,
      owner: making.credential.id,
      uptime: uptimeOf(dates.expiresAt, making),
    });
  }

  private expiryOf(issued: IssuedToken, signed: number | null, { credential, received }: Making): number {
    const { expiresInSeconds: seconds, statedExpiry: stated } = issued;
    // A clock that may be wrong is no witness where KIS itself names the moment.
    const isCountable = received.isCertain || (stated === null && signed === null);
    const counted = isCountable && seconds !== null && seconds > 0 ? received.at + seconds * 1000 : null;
    const verdict = settleExpiry({ stated, counted, signed }, received.at);
    if (verdict.assumed) {
      this.logger.warn(
        credential,
        'The token came without a usable expiry; 24 hours, as KIS documents it, are assumed.',
      );
    } else if (verdict.disagreementMs > CLOCK_TOLERANCE_MS) {
      const minutes = Math.round(verdict.disagreementMs / 60_000);
      this.logger.warn(
        credential,
        `KIS states expiries of this token that lie ${minutes} minutes apart; the earliest is used. ` +
          'Usual causes: a token handed out again within its first six hours, or a wrong clock on this machine.',
      );
    }
    return verdict.expiresAt;
  }
}

/** `null` while it is open what time it is: the monotonic clock must not be trusted with a wrong end. */
function uptimeOf(expiresAt: number, { bootId, received, receivedMonotonic }: Making): TokenUptime | null {
  return received.isCertain ? { bootId, endsAt: receivedMonotonic + (expiresAt - received.at) } : null;
}

function namesAnotherKey(appKey: string, credential: KisCredential): KisCredentialsRejectedError {
  return new KisCredentialsRejectedError(
    `KIS returned a token for ${maskAppKey(appKey)} to a request for ${credential.maskedAppKey}; it is not used. ` +
      'Check KIS_BASE_URL: something between this machine and KIS mixes up accounts.',
  );
}
