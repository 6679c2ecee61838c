import type { KisClock } from '../clock';
import { KisTimeoutError } from '../kis.errors';

/** One time limit for everything that a caller waits for, however many steps it takes. Release it when they are done. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly endsAt: number;
  private readonly cancel: () => void;

  /** @param failure the reason for the abort when the time is over. */
  constructor(
    private readonly clock: KisClock,
    timeoutMs: number,
    caller: AbortSignal | undefined,
    failure: () => Error,
  ) {
    this.endsAt = clock.monotonic() + timeoutMs;
    const cancelTimer = clock.later(timeoutMs, () => {
      this.abort(failure());
    });
    const giveUp = (): void => {
      this.abort(caller?.reason);
    };
    if (caller?.aborted) giveUp();
    else caller?.addEventListener('abort', giveUp, { once: true });
    this.cancel = () => {
      cancelTimer();
      caller?.removeEventListener('abort', giveUp);
    };
  }

  /** Aborts when the caller gives up, with the caller's reason, when the time is over, and by {@link abort}. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Ends everything that waits under this time limit, for this reason. */
  abort(reason: unknown): void {
    this.controller.abort(reason);
  }

  /** At least 1, so that it can be a time limit itself. */
  get remainingMs(): number {
    return Math.max(1, this.endsAt - this.clock.monotonic());
  }

  get isOver(): boolean {
    return this.clock.monotonic() >= this.endsAt;
  }

  release(): void {
    this.cancel();
  }
}

/** @param what was not complete. */
export function notInTime(what: string, timeoutMs: number): KisTimeoutError {
  return new KisTimeoutError(
    `${what} was not complete after ${timeoutMs / 1000} s and was given up. None of the data was used. Try again later, or raise the time limit.`,
  );
}

/** Gives work that consists of several calls one time limit, for a caller who may give up before. */
export async function withinDeadline<T>(
  clock: KisClock,
  { what, timeoutMs, signal }: { what: string; timeoutMs: number; signal: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(clock, timeoutMs, signal, () => notInTime(what, timeoutMs));
  try {
    return await work(deadline.signal);
  } finally {
    deadline.release();
  }
}
