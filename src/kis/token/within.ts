import type { KisClock } from '../clock';

/**
 * Waits for shared work on behalf of one caller: at most `limitMs`, and not after the caller has given up. The work
 * itself goes on for the others.
 *
 * @returns what the work brings, or `undefined` when time is up.
 * @throws what the work throws, or the signal's reason.
 */
export async function within<T>(
  work: Promise<T>,
  limitMs: number,
  clock: KisClock,
  signal?: AbortSignal,
): Promise<T | undefined> {
  let release = (): void => undefined;
  const over = new Promise<undefined>((resolve, reject) => {
    signal?.throwIfAborted();
    const giveUp = (): void => {
      reject(signal?.reason as Error);
    };
    const cancel = clock.later(limitMs, () => {
      resolve(undefined);
    });
    signal?.addEventListener('abort', giveUp, { once: true });
    release = (): void => {
      cancel();
      signal?.removeEventListener('abort', giveUp);
    };
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    release();
  }
}

/** Resolves when the work has ended, with or without an error. */
export function settled(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => undefined,
    () => undefined,
  );
}

/** The error with which the work ends; `null` when it succeeds. */
export function failureOf(work: Promise<unknown>): Promise<Error | null> {
  return work.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
