import { SECOND, TIMEOUT_MS, type ServiceInstance, type Simulation } from './simulation';
import { INTERVAL_MS, LONGEST_WAY_MS, type SimulatedStorage } from './simulated-storage';

/** A request arrives this long after its turn began at most. */
const ARRIVES_WITHIN_MS = TIMEOUT_MS + LONGEST_WAY_MS;

/** A renewal may have been decided upon this long before the request arrives. */
const DECISION_MS = TIMEOUT_MS + 12 * SECOND;

/**
 * A person who deletes the token wants another one, even if somebody has put the old one back meanwhile; whoever saw it
 * may have stood still since.
 */
const PERSON_MS = 400 * SECOND;

/** A request for a token as it arrived at KIS. */
interface Arrival {
  readonly at: number;
  readonly instance: ServiceInstance;
  /** Where the turn was the asker's. */
  readonly turns: readonly SimulatedStorage[];
}

/** What requests for tokens must never do, by true time and by what only the simulation knows. */
export class RequestChecker {
  private readonly arrivals: Arrival[] = [];

  constructor(private readonly simulation: Simulation) {}

  get count(): number {
    return this.arrivals.length;
  }

  /** True time of the last request. */
  get lastArrivalAt(): number {
    return this.arrivals.at(-1)?.at ?? -Infinity;
  }

  /**
   * Requests keep their distance: always those of one process, and those of several by the turn in each place that
   * they share, unless the way to it was faulty. Without the turn in the place that counts first a process asks
   * only when it needs a token.
   */
  arrived(instance: ServiceInstance): void {
    const { history } = this.simulation;
    const { name } = instance.process;
    const at = history.time;
    history.record(`${name} asks KIS`);
    // An older turn is one that the process does not know of, because the answer was lost.
    const held = instance.stores.filter(
      ({ storage }) => (storage.turnOf(name)?.at ?? 0) >= at - ARRIVES_WITHIN_MS,
    );
    const missing = instance.stores.filter((store) => !held.includes(store));
    for (const store of missing.filter((each) => each.isAtHand(at - ARRIVES_WITHIN_MS))) {
      history.violated(`${name} asked without the turn in ${store.storage.name}`);
    }
    const isAlone = missing.some(
      (store) => store === instance.stores[0] && store.link.healthySince > at - ARRIVES_WITHIN_MS,
    );
    if (isAlone && !this.needsToken(instance)) {
      history.violated(`${name} asked on its own while its token was good`);
    }
    const arrival = { at, instance, turns: held.map(({ storage }) => storage) };
    this.keepsDistance(arrival);
    this.arrivals.push(arrival);
    if (!instance.forcing) for (const { storage } of held) this.isInVain(instance, storage);
  }

  private keepsDistance({ at, instance, turns }: Arrival): void {
    const near = this.arrivals.filter((each) => at - each.at < INTERVAL_MS);
    for (const earlier of near) {
      if (earlier.instance !== instance && !turns.some((storage) => knows(storage, earlier))) continue;
      const gap = ((at - earlier.at) / SECOND).toFixed(3);
      this.simulation.history.violated(
        `${instance.process.name} asked ${gap} s after ${earlier.instance.process.name}`,
      );
    }
  }

  private needsToken({ served, servedAt, site }: ServiceInstance): boolean {
    const { history, kis, configuration, deletedAt } = this.simulation;
    if (!served || site.machine.wasSet || !kis.accepts(served.accessToken)) return true;
    // Somebody wanted to delete it, even if not every place could be reached.
    if (Math.min(servedAt, kis.handedOutAt(served.accessToken) - TIMEOUT_MS) <= deletedAt) return true;
    const left = kis.endOf(served.accessToken) - history.time;
    return left < configuration.tokenPolicy.bufferMs + DECISION_MS;
  }

  /** KIS is not asked while the place had a token that nobody needed to renew when the turn was taken. */
  private isInVain(instance: ServiceInstance, storage: SimulatedStorage): void {
    const { history, kis, configuration } = this.simulation;
    const turn = storage.turnOf(instance.process.name);
    const stored = storage.token(configuration);
    if (!stored || !turn || !kis.accepts(stored.accessToken)) return;
    if (!instance.stores.every((store) => store.isAtHand(turn.at - TIMEOUT_MS))) return;
    if (storage.savedAt === 0 || storage.savedAt >= turn.at) return;
    if (instance.stores.some((store) => history.time - store.storage.touchedAt < PERSON_MS)) return;
    if (this.simulation.sites.some(({ machine }) => machine.wasSet)) return;
    // Who got the same token on its own, while the place was away, has drawn its own time for it.
    const drawn = instance.served?.fingerprint === stored.fingerprint ? instance.served.refreshAt : Infinity;
    const spareMs = Math.min(stored.refreshAt, drawn) - history.time;
    if (spareMs <= 0) return;
    const early = `${(spareMs / SECOND).toFixed(0)} s before the token in ${storage.name} was to be renewed`;
    history.violated(`${instance.process.name} asked ${early}`);
  }
}

/** Whether an arrival had its turn in a place that has not lost its memory since. */
function knows(storage: SimulatedStorage, { at, turns }: Arrival): boolean {
  return turns.includes(storage) && storage.lostAt < at;
}
