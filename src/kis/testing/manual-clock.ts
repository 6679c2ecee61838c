import { KisClock, KisRandom, LONGEST_TIMER_MS } from '../clock';

interface PendingTimer {
  readonly at: number;
  readonly action: () => void;
}

/** A clock that a test moves by hand. Wall clock and monotonic clock can be driven apart. */
export class ManualKisClock extends KisClock {
  bootId: string | null = 'boot-1';
  private wall: number;
  private elapsed = 1_000_000;
  /** The true time, from which the machine's wall clock may differ; epoch milliseconds. */
  private truth: number;
  private readonly timers = new Set<PendingTimer>();

  /**
   * @param turns turns of the event loop between two moments; 2 suffice when the code under test uses promises only.
   */
  constructor(
    start: number | string = '2026-11-22T00:00:00Z',
    private readonly turns = 20,
  ) {
    super();
    this.wall = new Date(start).getTime();
    this.truth = this.wall;
  }

  /** The true time, for a model of the brokerage. */
  get trueTime(): number {
    return this.truth;
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.elapsed;
  }

  /** @throws RangeError for a timer longer than the library ever sets. */
  after(delayMs: number, action: () => void): () => void {
    if (!(delayMs <= LONGEST_TIMER_MS)) throw new RangeError(`A timer of ${delayMs} ms`);
    const timer = { at: this.elapsed + delayMs, action };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  get pendingTimers(): number {
    return this.timers.size;
  }

  /** Advances both clocks and runs every timer at its time, with everything that follows from it. */
  async advance(durationMs: number): Promise<void> {
    const until = this.elapsed + durationMs;
    await this.settle();
    for (let next = this.nextTimer(until); next; next = this.nextTimer(until)) {
      this.move(Math.max(0, next.at - this.elapsed));
      this.timers.delete(next);
      next.action();
      await this.settle();
    }
    this.move(until - this.elapsed);
    await this.settle();
  }

  /** Moves the wall clock only, as an administrator, NTP or a daylight rule does. */
  step(durationMs: number): void {
    this.wall += durationMs;
  }

  /** A suspended machine: wall time passes, the monotonic clock and every timer stand still. */
  suspend(durationMs: number): void {
    this.wall += durationMs;
    this.truth += durationMs;
  }

  /** A stopped process: time passes, and timers that fall due run late, when the test advances again. */
  standStill(durationMs: number): void {
    this.move(durationMs);
  }

  /** Lets pending promises and file or socket operations continue. */
  private async settle(): Promise<void> {
    for (let turn = 0; turn < this.turns; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  private move(durationMs: number): void {
    this.elapsed += durationMs;
    this.wall += durationMs;
    this.truth += durationMs;
  }

  private nextTimer(until: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.timers) {
      if (timer.at <= until && timer.at < (next?.at ?? Infinity)) next = timer;
    }
    return next;
  }
}

/** Randomness with results that the test sets. */
export class FixedKisRandom extends KisRandom {
  constructor(private readonly value = 0.5) {
    super();
  }

  next(): number {
    return this.value;
  }
}
