import type { VirtualScheduler } from './virtual-scheduler';

/** What happened in a simulation, and what of it should not have: checked from outside, by true time. */
export class History {
  readonly violations: string[] = [];
  /** What happened, if events are recorded. */
  readonly events: string[] = [];

  constructor(
    private readonly scheduler: VirtualScheduler,
    private readonly start: number,
    private readonly recordEvents: boolean,
  ) {}

  /** True time, epoch milliseconds. */
  get time(): number {
    return this.scheduler.time;
  }

  record(what: string): void {
    if (this.recordEvents) this.events.push(`${this.when()}: ${what}`);
  }

  violated(what: string): void {
    this.violations.push(`${this.when()}: ${what}`);
    this.record(`VIOLATION: ${what}`);
  }

  /** Now, as seconds since the beginning of the scenario. */
  private when(): string {
    return `${((this.time - this.start) / 1000).toFixed(3)} s`;
  }
}
