import { KisConfiguration } from '../../src/kis/kis.options';
import { ReplicatedTokenStore } from '../../src/kis/token/replicated-token.store';
import type { KisToken } from '../../src/kis/token/kis-token';
import { KisTokenService } from '../../src/kis/token/kis-token.service';
import { APP_KEY } from './app-key';
import { History } from './history';
import { SeededRandom } from './seeded-random';
import { VirtualScheduler } from './virtual-scheduler';
import { SimulatedAuthClient } from './simulated-auth-client';
import { SimulatedKis, type KisFault } from './simulated-kis';
import { SimulatedMachine, SimulatedProcess } from './simulated-machine';
import { INTERVAL_MS, SimulatedStorage } from './simulated-storage';
import { StorageLink } from './storage-link';
import { SimulatedStore } from './simulated-store';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const START = Date.parse('2026-11-22T00:00:00Z');
export const LENGTH_MS = 75 * MINUTE;
export const TIMEOUT_MS = 10 * SECOND;
export const SWEEP_MS = 30 * SECOND;

const OPTIONS = {
  accounts: [
    {
      mode: 'MOCK',
      appKey: APP_KEY,
      appSecret: 'S'.repeat(180),
      accountNumber: '50112345',
      requestTimeoutMs: TIMEOUT_MS,
    },
  ],
  bufferSeconds: 120,
  refreshLeadSeconds: 600,
  refreshBlackout: '',
} as const;

/** A machine with its directory, and its links to where tokens are kept. */
export interface Site {
  readonly machine: SimulatedMachine;
  readonly directory: SimulatedStorage;
  readonly directoryLink: StorageLink;
  /** To the storage that all machines share, if there is one. */
  readonly sharedLink: StorageLink;
}

/** A run of one process from its start to its death. */
export interface ServiceInstance {
  readonly process: SimulatedProcess;
  readonly site: Site;
  readonly tokens: KisTokenService;
  /** Where it keeps tokens, the authoritative storage first. */
  readonly stores: readonly SimulatedStore[];
  readonly startedAt: number;
  /** True time until which it is stopped. */
  stoppedUntil: number;
  /** For how long it has been stopped in all. */
  stoppedMs: number;
  /** The token that it handed out last. */
  served: KisToken | null;
  /** When it first handed that out, with this generation; true time. */
  servedSince: number;
  /** What it has dates from KIS about the time, since its machine's clock was last set. */
  dates: ReceivedDates;
  /**
   * When it last began to delete its token, true time, and the newest claim at the moment of the deletion: what was
   * claimed after that, or without this storage, does not concern it.
   */
  deletion: { readonly from: number; readonly generation: number } | null;
  /** A person forces a new token in it at the moment. */
  forcing: boolean;
}

interface ReceivedDates {
  readonly since: number;
  /** Right `Date` headers in a row. */
  readonly count: number;
}

const NEW_INSTANCE = {
  stoppedUntil: 0,
  stoppedMs: 0,
  served: null,
  servedSince: 0,
  dates: { since: 0, count: 0 },
  deletion: null,
  forcing: false,
};

/** A `Date` header further from the truth is wrong. */
const RIGHT_DATE_MS = 5 * SECOND;

/** Machines with processes, the storage that they share, and the brokerage, in virtual time. */
export class Simulation {
  readonly random: SeededRandom;
  readonly scheduler = new VirtualScheduler(START);
  readonly history: History;
  readonly configuration = new KisConfiguration(OPTIONS);
  readonly kis: SimulatedKis;
  readonly sites: readonly Site[];
  /** `null` where there is but one machine. */
  readonly shared: SimulatedStorage | null;
  /** Called for each request for a token that arrives. */
  onRequest: (instance: ServiceInstance) => void = () => undefined;
  /** Called for each new process. */
  onStart: (instance: ServiceInstance) => void = () => undefined;
  /** True time at which a request for a token last left a machine, even if it was lost on its way. */
  departedAt = -Infinity;
  /** Done when the next request for a token arrives. */
  readonly atNextRequest: (() => void)[] = [];
  /** True time at which somebody last deleted the token of a process. */
  deletedAt = -Infinity;
  /** True time until which a process was last stopped, or at which one was killed. */
  interruptedAt = -Infinity;
  /** Called when KIS can be reached again. */
  onOutageOver: (fault: KisFault) => void = () => undefined;
  private readonly instances: ServiceInstance[] = [];
  private readonly server: SimulatedProcess;
  /** How often a process is stopped, or killed, just when it has begun something. */
  private readonly interruptionRate: number;
  private starts = 0;

