import type { RequestChecker } from './request-checker';
import { MINUTE, SECOND, type ServiceInstance, type Simulation } from './simulation';
import type { KisFault } from './simulated-kis';

/** The longest pause after requests that did not leave, a fifth at random, and an attempt that waits in vain. */
const RETURN_MS = 50 * SECOND;
/** The longest pause that a request which has left the machine causes, unless a token is refused. */
const LONGEST_PAUSE_MS = 13 * MINUTE;
/** The claim of a process that was killed, stopped or cut off stands this long. */
const CLAIM_MS = 150 * SECOND;

/** An outage in which no request could leave: when it is over, KIS is asked within seconds. */
export class OutageChecker {
  constructor(
    private readonly simulation: Simulation,
    private readonly requests: RequestChecker,
  ) {}

  /** KIS can be reached again. */
  over(fault: KisFault): void {
    const { scheduler, kis, departedAt } = this.simulation;
    const since = scheduler.time;
    if (fault !== 'away' && fault !== 'dark') return;
    // Faults overlap. While one of them lets requests leave and loses them, nobody can know that they have not arrived:
    // the interval and the pauses after failures apply to them, and none of them is an outage in which nothing left.
    if (since - departedAt < LONGEST_PAUSE_MS || kis.hasRefused) return;
    scheduler.after(RETURN_MS, () => {
      if (kis.fault !== 'none' || kis.faultSince > since || this.requests.lastArrivalAt >= since) return;
      for (const instance of this.simulation.alive()) this.check(instance, since);
    });
  }

  private check(instance: ServiceInstance, since: number): void {
    const { history, interruptedAt, sites } = this.simulation;
    if (interruptedAt > since - CLAIM_MS || instance.startedAt > since || instance.site.machine.wasSet)
      return;
    if (!instance.stores.every((store) => store.wasReachableSince(since - CLAIM_MS))) return;
    // What another machine has sent on a faulty link may arrive when its sender has given up: a claim that nobody settles.
    if (!sites.every(({ sharedLink }) => sharedLink.healthySince <= since - CLAIM_MS)) return;
    if (instance.tokens.readiness().ready) return;
    history.violated(
      `${instance.process.name} has not asked KIS within ${RETURN_MS / SECOND} s of its return`,
    );
  }
}
