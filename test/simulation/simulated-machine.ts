import { KisClock, KisRandom } from '../../src/kis/clock';
import type { SeededRandom } from './seeded-random';
import type { VirtualScheduler } from './virtual-scheduler';

/** A computer: its processes share a clock, which may be set wrong, and a boot. */
export class SimulatedMachine {
  /** How far the wall clock is from the truth. */
  wallErrorMs = 0;
  /** True time at which it was last set. */
  setAt = 0;

  constructor(
    readonly scheduler: VirtualScheduler,
    readonly name: string,
  ) {}

  get bootId(): string {
    return `boot of ${this.name}`;
  }

  get wasSet(): boolean {
    return this.setAt > 0;
  }

  setClock(byMs: number): void {
    this.wallErrorMs += byMs;
    this.setAt = this.scheduler.time;
  }
}

/** A process: can be stopped, continued and killed at any moment between two events. */
export class SimulatedProcess {
  alive = true;
  /** Asked whenever the process begins something outside itself: a good moment for it to be stopped or killed. */
  onStep: () => void = () => undefined;
  private paused = false;
  private postponed: (() => void)[] = [];
  readonly clock: KisClock;
  readonly random: KisRandom;

  constructor(
    readonly name: string,
    readonly machine: SimulatedMachine,
    readonly choices: SeededRandom,
  ) {
    this.clock = new ProcessClock(this);
    this.random = new ProcessRandom(choices);
  }

  get scheduler(): VirtualScheduler {
    return this.machine.scheduler;
  }

  kill(): void {
    this.alive = false;
    this.postponed = [];
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    for (const run of this.postponed.splice(0)) this.deliver(run);
  }

  /** Lets the process act now, when it goes on, or, once it is killed, never. */
  deliver(run: () => void): void {
    if (!this.alive) return;
    if (this.paused) this.postponed.push(run);
    else run();
  }

  /**
   * Something that happens outside the process at its request: begins after a while, even when the process has been
   * stopped or killed before that, and gets the response after another delay.
   * @param pass how it gets there: runs what it is given, now or later.
   */
  call<T>(outside: () => T, pass: (run: () => void) => void = atOnce): Promise<T> {
    this.onStep();
    return new Promise((resolve, reject) => {
      const happen = (): void => {
        const answer = outcomeOf(outside, resolve, reject);
        this.scheduler.after(this.choices.between(0, 5), () => {
          this.deliver(answer);
        });
      };
      this.scheduler.after(this.choices.between(0, 5), () => {
        pass(happen);
      });
    });
  }
}

function atOnce(run: () => void): void {
  run();
}

/** Does it, and tells how to say what came of it. */
function outcomeOf<T>(
  outside: () => T,
  resolve: (value: T) => void,
  reject: (error: Error) => void,
): () => void {
  try {
    const value = outside();
    return () => {
      resolve(value);
    };
  } catch (error) {
    return () => {
      reject(error instanceof Error ? error : new Error(String(error)));
    };
  }
}

class ProcessClock extends KisClock {
  constructor(private readonly process: SimulatedProcess) {
    super();
  }

  get bootId(): string {
    return this.process.machine.bootId;
  }

  now(): number {
    return this.process.scheduler.time + this.process.machine.wallErrorMs;
  }

  monotonic(): number {
    return this.process.scheduler.time;
  }

  after(delayMs: number, action: () => void): () => void {
    return this.process.scheduler.after(delayMs, () => {
      this.process.deliver(action);
    });
  }
}

class ProcessRandom extends KisRandom {
  constructor(private readonly random: SeededRandom) {
    super();
  }

  next(): number {
    return this.random.next();
  }
}
