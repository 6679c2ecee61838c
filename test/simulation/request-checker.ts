import { SECOND, TIMEOUT_MS, type ServiceInstance, type Simulation } from './simulation';
import { INTERVAL_MS, LONGEST_WAY_MS, type SimulatedStorage } from './simulated-storage';

/** A request arrives at most this long after its claim was won. */
const ARRIVES_WITHIN_MS = TIMEOUT_MS + LONGEST_WAY_MS;

/** A renewal may have been decided upon this long before the request arrives. */
const DECISION_MS = TIMEOUT_MS + 12 * SECOND;

/**
 * A person who deletes the token wants another one, even if another program has restored the old one since; a process
 * that has seen the deletion may have been stopped in between.
 */
const PERSON_MS = 400 * SECOND;

/** A request for a token as it arrived at KIS. */
interface Arrival {
  readonly at: number;
  readonly instance: ServiceInstance;
  /** The storages in which the sender held the claim. */
  readonly claimedIn: readonly SimulatedStorage[];
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
   * Requests keep their distance: always those of one process, and those of several by the claim in each
   * storage that they share, unless the link to it was faulty. Without a claim in its first storage a process sends a
   * request only when it needs a token.
   */
  arrived(instance: ServiceInstance): void {
    const { history } = this.simulation;
    const { name } = instance.process;
    const at = history.time;
    history.record(`${name} sends a request to KIS`);
    // The process does not know of an older claim: the response was lost.
    const held = instance.stores.filter(
      ({ storage }) => (storage.claimOf(name)?.at ?? 0) >= at - ARRIVES_WITHIN_MS,
    );
    const missing = instance.stores.filter((store) => !held.includes(store));
    for (const store of missing.filter((each) => each.wasReachableSince(at - ARRIVES_WITHIN_MS))) {
      history.violated(`${name} asked without a claim in ${store.storage.name}`);
    }
    const isAlone = missing.some(
      (store) => store === instance.stores[0] && store.link.healthySince > at - ARRIVES_WITHIN_MS,
    );
    if (isAlone && !this.needsToken(instance)) {
      history.violated(`${name} asked on its own while its token was good`);
    }
    const arrival = { at, instance, claimedIn: held.map(({ storage }) => storage) };
    this.keepsDistance(arrival);
    this.arrivals.push(arrival);
    if (!instance.forcing) for (const { storage } of held) this.isInVain(instance, storage);
  }

  private keepsDistance({ at, instance, claimedIn }: Arrival): void {
    const near = this.arrivals.filter((each) => at - each.at < INTERVAL_MS);
    for (const earlier of near) {
      if (earlier.instance !== instance && !claimedIn.some((storage) => knows(storage, earlier))) continue;
      const gap = ((at - earlier.at) / SECOND).toFixed(3);
      this.simulation.history.violated(
        `${instance.process.name} asked ${gap} s after ${earlier.instance.process.name}`,
      );
    }
  }

  private needsToken(instance: ServiceInstance): boolean {
    const { history, kis, configuration } = this.simulation;
    const { served, site } = instance;
    if (!served || site.machine.wasSet || !kis.accepts(served.accessToken)) return true;
    // Somebody wanted to delete it, even if not every storage could be reached.
    if (this.simulation.mayBeDeleted(instance)) return true;
    const left = kis.endOf(served.accessToken) - history.time;
    return left < configuration.tokenPolicy.bufferMs + DECISION_MS;
  }

  /** No request is sent if the storage had a token that was not due when the claim was won. */
  private isInVain(instance: ServiceInstance, storage: SimulatedStorage): void {
    const { history, kis, configuration } = this.simulation;
    const claim = storage.claimOf(instance.process.name);
    const stored = storage.token(configuration);
    if (!stored || !claim || !kis.accepts(stored.accessToken) || storage.hasDeleted(stored)) return;
    if (!instance.stores.every((store) => store.wasReachableSince(claim.at - TIMEOUT_MS))) return;
    if (storage.savedAt === 0 || storage.savedAt >= claim.at) return;
    const changes = instance.stores.map((each) => each.link.visibleAt(each.storage.touchedAt));
    if (changes.some((visibleAt) => history.time - visibleAt < PERSON_MS)) return;
    if (this.simulation.sites.some(({ machine }) => machine.wasSet)) return;
    // A process that got the same token by itself, while the storage was away, has drawn its own refresh time.
    const drawn = instance.served?.fingerprint === stored.fingerprint ? instance.served.refreshAt : Infinity;
    const spareMs = Math.min(stored.refreshAt, drawn) - history.time;
    if (spareMs <= 0) return;
    const early = `${(spareMs / SECOND).toFixed(0)} s before the token in ${storage.name} was to be renewed`;
    history.violated(`${instance.process.name} asked ${early}`);
  }
}

/** Whether an arrival had its claim in a storage that has not lost its content since. */
function knows(storage: SimulatedStorage, { at, claimedIn }: Arrival): boolean {
  return claimedIn.includes(storage) && storage.lostAt < at;
}
