import type { KisCredential } from '../kis-credential';

/** What keeps calls below the brokerage's limit per app key, as a port: several processes may want to share one. */
export abstract class KisRequestPacer {
  /**
   * Resolves when one call for this credential may be sent. Callers are served first come, first served; one that
   * aborts leaves the queue at once and costs no permit.
   *
   * @throws KisRateLimitedError when the wait would be too long; the signal's reason when that aborts.
   */
  abstract acquire(credential: KisCredential, signal?: AbortSignal): Promise<void>;
}
