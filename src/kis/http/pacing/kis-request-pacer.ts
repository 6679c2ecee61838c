import type { KisCredential } from '../../kis-credential';

/** The rate limiter: keeps the calls of an app key below the brokerage's limit. */
export abstract class KisRequestPacer {
  /**
   * A permit at once for a call that is not urgent, when no call waits and no other process shares the limit; `null`
   * otherwise: use {@link acquire}.
   */
  abstract tryAcquire(credential: KisCredential): KisPermit | null;

  /**
   * Resolves when one call for this credential may be sent. The callers of a process are served first come, first
   * served; one that aborts leaves the queue at once and costs no permit.
   *
   * @param isUrgent takes precedence over all calls that are not urgent; for orders.
   * @throws KisRateLimitedError when the wait is or would be too long; the signal's reason when that aborts.
   */
  abstract acquire(credential: KisCredential, signal?: AbortSignal, isUrgent?: boolean): Promise<KisPermit>;

  /**
   * Requests permits for urgent calls of this credential that are about to follow, in one step and while they are still
   * being prepared. The next urgent calls, of any caller, get these permits, or their places in the queue.
   *
   * @param calls how many; at most as many as fit into the window are reserved.
   */
  abstract reserve(credential: KisCredential, calls: number): KisReservation;
}

/** The permission to send one call to KIS, at once. */
export interface KisPermit {
  /**
   * To be called when the call has been answered, has failed, or will not be sent: this fixes the latest moment at
   * which it can have arrived, so that the next call can follow as early as possible. Further calls do nothing.
   */
  answered(): void;
}

/** Permits that were requested for calls which are not ready to be sent. */
export interface KisReservation {
  /** Gives unused permits back. Must be called in any case, once these calls have ended; further calls do nothing. */
  release(): void;
}
