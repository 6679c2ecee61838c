import { LONGEST_TIMER_MS } from '../clock';
import { KisTokenCooldownError, KisTokenStoreError } from '../kis.errors';
import { REPLACEMENT_SPACING_MS } from './backoff';
import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { forEachConcurrently } from './for-each-concurrently';
import type { TokenManager } from './token-manager';
import { supersedes } from './token-rules';

/**
 * Refreshes the token of one credential when it is due: what the scheduled job does again and again. The store is read
 * first, so a token that another process stored is adopted and one that a person deleted is replaced. Nothing is
 * predicted, so suspended hours and clock steps cannot delay a refresh.
 */
export class TokenRefresher {
  /** The token that replaced a deleted one, and when; monotonic milliseconds. */
  private restored: { readonly fingerprint: string; readonly at: number } | null = null;
  private retryPlanned = false;

  constructor(private readonly manager: TokenManager) {}

  /** Waits for the store, but not for KIS. Never rejects. */
  async look(): Promise<RefreshLook> {
    const { cache, claims } = this.manager;
    claims.forgetEnded();
    const before = cache.current?.token.fingerprint;
    const stored = await this.manager.lookUp();
    const token = cache.current?.token;
    if (stored && token && this.wasDeleted(token, stored)) return this.begin(true);
    if (token && stored && this.isToBeSaved(token, stored)) await this.saveAgain();
    if (cache.zone !== 'fresh') return this.begin(false);
    return { outcome: Promise.resolve(token?.fingerprint === before ? 'not-due' : 'adopted') };
  }

  private begin(deleted: boolean): RefreshLook {
    if (!this.manager.isQuiet) return { outcome: this.renew(deleted) };
    this.planRetry();
    return { outcome: Promise.resolve('waiting') };
  }

  private async renew(deleted: boolean): Promise<RefreshOutcome> {
    try {
      const { outcome, token } = await this.manager.renew();
      if (deleted) this.restored = { fingerprint: token.fingerprint, at: this.now() };
      return outcome;
    } catch (error) {
      this.planRetry();
      return this.manager.requestSent || error instanceof KisTokenStoreError ? 'failed' : 'waiting';
    }
  }

  /**
   * Some failed attempts are retried before the job's next run: a request that never left costs nothing, and when a
   * claim delays the first token, its end is known.
   */
  private planRetry(): void {
    const { cache, isClosed, lastFailure } = this.manager;
    if (!lastFailure || this.retryPlanned || isClosed) return;
    const { error } = lastFailure;
    if (!error.unsent && !(error instanceof KisTokenCooldownError && cache.usable === null)) return;
    this.retryPlanned = true;
    const waitMs = Math.max(1, lastFailure.quietUntil - this.now());
    this.manager.context.clock.background(Math.min(waitMs, LONGEST_TIMER_MS), () => {
      this.retryPlanned = false;
      void this.look();
    });
  }

  /** A store that loses the same token again and again does not mean that a person wants a new one. */
  private wasDeleted({ fingerprint }: KisToken, stored: StoredToken): boolean {
    if (!this.manager.cache.wasDeletedFrom(stored)) return false;
    if (this.restored?.fingerprint !== fingerprint) return true;
    return this.now() - this.restored.at >= REPLACEMENT_SPACING_MS;
  }

  /** The cached token is not stored as it should be, or its file is damaged. */
  private isToBeSaved(token: KisToken, stored: StoredToken): boolean {
    if (stored.absence === 'foreign' || stored.absence === 'undecryptable') return false;
    const isBehind =
      stored.token === null || stored.token.generation < token.generation || supersedes(token, stored.token);
    return isBehind || this.manager.persistence.degraded !== null;
  }

  private async saveAgain(): Promise<void> {
    const token = this.manager.cache.usable;
    if (token) await this.manager.persistence.save(token);
  }

  private now(): number {
    return this.manager.context.clock.monotonic();
  }
}

/** What the scheduled job did for one token. */
export type RefreshOutcome = 'not-due' | 'waiting' | 'adopted' | 'refreshed' | 'unchanged' | 'failed';

/** A token has been checked; a renewal that was begun may still be under way. Never rejects. */
interface RefreshLook {
  readonly outcome: Promise<RefreshOutcome>;
}

/**
 * Checks all tokens, a few at a time. Resolves when each has been checked, with a promise for each outcome, in their
 * order: a renewal takes as long as KIS does, and delays the check of no other token. Never rejects.
 */
export async function lookAtAll(refreshers: readonly TokenRefresher[]): Promise<Promise<RefreshOutcome>[]> {
  const outcomes: Promise<RefreshOutcome>[] = [];
  await forEachConcurrently(refreshers, async (refresher, index) => {
    outcomes[index] = (await refresher.look()).outcome;
  });
  return outcomes;
}
