import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KisConfiguration, type KisOptions } from '../../../src/kis';
import { SeededRandom } from '../../simulation/seeded-random';
import { tokenFileNames } from '../../../src/kis/token/file/file-tokens';
import type { ProgramSetting } from '../program';
import { WorkerHost, type Worker } from '../workers';
import { Checker, type Gap } from './checker';
import { ProcessPool, machineOf } from './process-pool';
import { notesIn, type History, type Observation } from './history';
import { appKeyOf, ChaosIssuer } from './issuer';
import type { ObserverTask } from './observer.worker';
import { directoryOf, ONE_DIRECTORY, oneRedis, type Topology } from './topologies';
import { FaultSchedule } from './faults';

/** Runs real processes with injected faults and collects what they recorded. */

const KEYS = Array.from({ length: 8 }, (_, index) => `key${index}`);
const INTERVAL_MS = 2000;
const SWEEP_MS = 1000;
const TIMEOUT_MS = 2500;
const ISSUER = { lifetimeMs: 45_000, latencyMs: 60 };
/** Failures without a token pause requests for five minutes and a fifth. */
const UNTIL_WHOLE_MS = 400_000;

export interface ChaosPlan {
  readonly seed: number;
  /** One directory; or several with a Redis, whose data outlives a crash or not. */
  readonly place: 'files' | 'durable Redis' | 'forgetful Redis';
  readonly lengthMs: number;
  /** Ends the faults early; what was recorded by then is checked. */
  readonly signal?: AbortSignal;
  readonly progress?: (line: string) => void;
}

export interface ChaosVerdict {
  readonly violations: readonly string[];
  readonly figures: Readonly<Record<string, number | string>>;
  /** Where everything is that everybody wrote down; `null` where no rule was broken. */
  readonly notes: string | null;
}

/** Real processes under faults for a while, and a check afterwards of what they wrote down. */
export class Chaos {
  private readonly base = mkdtempSync(join(tmpdir(), 'kis-chaos-'));
  private readonly workerHost = new WorkerHost();
  private readonly pool: ProcessPool;
  private readonly faults: FaultSchedule;
  private wholeAfterMs = Infinity;
  /** Which processes had not all tokens when that was last looked at, and which they had. */
  private lacking: readonly string[] = [];
  private notesKept = false;

  private constructor(
    private readonly plan: ChaosPlan,
    private readonly topology: Topology,
    private readonly issuer: ChaosIssuer,
    private readonly baseUrl: string,
    random: SeededRandom,
  ) {
    mkdirSync(join(this.base, 'notes'));
    this.pool = new ProcessPool(this.workerHost, join(this.base, 'notes'), KEYS, (name) =>
      this.settingOf(name),
    );
    const fileOf = (machine: string, key: string): string => this.fileOf(machine, key);
    const targets = { keys: KEYS, machines: topology.machines, fileOf };
    this.faults = new FaultSchedule(random, this.pool, issuer, targets, topology.faults);
  }

  static async run(plan: ChaosPlan): Promise<ChaosVerdict> {
    const random = new SeededRandom(plan.seed);
    const issuer = new ChaosIssuer(random, ISSUER);
    const baseUrl = await issuer.open();
    const topology =
      plan.place === 'files' ? ONE_DIRECTORY : await oneRedis(plan.place === 'durable Redis', random);
    const chaos = new Chaos(plan, topology, issuer, baseUrl, random);
    try {
      await chaos.play();
      return chaos.verdict();
    } finally {
      await chaos.close();
    }
  }

  private async play(): Promise<void> {
    const observers = this.topology.machines.map((machine) => this.startObserver(machine));
    await Promise.all(observers.map((observer) => observer.next()));
    const { machines, processesEach } = this.topology;
    const starts = machines.flatMap((machine) => Array.from({ length: processesEach }, () => machine));
    await Promise.all(starts.map((machine) => this.pool.start(machine)));
    const progress = setInterval(() => this.plan.progress?.(this.state()), 10_000);
    const troubled = this.faults.run();
    await untilOver(this.plan.lengthMs, this.plan.signal);
    this.faults.end();
    await troubled;
    await this.becomeWhole();
    await this.pool.end();
    await Promise.all(observers.map((observer) => observer.end()));
    clearInterval(progress);
  }

  private async close(): Promise<void> {
    await this.workerHost.close();
    await this.topology.close();
    await this.issuer.close();
    if (!this.notesKept) rmSync(this.base, { recursive: true, force: true });
  }

  private startObserver(machine: string): Worker {
    const directory = directoryOf(this.base, machine);
    const { kis } = this.settingOf(`${machine}.observer`);
    const task: ObserverTask = { kis, machine, directory, history: this.notesOf(machine) };
    return this.workerHost.start('chaos/observer.worker', task, { ownGroup: true });
  }

