import { Logger } from '@nestjs/common';
import type { KisCredential } from './kis-credential';

/** The events in the life of tokens, for metrics and alarms. No event carries a token or a secret. */
export interface KisTokenEventMap {
  /** KIS issued a token, after `tookMs` milliseconds. */
  issued: { credential: KisCredential; expiresAt: Date; tookMs: number };
  /** A token of another process, or of an earlier run, was adopted from the store. */
  adopted: { credential: KisCredential; expiresAt: Date };
  /** An attempt to get a token failed; no request is sent before `retryAt`. */
  refreshFailed: { credential: KisCredential; code: string; message: string; retryAt: Date };
  /** KIS returned the cached token again, a refused one, or one that is about to expire. */
  noProgress: { credential: KisCredential };
  /** KIS refused a token that should have been valid, with this message code. */
  rejected: { credential: KisCredential; msgCd: string };
  /** A token in the last minutes of its life was served, because no new one was available yet. */
  staleServed: { credential: KisCredential; remainingSeconds: number };
  /** A caller waited for a token, and received it after `waitedMs` milliseconds. */
  waited: { credential: KisCredential; waitedMs: number };
  /** A token was stored durably. */
  saved: { credential: KisCredential };
  /** A token could not be stored: it is used from memory, and saved again later. */
  saveFailed: { credential: KisCredential; message: string };
  /** Tokens can no longer be stored (`true`), or can be stored again (`false`). */
  degraded: { credential: KisCredential; degraded: boolean };
  /** The wall clock of this machine differs from the brokerage's by `skewMs` milliseconds; positive: it is behind. */
  clockSkew: { credential: KisCredential; skewMs: number };
}

/** The names of the events of tokens. */
export type KisTokenEventName = keyof KisTokenEventMap;

/** Its result is ignored; it may be an async function. */
type Listener<E extends KisTokenEventName> = (event: KisTokenEventMap[E]) => unknown;

/** Calls the listeners of an event in the same tick. An error or rejection of a listener is logged and has no other effect. */
export class KisTokenEvents {
  private readonly logger = new Logger('TokenManager');
  private readonly listeners = new Map<KisTokenEventName, Set<Listener<never>>>();

  /** Subscribes a listener. Returns a function that ends the subscription. */
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
