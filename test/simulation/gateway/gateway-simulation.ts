import { ProgramKeyStore } from '../../../src/gateway/program-key-store';
import { PermitBook } from '../../../src/kis/http/pacing/permit-book';
import { KisConfiguration } from '../../../src/kis/kis.options';
import { APP_KEY } from '../app-key';
import { History } from '../history';
import { drawnFaults, SimulatedLedger, type OrderFaults } from '../orders/order-line';
import { SimulatedOrderBook } from '../orders/simulated-order-book';
import { SimulatedOrderStorage } from '../orders/simulated-order-storage';
import { SeededRandom } from '../seeded-random';
import { SimulatedAuthClient } from '../simulated-auth-client';
import { SimulatedKis } from '../simulated-kis';
import { SimulatedMachine, SimulatedProcess } from '../simulated-machine';
import { INTERVAL_MS, SimulatedStorage } from '../simulated-storage';
import { SimulatedStore } from '../simulated-store';
import { StorageLink } from '../storage-link';
import { VirtualScheduler } from '../virtual-scheduler';
import { GatewayInstance } from './gateway-instance';
import { SimulatedExchange, SimulatedPermitLog } from './gateway-line';
import { SimulatedUapi } from './simulated-uapi';

export const SECOND = 1000;
/** While so long things go wrong. */
export const BAD_TIMES_MS = 45 * SECOND;
const TIMEOUT_MS = 4 * SECOND;
const SWEEP_MS = 30 * SECOND;
const START = Date.parse('2026-11-27T12:00:00+09:00');
const PER_SECOND = 5;

/** The account's own pair. */
export const OWN_PAIR = { appKey: APP_KEY, appSecret: 'S'.repeat(180) };
export const ACCOUNT_NUMBER = '50112345';

const CONFIGURATION = new KisConfiguration({
  accounts: [
    {
      ...OWN_PAIR,
      mode: 'REAL',
      accountNumber: ACCOUNT_NUMBER,
      requestTimeoutMs: TIMEOUT_MS,
      requestsPerSecond: PER_SECOND,
      orders: { enabled: true, maxPerMinute: null },
    },
  ],
  bufferSeconds: 60,
  refreshLeadSeconds: 300,
  refreshBlackout: '',
});

/** Several processes of the real gateway over one token directory, one journal and one brokerage, in virtual time. */
export class GatewaySimulation {
  readonly random: SeededRandom;
  readonly scheduler = new VirtualScheduler(START);
  readonly history: History;
  readonly configuration = CONFIGURATION;
  readonly account = CONFIGURATION.account();
  readonly kis: SimulatedKis;
  readonly directory: SimulatedStorage;
  readonly storage = new SimulatedOrderStorage();
  readonly book: SimulatedOrderBook;
  readonly uapi: SimulatedUapi;
  readonly faults: OrderFaults;
  readonly start = START;
  /** Of a person at the command line, which is a process of its own. */
  readonly keys: ProgramKeyStore;
  /** Called when a request for a token arrives at KIS, before it is looked at. */
  onTokenRequest: (process: SimulatedProcess) => void = () => undefined;
  /** True time at which a process was last killed, or until which one was last stopped. */
  interruptedAt = -Infinity;
  private readonly instances: GatewayInstance[] = [];
  private readonly machine: SimulatedMachine;
  private readonly link: StorageLink;
  private readonly permits = new PermitBook();
  /** How often a process is killed just when it has begun something. */
  private killRate: number;
  private stopRate: number;
  private starts = 0;

