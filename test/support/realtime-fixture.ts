import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  KisClock,
  KisConfiguration,
  KisRealtimeSessions,
  type KisAccount,
  type KisAccountOptions,
  type KisCredential,
  type KisRawFrame,
  type KisRawListener,
  type KisRealtimeSession,
} from '../../src/kis';
import { FileRealtimeStore } from '../../src/kis/realtime/claim/file-realtime.store';
import { MemoryRealtimeStore } from '../../src/kis/realtime/claim/memory-realtime.store';
import type { LinkTransport } from '../../src/kis/realtime/link/link-transport';
import {
  RealtimeStore,
  type RealtimeChange,
  type RealtimeRecord,
} from '../../src/kis/realtime/claim/realtime-store';
import { FixedKisRandom, ManualKisClock } from '../../src/kis/testing/manual-clock';
import { removeDirectory } from './remove-directory';
import type { SimulatorSettings } from '../../src/simulator/settings';
import { TestSimulator } from './simulator/test-simulator';

const TIMEOUT_MS = 60_000;
const STEPS_PER_SECOND = 2;
/** Of the event loop, in which nothing is under way any more. */
const QUIET_TURNS = 30;

/** The events that a listener received. */
export interface HeardListener {
  readonly listener: KisRawListener;
  readonly frames: KisRawFrame[];
  /** `connected`, `disconnected`, `gap`, `refused OPSP…`, in order. */
  readonly told: string[];
  readonly gaps: { readonly from: number; readonly to: number }[];
}

/** A store that says whether anything is under way: the clock of a test stands still until then. */
class WatchedStore extends RealtimeStore {
  pending = 0;

  constructor(private readonly store: RealtimeStore) {
    super();
  }

  async update<T>(
    credential: KisCredential,
    record: RealtimeRecord,
    decide: (text: string | null, now: number) => RealtimeChange<T>,
  ): Promise<T> {
    this.pending += 1;
    try {
      return await this.store.update(credential, record, decide);
    } finally {
      this.pending -= 1;
    }
  }

  links(credential: KisCredential): LinkTransport {
    return this.store.links(credential);
  }

  close(): void {
    if (this.store instanceof FileRealtimeStore) this.store.onApplicationShutdown();
  }
}

/** The clock of a process that can be stopped (SIGSTOP): its timers are late until it continues, time passes all the same. */
class StoppableClock extends KisClock {
  readonly bootId: string | null;
  private late: (() => void)[] | null = null;

  constructor(private readonly clock: KisClock) {
    super();
    this.bootId = clock.bootId;
  }

  stop(): void {
    this.late ??= [];
  }

  resume(): void {
    const late = this.late ?? [];
    this.late = null;
    for (const action of late) action();
  }

  now(): number {
    return this.clock.now();
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  after(delayMs: number, action: () => void): () => void {
    let isCancelled = false;
    const run = (): void => {
      if (isCancelled) return;
      if (this.late) this.late.push(run);
      else action();
    };
    const cancel = this.clock.after(delayMs, run);
    return () => {
      isCancelled = true;
      cancel();
    };
  }
}

/** A process with realtime sessions. */
export class RealtimeProgram {
  readonly account: KisAccount;
  readonly sessions: KisRealtimeSessions;
  readonly clock: StoppableClock;

  constructor(
    readonly configuration: KisConfiguration,
    readonly store: WatchedStore,
    clock: ManualKisClock,
  ) {
    this.account = configuration.account();
    this.clock = new StoppableClock(clock);
    this.sessions = new KisRealtimeSessions(configuration, store, this.clock, new FixedKisRandom(0));
  }

  get session(): KisRealtimeSession {
    return this.sessions.of(this.account);
  }

  listen(): HeardListener {
    const [frames, told, gaps]: [KisRawFrame[], string[], HeardListener['gaps']] = [[], [], []];
    const listener = this.session.open({
      frame: (frame) => frames.push(frame),
      state: (state) => told.push(state),
      gap: (from, to) => {
        told.push('gap');
        gaps.push({ from, to });
      },
      refused: (_registration, { code }) => told.push(`refused ${code}`),
    });
    return { listener, frames, told, gaps };
  }

