import {
  KisApiError,
  KisCredentialsRejectedError,
  KisTokenCooldownError,
  KisTokenRejectedError,
} from '../kis.errors';
import { shortestPause } from './claim-rules';
import { TOKEN_MARGIN_MS } from './kis-token';

/**
 * How long no process requests a token after a failed attempt: pure rules, by the kind of failure and the number of
 * failures in a row.
 */

/** Pauses after the first, second, … failure in a row; the last one repeats. */
const PAUSES_MS = [60_000, 120_000, 240_000, 300_000];
/** With no more than this left of the token every interval is used, even if the buffer is longer. */
const URGENT_MS = 300_000;
/** After a permanent refusal, or when KIS returns a refused token: only a person can resolve this. */
const HOPELESS_PAUSE_MS = 600_000;
/** KIS returns a refused token for hours, with a KakaoTalk message each time, so the pause grows to this. */
const LONGEST_HOPELESS_PAUSE_MS = 3_600_000;
/** Pauses after consecutive requests that never left the machine: KIS has not seen them. */
const UNSENT_PAUSES_MS = [5_000, 10_000, 20_000, 30_000];
/** Up to this share is added at random, so that machines that failed together do not retry together. */
const JITTER = 0.2;
/**
 * A token that replaced a refused one and is refused itself may be replaced again only after this: with the first
 * issue at most six in an hour, whatever the brokerage does.
 */
export const REPLACEMENT_SPACING_MS = 720_000;
/** A token refused this soon after its issue is not expired: the key, the mode or the host is wrong. */
export const TOO_YOUNG_TO_EXPIRE_MS = 60_000;

export interface FailedAttempt {
  readonly error: unknown;
  /** Failures in a row before this one. */
  readonly failures: number;
  /** Remaining life of the cached token; negative or 0 when there is none. */
  readonly remainingMs: number;
}

/**
 * How long no process sends a request after a failure. The pause grows with each failure in a row, but it ends when the
 * cached token enters the buffer, and inside the buffer every interval is used, because a token is needed then.
 */
export function cooldownAfterFailure(
  attempt: FailedAttempt,
  policy: { readonly issueIntervalMs: number; readonly bufferMs: number },
  chance: number,
): number {
  const shortest = shortestPause(policy.issueIntervalMs);
  // EGW00133: another program has just been issued a token, so one interval is enough; repeated, it is a failure like others.
  if (attempt.error instanceof KisTokenCooldownError && attempt.failures === 0) return shortest;
  const jitter = 1 + JITTER * chance;
  const hopeless = hopelessPause(attempt);
  if (hopeless !== null) return Math.max(shortest, hopeless * jitter);
  const pause = PAUSES_MS[Math.min(attempt.failures, PAUSES_MS.length - 1)] ?? HOPELESS_PAUSE_MS;
  return Math.max(shortest, Math.min(pause * jitter, untilNeeded(attempt.remainingMs, policy.bufferMs)));
}

/**
 * How long this process waits after a request that never left. KIS does not count it, but reconnecting immediately
 * achieves nothing.
 *
 * @param unsent such requests in a row before this one.
 */
export function pauseAfterUnsent(unsent: number, chance: number): number {
  const pause = UNSENT_PAUSES_MS[Math.min(unsent, UNSENT_PAUSES_MS.length - 1)] ?? 0;
  return pause * (1 + JITTER * chance);
}

/** The pause after a failure that another request will not cure; `null` for others. */
function hopelessPause({ error, failures }: FailedAttempt): number | null {
  if (error instanceof KisCredentialsRejectedError || error instanceof KisApiError) return HOPELESS_PAUSE_MS;
  if (!(error instanceof KisTokenRejectedError)) return null;
  return Math.min(HOPELESS_PAUSE_MS * 2 ** failures, LONGEST_HOPELESS_PAUSE_MS);
}

/** Time until the buffer begins, 0 inside it; `Infinity` without a token: then the pause is not cut short. */
function untilNeeded(remainingMs: number, bufferMs: number): number {
  if (remainingMs <= TOKEN_MARGIN_MS) return Infinity;
  return Math.max(0, remainingMs - Math.min(bufferMs, URGENT_MS));
}