  constructor(seed: number, recordEvents: boolean, interruptionRate?: number) {
    this.random = new SeededRandom(seed);
    this.history = new History(this.scheduler, START, recordEvents);
    const drawnRate = this.random.oneOf([0, 0, 0.003, 0.02]);
    this.interruptionRate = interruptionRate ?? drawnRate;
    this.kis = new SimulatedKis(this.scheduler, this.random, {
      intervalMs: INTERVAL_MS,
      lifetimeMs: this.random.between(25, 60) * MINUTE,
      sameTokenMs: this.random.oneOf([0, 10, 15]) * MINUTE,
      requestTimeoutMs: TIMEOUT_MS,
      oldDies: this.random.happens(0.3),
    });
    const machines = this.random.oneOf([1, 1, 2, 3]);
    this.shared = machines > 1 ? new SimulatedStorage('the shared storage', this.history) : null;
    this.server = new SimulatedProcess('server', new SimulatedMachine(this.scheduler, 'server'), this.random);
    this.sites = Array.from({ length: machines }, (_, index) => this.site(`machine ${index + 1}`));
    const first = this.shared ?? this.sites[0]?.directory;
    if (first) first.handedOutAt = (token) => this.kis.handedOutAt(token);
  }

  start(site: Site = this.random.oneOf(this.sites)): void {
    const { random, scheduler, configuration } = this;
    this.starts += 1;
    const process = new SimulatedProcess(`process ${this.starts}`, site.machine, random);
    const stores = this.storesOf(site, process);
    const [first, second] = stores as [SimulatedStore, SimulatedStore?];
    const store = second ? new ReplicatedTokenStore(first, second, process.clock) : first;
    const auth = new SimulatedAuthClient(this.kis, process);
    const tokens = new KisTokenService(configuration, store, auth, process.clock, process.random);
    const instance = { ...NEW_INSTANCE, process, site, tokens, stores, startedAt: scheduler.time };
    auth.onDeparture = () => {
      this.departedAt = this.scheduler.time;
    };
    auth.onArrival = () => {
      this.onRequest(instance);
      for (const run of this.atNextRequest.splice(0)) run();
    };
    auth.onAnswer = (date) => {
      this.receivesDate(instance, date);
    };
    process.onStep = () => {
      if (random.happens(this.interruptionRate)) this.stop(instance);
      else if (random.happens(this.interruptionRate / 4)) this.kill(instance);
    };
    this.history.record(`${process.name} starts on ${site.machine.name}`);
    this.instances.push(instance);
    this.onStart(instance);
  }

  /** Another process replaces it after a while. */
  kill(instance: ServiceInstance): void {
    if (!instance.process.alive) return;
    this.history.record(`${instance.process.name} is killed`);
    instance.process.kill();
    this.interruptedAt = Math.max(this.interruptedAt, this.scheduler.time);
    this.scheduler.after(this.random.between(0, 90) * SECOND, () => {
      this.start(instance.site);
    });
  }

  stop(instance: ServiceInstance): void {
    if (instance.stoppedUntil > this.scheduler.time) return;
    const lengthMs = this.random.between(0.05, 120) * SECOND;
    this.history.record(`${instance.process.name} is stopped for ${(lengthMs / SECOND).toFixed(1)} s`);
    instance.stoppedUntil = this.scheduler.time + lengthMs;
    this.interruptedAt = Math.max(this.interruptedAt, instance.stoppedUntil);
    instance.process.pause();
    this.scheduler.after(lengthMs, () => {
      instance.stoppedMs += lengthMs;
      instance.process.resume();
    });
  }

  /** The service in this process receives a `Date` header of KIS. */
  receivesDate(instance: ServiceInstance, date: number | null): void {
    if (date === null) return;
    const { setAt } = instance.site.machine;
    const before = instance.dates.since === setAt ? instance.dates.count : 0;
    const isRight = Math.abs(date - this.scheduler.time) < RIGHT_DATE_MS + TIMEOUT_MS;
    instance.dates = { since: setAt, count: isRight ? before + 1 : 0 };
  }

  /**
   * Whether a person may have deleted what this process handed out last. A deletion also takes what was being requested
   * at the same time; what KIS has handed to others since does not make up for that.
   */
  mayBeDeleted({ served, servedSince }: ServiceInstance): boolean {
    if (served === null) return false;
    return this.kis.handedOutAt(served.accessToken, servedSince) - TIMEOUT_MS <= this.deletedAt;
  }

  alive(): readonly ServiceInstance[] {
    return this.instances.filter((instance) => instance.process.alive);
  }

  anyRunning(): ServiceInstance | undefined {
    const alive = this.alive();
    return alive.length === 0 ? undefined : this.random.oneOf(alive);
  }

  private site(name: string): Site {
    const { scheduler, random, history } = this;
    return {
      machine: new SimulatedMachine(scheduler, name),
      directory: new SimulatedStorage(`the directory of ${name}`, history),
      directoryLink: new StorageLink(`the directory of ${name}`, history, scheduler, random),
      sharedLink: new StorageLink(`the way from ${name} to the shared storage`, history, scheduler, random),
    };
  }

  private storesOf(site: Site, process: SimulatedProcess): SimulatedStore[] {
    const parts = { process, policy: this.configuration.tokenPolicy };
    const { directory, directoryLink, sharedLink } = site;
    const local = { kind: 'file', storage: directory, link: directoryLink, clock: process.clock } as const;
    const own = new SimulatedStore({ ...parts, ...local, timeoutMs: Infinity });
    if (!this.shared) return [own];
    const clock = this.server.clock;
    const shared = { kind: 'redis', storage: this.shared, link: sharedLink, clock } as const;
    return [new SimulatedStore({ ...parts, ...shared, timeoutMs: SECOND }), own];
  }
}
