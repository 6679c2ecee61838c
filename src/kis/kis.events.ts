import { Logger } from '@nestjs/common';
import type { KisCredential } from './kis-credential';

/** What happens to tokens, for metrics and alarms. No event carries a token or a secret. */
export interface KisTokenEventMap {
  /** KIS handed out a token. */
  issued: { credential: KisCredential; expiresAt: Date; tookMs: number };
  /** A token of another process, or of an earlier run, was taken over from the store. */
  adopted: { credential: KisCredential; expiresAt: Date };
  /** An attempt to get a token failed. */
  refreshFailed: { credential: KisCredential; code: string; message: string; retryAt: Date };
  /** KIS answered with the token that was there, or with one that is already about to end. */
  noProgress: { credential: KisCredential };
  /** KIS refused a token that should have been good. */
  rejected: { credential: KisCredential; msgCd: string };
  /** A token inside the buffer was handed out, because no new one was to be had yet. */
  staleServed: { credential: KisCredential; remainingSeconds: number };
  /** A caller had to wait for a token. */
  waited: { credential: KisCredential; waitedMs: number };
  saved: { credential: KisCredential };
  saveFailed: { credential: KisCredential; message: string };
  /** A token is served from memory only, or no more so. */
  degraded: { credential: KisCredential; degraded: boolean };
  /** The wall clock disagrees with the brokerage's. */
  clockSkew: { credential: KisCredential; skewMs: number };
}

/** The names of the events of tokens. */
export type KisTokenEventName = keyof KisTokenEventMap;

/** What it returns is not used; it may be an async function. */
type Listener<E extends KisTokenEventName> = (event: KisTokenEventMap[E]) => unknown;

/** Hands events to listeners, in the same tick. A listener that throws, or rejects, changes nothing but the log. */
export class KisTokenEvents {
  private readonly logger = new Logger('TokenManager');
  private readonly listeners = new Map<KisTokenEventName, Set<Listener<never>>>();

  /** Returns a function that ends the subscription. */
  on<E extends KisTokenEventName>(name: E, listener: Listener<E>): () => void {
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  emit<E extends KisTokenEventName>(name: E, event: KisTokenEventMap[E]): void {
    for (const listener of this.listeners.get(name) ?? []) {
      try {
        const outcome = (listener as Listener<E>)(event);
        if (outcome instanceof Promise) outcome.catch(this.ignore(name));
      } catch (error) {
        this.ignore(name)(error);
      }
    }
  }

  private ignore(name: KisTokenEventName): (error: unknown) => void {
    return (error) => {
      this.logger.warn(`A listener of "${name}" threw an error, which was ignored: ${String(error)}`);
    };
  }
}
