import { onAbort } from '../abort-listeners';
import type { KisClock } from '../clock';

/** The time limit of one caller without a token: it covers all steps that the caller waits for together. */
export class CallerWait {
  /** Monotonic milliseconds. */
  private readonly began: number;

  constructor(
    private readonly clock: KisClock,
    private readonly limitMs: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.began = clock.monotonic();
  }

  get waitedMs(): number {
    return this.clock.monotonic() - this.began;
  }

  get leftMs(): number {
    return Math.max(0, this.limitMs - this.waitedMs);
  }

  /** @throws the signal's reason, when the caller has given up. */
  throwIfAborted(): void {
    this.signal?.throwIfAborted();
  }

  /** Waits as {@link within} does, for the rest of the limit and `atMostMs` at most. */
  for<T>(work: Promise<T>, atMostMs = Infinity): Promise<T | undefined> {
    return within(work, Math.min(this.leftMs, atMostMs), this.clock, this.signal);
  }
}

/**
 * Waits for shared work on behalf of one caller: for at most `limitMs`, and not after the caller has aborted. The work
 * itself continues for the others.
 *
 * @returns the result of the work; `undefined` when the limit is reached.
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
    const removeListener = signal && onAbort(signal, giveUp);
    release = (): void => {
      cancel();
      removeListener?.();
    };
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    release();
  }
}
