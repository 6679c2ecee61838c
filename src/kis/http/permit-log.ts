/** Permits arrive at KIS later than they are given, and not all equally late: the window is this much longer. */
const MARGIN_MS = 50;

/**
 * A sliding log: remembers when permits were given and gives the next one so that no stretch of 1,050 ms holds more
 * than `perSecond`. A bucket or a fixed window would let up to twice as many through around its edges. A rate that is
 * no whole number becomes a whole number of permits in a window that is not a second.
 */
export class PermitLog {
  private readonly capacity: number;
  private readonly windowMs: number;
  /** Monotonic milliseconds, oldest first. */
  private given: number[] = [];

  constructor(perSecond: number) {
    this.capacity = Math.max(1, Math.floor(perSecond));
    this.windowMs = (this.capacity / perSecond) * 1000 + MARGIN_MS;
  }

  /** Takes a permit, if one is to be had at `now`. */
  take(now: number): boolean {
    this.given = this.given.filter((at) => at + this.windowMs > now);
    if (this.given.length >= this.capacity) return false;
    this.given.push(now);
    return true;
  }

  /** How long somebody with `ahead` others before him has to wait from `now` on; whole milliseconds, rounded up. */
  waitMs(now: number, ahead: number): number {
    const free = this.capacity - this.given.length;
    if (ahead < free) return 0;
    const turn = ahead - free;
    const freed = this.given[turn % this.capacity] ?? now;
    return Math.ceil(
      Math.max(0, freed + this.windowMs - now) + Math.floor(turn / this.capacity) * this.windowMs,
    );
  }
}
