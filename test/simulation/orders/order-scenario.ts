import { OrderChecker } from './order-checker';
import { BAD_TIMES_MS, OrderSimulation, SECOND } from './order-simulation';
import { OrderWorkload } from './order-workload';

export interface OrderScenarioResult {
  readonly seed: number;
  /** What must not happen; each with its moment. */
  readonly violations: readonly string[];
  /** Orders that callers learnt the outcome of. */
  readonly orders: number;
  /** Attempts that ended with an error. */
  readonly failures: number;
  /** Orders that reached the brokerage. */
  readonly booked: number;
  /** What happened; empty unless they are recorded. */
  readonly events: readonly string[];
}

/** For an order to be missing for long enough, after the longest time that its sender may have taken. */
const QUIET_MS = 130 * SECOND;
const CHECK_EVERY_MS = 2 * SECOND;

/**
 * Several processes of the real order code over a model journal and a model brokerage, in virtual time. A seed decides what
 * goes wrong: kills and stops at every step outside, orders and responses that are lost, late or damaged, lists that lag, a
 * journal that fails with or without having written, clocks that differ. The same seed always gives the same scenario.
 */
export class OrderScenario {
  constructor(private readonly seed: number) {}

  async run({ recordEvents = false } = {}): Promise<OrderScenarioResult> {
    const simulation = new OrderSimulation(this.seed, recordEvents);
    const checker = new OrderChecker(simulation);
    const workload = new OrderWorkload(simulation, checker);
    const { random, scheduler, history, book, start } = simulation;
    const processes = random.whole(1, 3);
    for (let count = 0; count < processes; count += 1) simulation.startProcess();
    workload.plan();
    await scheduler.runUntil(start + BAD_TIMES_MS);
    simulation.endFaults();
    const quietSince = scheduler.time;
    for (let at = quietSince; at < quietSince + QUIET_MS; at += CHECK_EVERY_MS) {
      await scheduler.runUntil(at);
      checker.checkDelays(quietSince);
    }
    checker.checkEnd();
    const { violations, events } = history;
    const { orders, failures } = workload;
    return { seed: this.seed, violations, orders, failures, booked: book.orders.length, events };
  }
}