  constructor(seed: number, recordEvents: boolean) {
    const random = (this.random = new SeededRandom(seed));
    this.history = new History(this.scheduler, START, recordEvents);
    this.faults = drawnFaults(random);
    this.killRate = random.oneOf([0, 0.001, 0.004, 0.01]);
    this.stopRate = random.oneOf([0, 0, 0.001, 0.004]);
    this.kis = new SimulatedKis(this.scheduler, random, {
      intervalMs: INTERVAL_MS,
      lifetimeMs: random.between(10, 60) * 60 * SECOND,
      sameTokenMs: 0,
      requestTimeoutMs: TIMEOUT_MS,
      oldDies: random.happens(0.3),
    });
    this.book = new SimulatedOrderBook(this.scheduler, random, random.oneOf([0, 0, 1, 5, 20]) * SECOND);
    this.uapi = new SimulatedUapi(this.history, this.kis, this.book, OWN_PAIR.appKey, PER_SECOND);
    this.machine = new SimulatedMachine(this.scheduler, 'machine');
    this.machine.setClock(random.between(-0.9, 0.9) * SECOND);
    const commandLine = new SimulatedProcess('the command line', this.machine, random);
    this.keys = new ProgramKeyStore(new SimulatedLedger(this.storage, commandLine, this.faults));
    this.directory = new SimulatedStorage('the token directory', this.history);
    this.link = new StorageLink('the token directory', this.history, this.scheduler, random);
  }

  startProcess(): void {
    this.starts += 1;
    const process = new SimulatedProcess(`gateway ${this.starts}`, this.machine, this.random);
    const auth = new SimulatedAuthClient(this.kis, process);
    auth.onArrival = () => {
      this.onTokenRequest(process);
    };
    const instance = new GatewayInstance({
      process,
      configuration: CONFIGURATION,
      store: this.tokenStore(process),
      auth,
      ledger: new SimulatedLedger(this.storage, process, this.faults),
      permits: new SimulatedPermitLog(this.permits, process),
      exchange: new SimulatedExchange(this.uapi, process, this.faults),
    });
    process.onStep = () => {
      if (this.random.happens(this.killRate)) this.kill(instance);
      else if (this.random.happens(this.stopRate)) this.stop(instance);
    };
    this.history.record(`${process.name} starts`);
    this.instances.push(instance);
    instance.reconciler.onApplicationBootstrap();
    this.sweep(instance);
  }

  /** Another process replaces it after a while; what programs had open there is cut. */
  kill(instance: GatewayInstance): void {
    if (!instance.process.alive) return;
    this.history.record(`${instance.process.name} is killed`);
    instance.process.kill();
    this.interruptedAt = Math.max(this.interruptedAt, this.scheduler.time);
    for (const cut of instance.connections) cut();
    this.scheduler.after(this.random.between(0, 10) * SECOND, () => {
      this.startProcess();
    });
  }

  /** As a debugger, a suspended machine or a busy event loop does. */
  stop({ process }: GatewayInstance): void {
    const lengthMs = this.random.between(0.05, 20) * SECOND;
    this.history.record(`${process.name} is stopped for ${(lengthMs / SECOND).toFixed(1)} s`);
    this.interruptedAt = Math.max(this.interruptedAt, this.scheduler.time + lengthMs);
    process.pause();
    this.scheduler.after(lengthMs, () => {
      process.resume();
    });
  }

  /** From now on nothing goes wrong. */
  endFaults(): void {
    this.history.record('nothing goes wrong any more');
    Object.assign(this.faults, { order: 0, read: 0, journal: 0 });
    this.kis.fault = 'none';
    this.killRate = 0;
    this.stopRate = 0;
  }

  alive(): readonly GatewayInstance[] {
    return this.instances.filter(({ process }) => process.alive);
  }

  anyAlive(): GatewayInstance | undefined {
    const alive = this.alive();
    return alive.length === 0 ? undefined : this.random.oneOf(alive);
  }

  private sweep(instance: GatewayInstance): void {
    const { process, tokens } = instance;
    if (!process.alive) return;
    process.deliver(() => void tokens.refreshDue());
    this.scheduler.after(SWEEP_MS, () => {
      this.sweep(instance);
    });
  }

  private tokenStore(process: SimulatedProcess): SimulatedStore {
    const { directory: storage, link } = this;
    const { clock } = process;
    const policy = CONFIGURATION.tokenPolicy;
    return new SimulatedStore({ kind: 'file', storage, link, process, clock, policy, timeoutMs: Infinity });
  }
}
