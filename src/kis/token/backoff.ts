import {
  KisApiError,
  KisCredentialsRejectedError,
  KisTokenCooldownError,
  KisTokenRejectedError,
} from '../kis.errors';
import { TOKEN_MARGIN_MS } from './kis-token';

/** Pauses after the first, second, … failure in a row; the last one repeats. */
const PAUSES_MS = [60_000, 120_000, 240_000, 300_000];
/** This close to the end of the token every interval is used, also where the buffer is set to more. */
const URGENT_MS = 300_000;
/** A permanent refusal, or a token that stays refused: only a person can help. */
const HOPELESS_PAUSE_MS = 600_000;
/** KIS hands a refused token out again for hours, with a KakaoTalk message each time: it is asked ever less often. */
const LONGEST_HOPELESS_PAUSE_MS = 3_600_000;
/** Pauses after requests in a row that never left the machine: KIS has not noticed them. */
const UNSENT_PAUSES_MS = [5_000, 10_000, 20_000, 30_000];
/** Time is added at random up to this share, so that machines that failed together do not return together. */
const JITTER = 0.2;
/** Beyond the interval, because the brokerage's clock and the way to it have their own grain. */
const SETTLE_MS = 1000;
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
  /** What is left of the token in hand; negative or 0 when there is none. */
  readonly remainingMs: number;
}

export function cooldownAfterSuccess(issueIntervalMs: number): number {
  return issueIntervalMs + SETTLE_MS;
}

/**
 * How long nobody asks after a failure. Long failures slow down, but the pause ends when the token in hand enters the
 * buffer, and inside the buffer every interval is used: that is when a token is really needed.
 */
export function cooldownAfterFailure(
  attempt: FailedAttempt,
  policy: { readonly issueIntervalMs: number; readonly bufferMs: number },
  chance: number,
): number {
  const shortest = cooldownAfterSuccess(policy.issueIntervalMs);
  // EGW00133: somebody else has just asked, so the next minute is ours; if it goes on, it is a failure like others.
  if (attempt.error instanceof KisTokenCooldownError && attempt.failures === 0) return shortest;
  const jitter = 1 + JITTER * chance;
  const hopeless = hopelessPause(attempt);
  if (hopeless !== null) return Math.max(shortest, hopeless * jitter);
  const pause = PAUSES_MS[Math.min(attempt.failures, PAUSES_MS.length - 1)] ?? HOPELESS_PAUSE_MS;
  return Math.max(shortest, Math.min(pause * jitter, untilNeeded(attempt.remainingMs, policy.bufferMs)));
}

/**
 * How long this process waits after a request that never left: it costs nothing, but connecting in vain all the time
 * helps nobody.
 *
 * @param unsent such requests in a row before this one.
 */
export function pauseAfterUnsent(unsent: number, chance: number): number {
  const pause = UNSENT_PAUSES_MS[Math.min(unsent, UNSENT_PAUSES_MS.length - 1)] ?? 0;
  return pause * (1 + JITTER * chance);
}

/** The pause after a failure that asking again will not mend; `null` for others. */
function hopelessPause({ error, failures }: FailedAttempt): number | null {
  if (error instanceof KisCredentialsRejectedError || error instanceof KisApiError) return HOPELESS_PAUSE_MS;
  if (!(error instanceof KisTokenRejectedError)) return null;
  return Math.min(HOPELESS_PAUSE_MS * 2 ** failures, LONGEST_HOPELESS_PAUSE_MS);
}

/** Inside the buffer 0, before it the time until it begins; without a token nothing is urgent any more. */
function untilNeeded(remainingMs: number, bufferMs: number): number {
  if (remainingMs <= TOKEN_MARGIN_MS) return Infinity;
  return Math.max(0, remainingMs - Math.min(bufferMs, URGENT_MS));
}
