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
  /** What time it really is, which a machine with a wrong clock does not know; epoch milliseconds. */
  private truth: number;
  private readonly timers = new Set<PendingTimer>();

  /** @param turns of the event loop between two moments; 2 do where nothing but promises is at work. */
  constructor(
    start: number | string = '2026-11-22T00:00:00Z',
    private readonly turns = 20,
  ) {
    super();
    this.wall = new Date(start).getTime();
    this.truth = this.wall;
  }

  /** The time of the rest of the world, for a model of the brokerage. */
  get trueTime(): number {
    return this.truth;
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.elapsed;
  }

  /** @throws RangeError for a timer that the library promises never to set. */
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

  /** Lets time pass on both clocks, running every timer at its moment and what it sets off. */
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

  /** A stopped process: time passes, and what falls due meanwhile happens late, when the test advances again. */
  standStill(durationMs: number): void {
    this.move(durationMs);
  }

  /** Lets promises, and the file or socket work that is at hand, go on. */
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

/** Chance that a test decides. */
export class FixedKisRandom extends KisRandom {
  constructor(private readonly value = 0.5) {
    super();
  }

  next(): number {
    return this.value;
  }
}
