import { TOKEN_MARGIN_MS, type KisToken } from '../../src/kis/token/kis-token';
import { isSameToken } from '../../src/kis/token/token-rules';
import { isOlder } from './simulated-storage';
import type { SimulatedStore } from './simulated-store';
import { SECOND, SWEEP_MS, TIMEOUT_MS, type ServiceInstance, type Simulation } from './simulation';

/** Callers wait at most the request timeout and two seconds; events in the model take some milliseconds. */
const LONGEST_WAIT_MS = TIMEOUT_MS + 2 * SECOND + 100;
/** With a token that is good for longer than they wait, two seconds. */
const STALE_WAIT_MS = 2 * SECOND + 100;
/** A token says its end in whole seconds. */
const GRAIN_MS = SECOND;
/** A sweep that waits for a token takes this long at most until it has taken over what it found. */
const LOOK_MS = 12 * SECOND;
/** A process that has just been resumed acts on what it knew before it was stopped. */
const RESUMPTION_MS = SECOND;
/** Two answers that agree correct the clock by so much, each further one by as much again. */
const LONGEST_CORRECTION_MS = 12 * 3600 * SECOND;
/** Where a clock has been set, a token may be handed out this long after its end. */
const LATE_MS = 10 * SECOND;

/** What callers must never meet with, by true time and by what only the simulation knows. */
export class ServiceChecker {
  constructor(private readonly simulation: Simulation) {}

  served(instance: ServiceInstance, token: KisToken): void {
    const { history, kis } = this.simulation;
    const { name } = instance.process;
    const late = history.time - kis.endOf(token.accessToken);
    if (late > allowedLateMs(instance, token)) {
      history.violated(`${name} handed out a token ${(late / SECOND).toFixed(1)} s after its end`);
    }
    const before = instance.served;
    if (before?.fingerprint !== token.fingerprint) history.record(`${name} hands out ${token.generation}`);
    if (this.hasDeleted(instance, token)) history.violated(`${name} handed out a token that it had deleted`);
    if (before && this.goesBack(instance, token, before)) {
      history.violated(`${name} handed out generation ${token.generation} after ${before.generation}`);
    }
    const newer = this.settled(instance).find((stored) => token.generation > 0 && isOlder(token, stored));
    if (newer) {
      history.violated(
        `${name} still hands out generation ${token.generation}, stored is ${newer.generation}`,
      );
    }
    if (!before || !isSameToken(before, token)) instance.servedSince = history.time;
    instance.served = token;
  }

  /** A caller that began to wait `since` got none. */
  refused(instance: ServiceInstance, since: number, error: unknown): void {
    if (instance.site.machine.wasSet || since - instance.stoppedUntil < RESUMPTION_MS) return;
    const why = error instanceof Error ? error.message : '';
    if (this.hasGoodToken(instance)) this.refusedInSpiteOf('handed out', instance, why);
    const [first] = instance.stores;
    const stored = first?.storage.token(this.simulation.configuration) ?? null;
    if (!first || !stored || !this.isGood(stored) || first.storage.hasDeleted(stored)) return;
    // An attempt under way ends with a deletion, also for callers that have joined it since.
    if (since - this.simulation.deletedAt < LOOK_MS) return;
    if (!instance.stores.every((store) => store.wasReachableSince(since - LOOK_MS))) return;
    const { savedAt } = first.storage;
    if (savedAt > 0 && savedAt < since - SECOND) this.refusedInSpiteOf('stored', instance, why);
  }

  /** @param keptToken a good token that it had when the wait began, and until it ended. */
  waited(instance: ServiceInstance, tookMs: number, keptToken: boolean): void {
    if (tookMs <= (keptToken ? STALE_WAIT_MS : LONGEST_WAIT_MS)) return;
    this.simulation.history.violated(
      `a caller in ${instance.process.name} waited ${(tookMs / SECOND).toFixed(1)} s${keptToken ? ' although it had a good token' : ''}`,
    );
  }

  /**
   * Whether a token that was good when a caller began to wait is so when the wait ends. It may have been deleted or
   * refused in between, or have ended while the process was stopped; then the caller waits for another one.
   */
  isStillGood(token: KisToken, since: number): boolean {
    const { kis, deletedAt } = this.simulation;
    return deletedAt < since && this.isGood(token) && !kis.refusesLaterThan(token.accessToken);
  }