  /** Every process has a good token for every key again. */
  private async becomeWhole(): Promise<void> {
    const began = Date.now();
    while (Date.now() - began < UNTIL_WHOLE_MS) {
      this.lacking = await this.pool.lacking();
      this.wholeAfterMs = Date.now() - began;
      if (this.lacking.length === 0) return;
      await untilOver(200);
    }
    this.wholeAfterMs = Infinity;
  }

  private verdict(): ChaosVerdict {
    const history: History = {
      intervalMs: INTERVAL_MS,
      sweepMs: SWEEP_MS,
      requestTimeoutMs: TIMEOUT_MS,
      actions: this.pool.actions(),
      observations: [...this.looked(), ...this.faults.losses],
      arrivals: this.issuer.arrivals,
      issues: this.issuer.issues,
      refusals: this.issuer.refusals,
      outages: this.topology.outages,
    };
    const checker = new Checker(history);
    const incomplete = this.lacking.map((what) => `at the end ${what} of ${KEYS.length} keys`);
    const violations = [...checker.violations(), ...this.pool.unexpectedExits, ...incomplete];
    return {
      violations,
      figures: { ...this.figures(history), ...gapFigures(checker.gaps) },
      notes: violations.length > 0 ? this.keepNotes(history) : null,
    };
  }

  private keepNotes(history: History): string {
    this.notesKept = true;
    const plain = (_name: string, value: unknown): unknown =>
      value instanceof Map ? Object.fromEntries(value) : value;
    writeFileSync(join(this.base, 'history.json'), JSON.stringify(history, plain));
    return this.base;
  }

  private figures({ actions, arrivals, observations }: History): Record<string, number> {
    const all = [...actions.values()].flat();
    const failures: Record<string, number> = {};
    for (const action of all) {
      if (action.did !== 'fail') continue;
      const why = `failed: ${action.why.split(' ')[0] ?? ''}`;
      failures[why] = (failures[why] ?? 0) + 1;
    }
    return {
      'processes started': this.pool.started,
      ...this.faults.counts,
      'token requests at KIS': arrivals.length,
      'answered well': arrivals.filter(({ answer }) => answer === 'token').length,
      'tokens seen in the store': observations.filter(({ saw }) => saw === 'token').length,
      'tokens handed out': all.filter(({ did }) => did === 'get').length,
      'calls answered': all.filter(({ did }) => did === 'call').length,
      ...failures,
      'whole again after, ms': this.wholeAfterMs,
    };
  }

  private looked(): Observation[] {
    return this.topology.machines.flatMap((machine) => notesIn<Observation>(this.notesOf(machine)));
  }

  private notesOf(machine: string): string {
    return join(this.base, 'notes', machine);
  }

  private state(): string {
    return `${this.pool.started} processes started, ${this.issuer.arrivals.length} token requests, ${this.issuer.calls} calls`;
  }

  private fileOf(machine: string, key: string): string {
    const { credential } = new KisConfiguration(this.settingOf(machine).kis).account(key);
    return join(directoryOf(this.base, machine), tokenFileNames(credential).token);
  }

  /** What KIS takes for the app secret is the name of the process. */
  private settingOf(name: string): ProgramSetting {
    const { baseUrl } = this;
    const account = { mode: 'MOCK', accountNumber: '50112345', appSecret: name, baseUrl } as const;
    const limits = { requestsPerSecond: 1000, requestTimeoutMs: TIMEOUT_MS };
    const { redisUrl } = this.topology;
    const kis: KisOptions = {
      accounts: KEYS.map((alias) => ({ ...account, ...limits, alias, appKey: appKeyOf(alias) })),
      tokenStore: redisUrl === null ? 'file' : 'redis',
      tokenDir: directoryOf(this.base, machineOf(name)),
      // A token is not due for renewal when it comes, although its expiry is in whole seconds and its way takes time: that
      // counts as a failure, and several in a row pause requests for minutes.
      bufferSeconds: 25,
      refreshLeadSeconds: 16,
      refreshBlackout: '',
      sweepSeconds: SWEEP_MS / 1000,
      issueIntervalSeconds: INTERVAL_MS / 1000,
    };
    return { kis, ...(redisUrl === null ? {} : { redisUrl }) };
  }
}

function gapFigures(gaps: readonly Gap[]): Record<string, number> {
  const smallest = (some: readonly Gap[]): number => Math.min(Infinity, ...some.map(({ gapMs }) => gapMs));
  const excused = gaps.filter((gap) => gap.excused && gap.gapMs < INTERVAL_MS);
  const cost = {
    'gaps below the interval between machines that could not know': excused.length,
    'smallest of these, ms': smallest(excused),
  };
  return {
    'smallest gap between token requests, ms': smallest(gaps.filter((gap) => !excused.includes(gap))),
    ...(excused.length > 0 ? cost : {}),
  };
}

function untilOver(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