  async close(): Promise<void> {
    this.clock.resume();
    await this.sessions.onApplicationShutdown();
    this.store.close();
  }
}

/** The simulator, and any number of programs over one store, in time that a test moves. */
export class RealtimeFixture {
  readonly clock = new ManualKisClock('2026-11-23T01:00:00.000Z');
  private readonly programs: RealtimeProgram[] = [];

  private constructor(
    readonly server: TestSimulator,
    private readonly directory: string,
  ) {}

  static async open(settings: Partial<SimulatorSettings> = {}): Promise<RealtimeFixture> {
    const server = await TestSimulator.open({ pushEveryMs: 60_000, ...settings });
    return new RealtimeFixture(server, await mkdtemp(join(tmpdir(), 'kis-realtime-')));
  }

  get simulator() {
    return this.server.simulator;
  }

  /** @param store a directory that all programs share, unless it is `memory`. */
  program(store: 'file' | 'memory' = 'memory', host: 'real' | 'mock' = 'real'): RealtimeProgram {
    const demo = this.server.demo(host);
    const account: KisAccountOptions = {
      ...demo,
      mode: host === 'real' ? 'REAL' : 'MOCK',
      baseUrl: (host === 'real' ? this.simulator.realUrl : this.simulator.mockUrl) ?? '',
      simulated: true,
    };
    const configuration = new KisConfiguration({ accounts: [account], tokenStore: 'memory' });
    const records =
      store === 'file'
        ? new FileRealtimeStore(this.directory, this.clock)
        : new MemoryRealtimeStore(this.clock);
    const program = new RealtimeProgram(configuration, new WatchedStore(records), this.clock);
    this.programs.push(program);
    return program;
  }

  /** Waits for something that follows from what was done, however long that takes the machine. */
  async until(isDone: () => boolean, what = 'what was expected'): Promise<void> {
    const end = Date.now() + TIMEOUT_MS;
    while (!isDone()) {
      if (Date.now() > end) throw new Error(`${what} has not happened; events: ${this.events.join(', ')}`);
      await setImmediate();
    }
  }

  /** Lets time pass here and at KIS, step by step, until something has happened. */
  async passUntil(isDone: () => boolean, mostSeconds: number, what?: string): Promise<void> {
    for (let second = 0; second < mostSeconds && !isDone(); second += 1) {
      await this.pass(1);
    }
    await this.until(isDone, what);
  }

  /** Lets time pass here and at KIS, and has everything sent that is due. */
  async pass(seconds: number): Promise<void> {
    for (let step = 0; step < seconds * STEPS_PER_SECOND; step += 1) {
      this.server.pass(1 / STEPS_PER_SECOND);
      this.simulator.push();
      await this.clock.advance(1000 / STEPS_PER_SECOND);
      await this.settle();
    }
  }

  /** Lets what is under way between programs, store and KIS come to its end: real work takes no time of the test. */
  private async settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
      await setImmediate();
      if (this.programs.some(({ store }) => store.pending > 0)) quiet = 0;
    }
  }

  /** What happened at KIS: `opened`, `registered H0STCNT0 005930` … */
  get events(): string[] {
    return this.simulator.socketEvents.map(({ kind, detail }) => `${kind} ${detail}`.trim());
  }

  /** When connections were opened at KIS, by its clock. */
  get attempts(): number[] {
    return this.simulator.socketEvents.filter(({ kind }) => kind === 'opened').map(({ at }) => at);
  }

  control(path: string, body: object): Promise<unknown> {
    return this.server.ask('mock', `/__sim/${path}`, { method: 'POST', body });
  }

  async close(): Promise<void> {
    // Pauses end with their program, and no time has to pass for that.
    await Promise.all(this.programs.map((program) => program.close()));
    await this.server.close();
    removeDirectory(this.directory);
  }
}
