import { Logger } from '@nestjs/common';
import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import type { KisTokenEvents } from '../kis.events';
import { CLOCK_TOLERANCE_MS } from './token-rules';

/** What two clocks that are kept well may differ. */
const NOISE_MS = 2000;
/** `Date` headers are cut to whole seconds: on average half a second is lost. */
const HEADER_GRAIN_MS = 500;

/**
 * What time it is at one host of the brokerage: the wall clock, corrected when the `Date` headers from there show that
 * it is wrong by seconds. Tokens live by this clock, so a laptop with a wrong date trades all the same.
 */
export class BrokerageClock {
  private readonly logger = new Logger('TokenManager');
  /** Milliseconds to add to the wall clock; 0 unless it is seen to be wrong. */
  private skewMs = 0;

  constructor(
    private readonly clock: KisClock,
    private readonly events: KisTokenEvents,
  ) {}

  get bootId(): string | null {
    return this.clock.bootId;
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.clock.now() + this.skewMs;
  }

  /** Monotonic milliseconds, which need no correction. */
  monotonic(): number {
    return this.clock.monotonic();
  }

  /**
   * Learns from an answer that has just arrived. It tells the time to within a part of how long it took; only where
   * that contradicts what is gone by now, something is to be learned.
   * @param credential whose request was answered.
   * @param serverTime its `Date` header, epoch milliseconds.
   * @param tookMs how long the exchange took; the header was written within it.
   */
  compare(credential: KisCredential, serverTime: number | null, tookMs: number): void {
    if (serverTime === null || !Number.isFinite(serverTime)) return;
    const ahead = serverTime + HEADER_GRAIN_MS + tookMs / 2 - this.clock.now();
    const doubtMs = HEADER_GRAIN_MS + tookMs / 2 + NOISE_MS;
    if (Math.abs(ahead - this.skewMs) <= doubtMs) return;
    const before = this.skewMs;
    this.skewMs = Math.abs(ahead) <= doubtMs ? 0 : ahead;
    if (Math.abs(this.skewMs - before) > CLOCK_TOLERANCE_MS) this.report(credential);
  }

  private report(credential: KisCredential): void {
    const { skewMs } = this;
    if (Math.abs(skewMs) <= CLOCK_TOLERANCE_MS) return;
    this.events.emit('clockSkew', { credential, skewMs });
    const minutes = Math.round(Math.abs(skewMs) / 60_000);
    this.logger.warn(
      `The clock of this machine is ${minutes} minutes ${skewMs > 0 ? 'behind' : 'ahead of'} the brokerage's. ` +
        "Tokens are kept by the brokerage's time; please set the clock (for example: timedatectl set-ntp true).",
    );
  }
}
