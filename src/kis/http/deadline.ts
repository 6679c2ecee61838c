import { onAbort } from '../abort-listeners';
import type { KisClock } from '../clock';
import { KisTimeoutError } from '../kis.errors';

/**
 * One time limit for everything that a caller waits for, however many steps it takes. Release it when they are done.
 * Signal and timer are created only when something waits: most calls need neither.
 */
export class Deadline {
  private readonly endsAt: number;
  private controller: AbortController | null = null;
  private ended: { readonly reason: unknown } | null = null;
  private cancel = (): void => undefined;

  /** @param failure the reason for the abort when the time is over. */
  constructor(
    private readonly clock: KisClock,
    timeoutMs: number,
    private readonly caller: AbortSignal | undefined,
    private readonly failure: () => Error,
  ) {
    this.endsAt = clock.monotonic() + timeoutMs;
  }

  /** Aborts when the caller aborts, with the caller's reason, when the time is over, and by {@link abort}. */
  get signal(): AbortSignal {
    this.controller ??= this.watch();
    return this.controller.signal;
  }

  /** Ends everything that waits under this time limit, for this reason. */
  abort(reason: unknown): void {
    this.ended ??= { reason };
    this.controller?.abort(reason);
  }

  /** @throws as the signal says. */
  throwIfOver(): void {
    if (this.controller === null && this.ended === null) {
      if (this.caller?.aborted) this.abort(this.caller.reason);
      else if (this.isOver) this.abort(this.failure());
    }
    if (this.ended !== null) throw this.ended.reason;
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

  private watch(): AbortController {
    const { caller, clock } = this;
    const controller = new AbortController();
    const giveUp = (): void => {
      this.abort(caller?.reason);
    };
    if (this.ended !== null) controller.abort(this.ended.reason);
    else if (caller?.aborted) {
      giveUp();
      controller.abort(caller.reason);
    } else {
      const cancelTimer = clock.later(this.remainingMs, () => {
        this.abort(this.failure());
      });
      const removeListener = caller && onAbort(caller, giveUp);
      this.cancel = () => {
        cancelTimer();
        removeListener?.();
      };
    }
    return controller;
  }
}

/** @param what was not complete, for the message. */
export function notInTime(what: string, timeoutMs: number): KisTimeoutError {
  return new KisTimeoutError(
    `${what} was not complete after ${timeoutMs / 1000} s and was given up. None of the data was used. Try again later, or raise the time limit.`,
  );
}

/** Runs work that consists of several calls under one time limit; the caller may abort earlier. */
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
