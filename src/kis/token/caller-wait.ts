import type { KisClock } from '../clock';
import { KisTimeoutError } from '../kis.errors';
import { within } from './within';

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

  timedOut(): KisTimeoutError {
    return new KisTimeoutError(
      'No token was received in time. The request continues, here or in another process; try again shortly.',
      { retryAt: new Date(this.clock.now() + 1000) },
    );
  }
}
