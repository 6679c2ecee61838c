import type { KisCredential } from '../../kis-credential';

/** What keeps calls below the brokerage's limit per app key. */
export abstract class KisRequestPacer {
  /**
   * A permit at once for a call that is not urgent, where nobody waits and no other process counts; `null`: {@link acquire}
   * tells when there is one.
   */
  abstract tryAcquire(credential: KisCredential): KisPermit | null;

  /**
   * Resolves when one call for this credential may be sent. The callers of a process are served first come, first
   * served; one that aborts leaves the queue at once and costs no permit.
   *
   * @param isUrgent goes before all that are not: an order.
   * @throws KisRateLimitedError when the wait is or would be too long; the signal's reason when that aborts.
   */
  abstract acquire(credential: KisCredential, signal?: AbortSignal, isUrgent?: boolean): Promise<KisPermit>;

  /**
   * Requests permits for urgent calls of this credential that are about to follow, in one step and while they are still
   * being prepared. The next urgent calls, whoever makes them, get these permits, or their places in the queue.
   *
   * @param calls how many; of more than the window holds, so many.
   */
  abstract reserve(credential: KisCredential, calls: number): KisReservation;
}

/** Leave to send one call to KIS, at once. */
export interface KisPermit {
  /**
   * To be said when the call has been answered, has failed, or will not be sent: from then on it is known when it can
   * have arrived at the latest, and its place is given to another call as early as can be. Said again it does nothing.
   */
  answered(): void;
}

/** Permits that were requested for calls which are not ready to be sent. */
export interface KisReservation {
  /** Gives back what no call has used. To be called in any case, when these calls have ended. Again it does nothing. */
  release(): void;
}
