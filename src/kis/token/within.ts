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
  const over = new AbortController();
  const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  try {
    return await Promise.race([work, clock.sleep(limitMs, stop).then(() => undefined)]);
  } finally {
    over.abort();
  }
}
