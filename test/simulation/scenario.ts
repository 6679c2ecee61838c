import { LENGTH_MS, SECOND, START, Simulation } from './simulation';
import { FaultSchedule, type FaultFactors } from './fault-schedule';
import { Workload } from './workload';

export interface ScenarioResult {
  readonly seed: number;
  /** What must not happen; each with its moment. */
  readonly violations: readonly string[];
  readonly issues: number;
  readonly served: number;
  readonly failed: number;
  /** What happened; empty unless they are recorded. */
  readonly events: readonly string[];
}

/** What happens more often in a scenario than by its seed alone: for mistakes that show under rare conditions only. */
export interface Emphasis {
  readonly faults?: FaultFactors;
  /** How often a process is stopped just when it has begun something; a quarter as often it is killed. Default: by the seed. */
  readonly interruptionRate?: number;
}

/**
 * Several processes of the real service, on one machine or on several, over model storages, a model brokerage and model
 * clocks, for more than an hour of virtual time in which a seed decides what goes wrong: kills, stops, clock steps,
 * partitions, failures of KIS and of storages, refused and deleted tokens, programs that know no
 * claims. The same seed always gives the same scenario.
 */
export class Scenario {
  constructor(
    private readonly seed: number,
    private readonly emphasis: Emphasis = {},
  ) {}

  async run({ recordEvents = false } = {}): Promise<ScenarioResult> {
    const simulation = new Simulation(this.seed, recordEvents, this.emphasis.interruptionRate);
    const workload = new Workload(simulation);
    const { random, history, scheduler } = simulation;
    const processes = random.whole(1, 4);
    for (let count = 0; count < processes; count += 1) {
      scheduler.after(random.between(0, 2 * SECOND), () => {
        simulation.start();
      });
    }
    new FaultSchedule(simulation, this.emphasis.faults).plan();
    await scheduler.runUntil(START + LENGTH_MS);
    workload.checkWaits();
    const { violations, events } = history;
    const { served, failed, requests } = workload;
    return { seed: this.seed, violations, issues: requests.count, served, failed, events };
  }
}
