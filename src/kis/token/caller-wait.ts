import type { KisClock } from '../clock';
import { KisTimeoutError } from '../kis.errors';
import type { TokenState } from './token-state';
import { within } from './within';

/** Beyond the request timeout, for the store and the way back. */
const WAIT_GRACE_MS = 2000;

/** Without a token: for the request, the store and the way back. */
export function longestWaitMs({ request }: TokenState): number {
  return request.timeoutMs + WAIT_GRACE_MS;
}

/** A caller without a token: however many steps it waits for, one time limit holds for all. */
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
  goOn(): void {
    this.signal?.throwIfAborted();
  }

  /** Waits as {@link within} does, for as long as is left; no longer than `atMostMs`. */
  for<T>(work: Promise<T>, atMostMs = Infinity): Promise<T | undefined> {
    return within(work, Math.min(this.leftMs, atMostMs), this.clock, this.signal);
  }

  noneInTime(): KisTimeoutError {
    return new KisTimeoutError(
      'No token was received in time. The request continues, here or in another process; try again shortly.',
      { retryAt: new Date(this.clock.now() + 1000) },
    );
  }
}
