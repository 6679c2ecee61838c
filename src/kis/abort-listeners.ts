interface Listeners {
  readonly callbacks: Set<() => void>;
  readonly fire: () => void;
}

const bySignal = new WeakMap<AbortSignal, Listeners>();

/**
 * Calls `callback` once when the signal aborts. Adds one listener to a signal, however many calls share it: Node.js
 * warns of a leak from the eleventh on.
 *
 * @returns a function that removes the callback.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const listeners = bySignal.get(signal) ?? listenTo(signal);
  // Another call may pass the same function.
  const own = (): void => {
    callback();
  };
  listeners.callbacks.add(own);
  return () => {
    if (listeners.callbacks.delete(own) && listeners.callbacks.size === 0) {
      signal.removeEventListener('abort', listeners.fire);
      if (bySignal.get(signal) === listeners) bySignal.delete(signal);
    }
  };
}

function listenTo(signal: AbortSignal): Listeners {
  const callbacks = new Set<() => void>();
  const fire = (): void => {
    bySignal.delete(signal);
    const due = [...callbacks];
    callbacks.clear();
    for (const callback of due) callback();
  };
  const listeners = { callbacks, fire };
  bySignal.set(signal, listeners);
  signal.addEventListener('abort', fire, { once: true });
  return listeners;
}
