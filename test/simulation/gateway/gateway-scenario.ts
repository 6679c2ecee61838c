import type { KisFault } from '../simulated-kis';
import { INTERVAL_MS } from '../simulated-storage';
import { GatewayChecker } from './gateway-checker';
import { BAD_TIMES_MS, GatewaySimulation, SECOND } from './gateway-simulation';
import { ProgramWorkload } from './program-workload';

export interface GatewayScenarioResult {
  readonly seed: number;
  /** What must not happen; each with its moment. */
  readonly violations: readonly string[];
  /** Requests of programs that were answered. */
  readonly answered: number;
  /** Requests of programs that were not. */
  readonly unanswered: number;
  /** Orders that reached the brokerage. */
  readonly booked: number;
  /** Requests for a token that reached the brokerage. */
  readonly issues: number;
  /** What happened; empty unless they are recorded. */
  readonly events: readonly string[];
}

const TOKEN_FAULTS: readonly KisFault[] = ['unreachable', 'away', 'broken', 'mute', 'slow', 'garbled'];
/** A token request that failed is repeated within this. */
const HEALED_AFTER_MS = 80 * SECOND;
/** For an order to be missing for long enough, after the longest time that its sender may have taken. */
const QUIET_MS = 130 * SECOND;
/** After the arrival of a token request: its answer, the interval, and a second. */
const CLAIM_ENDS_AFTER_MS = 5 * SECOND + INTERVAL_MS + SECOND;
const READ_EVERY_MS = 5 * SECOND;

/**
 * Several processes of the real gateway over a model journal, a model token directory and a model brokerage, in virtual time,
 * with programs that call them. A seed decides what goes wrong: kills at every step outside, calls and responses that are lost,
 * late or damaged, tokens that die, a token endpoint that fails, a journal that fails with or without having written, keys that
 * are removed. The same seed always gives the same scenario.
 */
export class GatewayScenario {
  constructor(private readonly seed: number) {}

  async run({ recordEvents = false } = {}): Promise<GatewayScenarioResult> {
    const simulation = new GatewaySimulation(this.seed, recordEvents);
    const checker = new GatewayChecker(simulation);
    const workload = new ProgramWorkload(simulation, checker);
    const { random, scheduler, history, book, kis } = simulation;
    const processes = random.whole(1, 3);
    for (let count = 0; count < processes; count += 1) simulation.startProcess();
    workload.plan();
    if (random.happens(0.3)) failTokenEndpoint(simulation);
    await scheduler.runUntil(simulation.start + BAD_TIMES_MS);
    simulation.endFaults();
    const end = scheduler.time + QUIET_MS;
    await scheduler.runUntil(scheduler.time + HEALED_AFTER_MS);
    void workload.orderInCrowd();
    await scheduler.runUntil(scheduler.time + 4 * READ_EVERY_MS);
    const isKillable = scheduler.time - checker.lastTokenRequestAt > CLAIM_ENDS_AFTER_MS;
    if (isKillable && random.happens(0.5)) {
      history.record('KIS refuses its newest token');
      kis.killNewest();
    }
    while (scheduler.time < end) {
      void workload.readInPeace();
      await scheduler.runUntil(Math.min(end, scheduler.time + READ_EVERY_MS));
    }
    checker.checkEnd();
    const { violations, events } = history;
    const { answered, unanswered } = workload;
    const { tokenRequests: issues } = checker;
    return { seed: this.seed, violations, answered, unanswered, booked: book.orders.length, issues, events };
  }
}

/** For a while, from the first request on or somewhat later. */
function failTokenEndpoint({ kis, random, scheduler, history }: GatewaySimulation): void {
  scheduler.after(random.oneOf([0, random.between(0, 20) * SECOND]), () => {
    kis.fault = random.oneOf(TOKEN_FAULTS);
    history.record(`the token endpoint is ${kis.fault}`);
    scheduler.after(random.between(1, 20) * SECOND, () => {
      kis.fault = 'none';
      history.record('the token endpoint has recovered');
    });
  });
}