  /**
   * Whether what this process handed out last is good and must still be cached. It has one token: a newer one takes
   * the place of the last, and leaves nothing when KIS refuses it.
   */
  hasGoodToken(instance: ServiceInstance): boolean {
    const { kis } = this.simulation;
    const { served } = instance;
    if (served === null || this.simulation.mayBeDeleted(instance)) return false;
    if (!this.isGood(served) || kis.refusesLaterThan(served.accessToken)) return false;
    // A token of a higher generation takes its place even if another machine, then out of reach, requested it earlier.
    const stored = instance.stores.map(({ storage }) => storage.token(this.simulation.configuration));
    return !stored.some((each) => each && each.generation > served.generation && this.isRefused(each));
  }

  /** As long as nothing that it knows of the deletion was lost. */
  private hasDeleted({ deletion, stores }: ServiceInstance, { accessToken, generation }: KisToken): boolean {
    const [first] = stores;
    if (!first || deletion === null || generation === 0 || generation > deletion.generation) return false;
    if (!stores.every((store) => store.wasReachableSince(deletion.from - LOOK_MS))) return false;
    return this.simulation.kis.handedOutAt(accessToken) < deletion.from;
  }

  /** Whether nobody has to wait long for another one. */
  private isGood(token: KisToken): boolean {
    const { history, kis } = this.simulation;
    const leftMs = kis.endOf(token.accessToken) - history.time;
    return kis.accepts(token.accessToken) && leftMs > TOKEN_MARGIN_MS + GRAIN_MS + STALE_WAIT_MS;
  }

  private isRefused({ accessToken }: KisToken): boolean {
    const { history, kis } = this.simulation;
    return !kis.accepts(accessToken) && kis.endOf(accessToken) > history.time;
  }

  private refusedInSpiteOf(where: string, { process }: ServiceInstance, why: string): void {
    this.simulation.history.violated(
      `a caller in ${process.name} was refused in spite of a good token ${where}: ${why}`,
    );
  }

  /**
   * The tokens that this process knows, or has known, by now: a sweep takes over what is stored, and two sweeps what
   * lies in the directory of another machine, where a process brings it to the shared storage first.
   */
  private settled(instance: ServiceInstance): KisToken[] {
    const [first] = instance.stores;
    if (!first || instance.site.machine.wasSet) return [];
    const neighbours = this.simulation.alive().filter(({ site }) => site !== instance.site);
    const far = neighbours.flatMap((other) => {
      const own = other.stores.at(-1);
      return own ? this.settledFor(2, own, [instance, other]) : [];
    });
    return [...this.settledFor(1, first, [instance]), ...far];
  }

  /** The token in a storage when all of these have been able to sweep so often since it was stored. */
  private settledFor(
    sweeps: number,
    { storage }: SimulatedStore,
    instances: readonly ServiceInstance[],
  ): KisToken[] {
    const { history, kis, configuration } = this.simulation;
    if (storage.savedAt === 0 || instances.some(({ site }) => site.machine.wasSet)) return [];
    const since = Math.max(
      storage.savedAt,
      ...instances.flatMap((instance) => [instance.startedAt, instance.stoppedUntil]),
    );
    if (history.time - since < sweeps * (SWEEP_MS + LOOK_MS)) return [];
    if (!instances.every(({ stores }) => stores.every((store) => store.wasReachableSince(since)))) return [];
    const stored = storage.token(configuration);
    return stored && kis.accepts(stored.accessToken) && !storage.hasDeleted(stored) ? [stored] : [];
  }

  /** A refused or deleted token makes way for whatever there is, and after a loss counting may begin again. */
  private goesBack(instance: ServiceInstance, token: KisToken, before: KisToken): boolean {
    const { stores, site, deletion, servedSince } = instance;
    if (token.generation === 0 || stores.some(({ storage }) => storage.savedAt === 0)) return false;
    if (deletion !== null && deletion.from > servedSince) return false;
    return isOlder(token, before) && this.simulation.kis.accepts(before.accessToken) && !site.machine.wasSet;
  }
}

/**
 * What is left of a token that another machine or program has stored depends on the wall clock alone. Where that is
 * wrong, only answers of the brokerage can say so, at least two, and more for a clock that is wrong by days: until they
 * have come, nothing can be known.
 */
function allowedLateMs({ site: { machine }, dates }: ServiceInstance, token: KisToken): number {
  if (!machine.wasSet) return 0;
  const enough = 2 + Math.ceil(Math.abs(machine.wallErrorMs) / LONGEST_CORRECTION_MS);
  const isCorrected = dates.since === machine.setAt && dates.count >= enough;
  const isKnown = token.uptime?.bootId === machine.bootId || isCorrected;
  return isKnown ? LATE_MS : Infinity;
}
