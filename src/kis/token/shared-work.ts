import { onAbort } from '../abort-listeners';
import type { KisClock } from '../clock';

/** Enough at a time to keep a disk or a server busy. */
const CONCURRENCY = 64;

/**
 * Runs one piece of work at a time. Callers that come while it runs share its promise, and so its result or error; the
 * next call after it has ended begins again.
 */
export class SingleFlight<T> {
  private running: Promise<T> | null = null;

  /** The work under way; `null` when there is none. */
  get current(): Promise<T> | null {
    return this.running;
  }

  run(work: () => Promise<T>): Promise<T> {
    this.running ??= work().finally(() => {
      this.running = null;
    });
    return this.running;
  }
}

/** Runs the same work one at a time; any number of requests during a run is followed by one more run. */
export class CoalescedRuns {
  private requested = false;
  private running: Promise<void> | null = null;

  /** @param work must not reject. */
  constructor(private readonly work: () => Promise<unknown>) {}

  /** Resolves when no run is under way; `null` when none is. */
  get current(): Promise<void> | null {
    return this.running;
  }

  request(): void {
    this.requested = true;
    this.running ??= this.run();
  }

  private async run(): Promise<void> {
    while (this.requested) {
      this.requested = false;
      await this.work();
    }
    // In the same tick as the last check, so that no request is lost in between.
    this.running = null;
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
 * Runs `work` for each item, in order, {@link CONCURRENCY} at a time: pending work for thousands of credentials at once
 * would outlive the young generation of the heap, and collecting it costs more than the work itself.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
}
