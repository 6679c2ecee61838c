import { readFileSync } from 'node:fs';
import { onAbort } from './abort-listeners';

/** The longest timer that this library sets; a later moment is reached by several timers in a row. */
export const LONGEST_TIMER_MS = 60_000;

/**
 * Time, as a port: the library never reads the platform's clock directly, so tests can control every rule about time.
 */
export abstract class KisClock {
  /** Wall clock, epoch milliseconds. It may be wrong and it may step. */
  abstract now(): number;

  /**
   * Milliseconds since a fixed moment. Never steps; may stand still while the machine is suspended.
   * Readings of two processes compare when both name the same {@link bootId}.
   */
  abstract monotonic(): number;

  /** The boot of the machine that {@link monotonic} counts from; `null` where the platform does not name it. */
  abstract readonly bootId: string | null;

  /**
   * Runs `action` once after `delayMs` (at most {@link LONGEST_TIMER_MS}), for a pause or a deadline that a caller
   * waits for. It keeps the process alive until it has run or was cancelled. Returns a function that cancels it.
   */
  abstract after(delayMs: number, action: () => void): () => void;

  /**
   * Like {@link after}, for work that no caller waits for, such as a later attempt: it does not keep the process alive.
   * Clocks whose timers never keep a process alive need not override it.
   */
  background(delayMs: number, action: () => void): () => void {
    return this.after(delayMs, action);
  }

  /** Like {@link after}, however long. */
  later(delayMs: number, action: () => void): () => void {
    if (delayMs <= LONGEST_TIMER_MS) return this.after(delayMs, action);
    const until = this.monotonic() + delayMs;
    let cancel = this.after(LONGEST_TIMER_MS, () => {
      cancel = this.later(until - this.monotonic(), action);
    });
    return () => {
      cancel();
    };
  }

  /**
   * Resolves after `delayMs`, however long; rejects with the signal's reason when that aborts first. Keeps the process
   * alive until then.
   */
  async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    const until = this.monotonic() + delayMs;
    for (let left = delayMs; left > 0; left = until - this.monotonic()) {
      await this.pause(Math.min(left, LONGEST_TIMER_MS), signal);
    }
  }

  private pause(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.after(delayMs, () => {
        removeListener?.();
        resolve();
      });
      const removeListener = signal && onAbort(signal, abort);
    });
  }
}

/** The platform's clocks. */
export class SystemKisClock extends KisClock {
  readonly bootId = readBootId();

  now(): number {
    return Date.now();
  }

  monotonic(): number {
    // One reading: what is counted from the start of the process would need two, between which a process may stop.
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  }

  after(delayMs: number, action: () => void): () => void {
    return cancelOf(setTimeout(action, Math.min(delayMs, LONGEST_TIMER_MS)));
  }

  override background(delayMs: number, action: () => void): () => void {
    return cancelOf(setTimeout(action, Math.min(delayMs, LONGEST_TIMER_MS)).unref());
  }
}

function cancelOf(timer: NodeJS.Timeout): () => void {
  return () => {
    clearTimeout(timer);
  };
}

/** Linux counts `hrtime` from boot for all processes alike; elsewhere only the wall clock is shared. */
function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() || null;
  } catch {
    return null;
  }
}

/** Randomness, as a port. */
export abstract class KisRandom {
  /** A number in [0, 1). */
  abstract next(): number;
}

/** The randomness of the platform; not for secrets. */
export class SystemKisRandom extends KisRandom {
  next(): number {
    return Math.random();
  }
}
