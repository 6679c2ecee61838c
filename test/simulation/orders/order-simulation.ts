import { KisConfiguration } from '../../../src/kis/kis.options';
import { KisPageReader } from '../../../src/kis/http/kis-page-reader';
import { KisOrderBook } from '../../../src/kis/order/kis-order.book';
import { KisOrderChecks } from '../../../src/kis/order/check/kis-order.checks';
import { KisOrderClock } from '../../../src/kis/order/kis-order.clock';
import { KisReconciliationPass } from '../../../src/kis/order/settlement/kis-reconciliation-pass';
import { KisOrderIdempotency } from '../../../src/kis/order/kis-order.idempotency';
import { KisOrderJournal } from '../../../src/kis/order/journal/kis-order.journal';
import { KisOrderLists } from '../../../src/kis/order/list/kis-order.lists';
import { KisOrderReconciler } from '../../../src/kis/order/settlement/kis-order.reconciler';
import { KisOrderEndpoint } from '../../../src/kis/order/kis-order.endpoint';
import { KisOrderService } from '../../../src/kis/order/kis-order.service';
import { KisOrderSubmitter } from '../../../src/kis/order/kis-order.submitter';
import { orderMessage } from '../../../src/kis/order/order-message';
import type { OrderRecord } from '../../../src/kis/order/journal/order-record';
import { APP_KEY } from '../app-key';
import { History } from '../history';
import { SeededRandom } from '../seeded-random';
import { SimulatedMachine, SimulatedProcess } from '../simulated-machine';
import { VirtualScheduler } from '../virtual-scheduler';
import {
  drawnFaults,
  SimulatedLedger,
  SimulatedOrderApi,
  SimulatedOrderCaller,
  type OrderFaults,
} from './order-line';
import { SimulatedOrderBook } from './simulated-order-book';
import { SimulatedOrderStorage } from './simulated-order-storage';

export const SECOND = 1000;
/** While so long things go wrong and orders are given. */
export const BAD_TIMES_MS = 45 * SECOND;
const TIMEOUT_MS = 4 * SECOND;
export const MOST_PER_MINUTE = 8;
const NOON = Date.parse('2026-11-27T12:00:00+09:00');
/** In the middle of the bad times the Korean day changes. */
const NEAR_MIDNIGHT = Date.parse('2026-11-27T23:59:45+09:00');

/** A run of one process from its start to its death. */
export interface OrderInstance {
  readonly process: SimulatedProcess;
  readonly orders: KisOrderService;
  readonly journal: KisOrderJournal;
  readonly book: KisOrderBook;
  readonly startedAt: number;
  /** True time until which it was stopped last. */
  stoppedUntil: number;
}

const CONFIGURATION = new KisConfiguration({
  accounts: [
    {
      mode: 'REAL',
      appKey: APP_KEY,
      appSecret: 'S'.repeat(180),
      accountNumber: '50112345',
      requestTimeoutMs: TIMEOUT_MS,
      orders: { enabled: true, maxPerMinute: MOST_PER_MINUTE },
    },
  ],
});

/** Names the record of an order in the book of KIS. */
export function tagOf({ day, clientOrderId }: Pick<OrderRecord, 'day' | 'clientOrderId'>): string {
  return `${day} ${clientOrderId}`;
}

/** As the real one; it notes which record is being sent with which body. */
class TracedSubmitter extends KisOrderSubmitter {
  tags = new Map<string, string>();

  override submit(
    ...[account, admitted, limitMs]: Parameters<KisOrderSubmitter['submit']>
  ): ReturnType<KisOrderSubmitter['submit']> {
    this.tags.set(JSON.stringify(orderMessage(admitted, account).body), tagOf(admitted));
    return super.submit(account, admitted, limitMs);
  }
}

/** Several processes of the real order code over one journal and one brokerage, in virtual time. */
export class OrderSimulation {
  readonly random: SeededRandom;
  readonly scheduler: VirtualScheduler;
  readonly history: History;
  readonly storage = new SimulatedOrderStorage();
  readonly book: SimulatedOrderBook;
  readonly faults: OrderFaults;
  readonly configuration = CONFIGURATION;
  readonly account = CONFIGURATION.account();
  readonly start: number;
  private readonly instances: OrderInstance[] = [];
  private readonly machines: readonly SimulatedMachine[];
  /** How often a process is killed or stopped just when it has begun something. */
  private interruptionRate: number;
  private starts = 0;

  constructor(seed: number, recordEvents: boolean) {
    const random = (this.random = new SeededRandom(seed));
    this.start = random.happens(0.15) ? NEAR_MIDNIGHT : NOON;
    this.scheduler = new VirtualScheduler(this.start);
    this.history = new History(this.scheduler, this.start, recordEvents);
    this.faults = drawnFaults(random);
    this.interruptionRate = random.oneOf([0, 0.002, 0.01, 0.04]);
    this.book = new SimulatedOrderBook(this.scheduler, random, random.oneOf([0, 0, 1, 5, 20, 60]) * SECOND);
    this.machines = Array.from({ length: random.oneOf([1, 1, 2]) }, (_, index) => this.machine(index));
  }

  startProcess(): void {
    const { random, scheduler, account, configuration } = this;
    this.starts += 1;
    const process = new SimulatedProcess(`process ${this.starts}`, random.oneOf(this.machines), random);
    const { clock } = process;
    const journal = new KisOrderJournal(new SimulatedLedger(this.storage, process, this.faults), clock);
    const api = new SimulatedOrderApi(this.book, process, this.faults);
    const pages = new KisPageReader(api, configuration, clock, process.random);
    const caller = new SimulatedOrderCaller(this.book, process, this.faults);
    const lists = new KisOrderLists(pages, api);
    const endpoint = new KisOrderEndpoint(caller, configuration, clock);
    const time = new KisOrderClock(clock, api);
    const submitter = new TracedSubmitter(configuration, journal, endpoint, clock, time);
    submitter.tags = caller.tags;
    const reconciliation = new KisReconciliationPass(configuration, journal, lists, clock, time);
    const reconciler = new KisOrderReconciler(configuration, journal, reconciliation, clock, time);
    const idempotency = new KisOrderIdempotency(configuration, journal, submitter, reconciler, clock, time);
    const book = new KisOrderBook(journal, reconciliation, time);
    const checks = new KisOrderChecks(api, pages);
    const pacer = { reserve: () => ({ release: () => undefined }) };
    const orders = new KisOrderService(configuration, book, checks, lists, idempotency, time, pacer);
    const instance = { process, orders, journal, book, startedAt: scheduler.time, stoppedUntil: 0 };
    process.onStep = () => {
      if (!random.happens(this.interruptionRate)) return;
      if (random.happens(0.6)) this.kill(instance);
      else this.stop(instance);
    };
    this.history.record(`${process.name} starts for ${account.alias}`);
    this.instances.push(instance);
    reconciler.onApplicationBootstrap();
  }

  /** Another process replaces it after a while. */
  kill(instance: OrderInstance): void {
    if (!instance.process.alive) return;
    this.history.record(`${instance.process.name} is killed`);
    instance.process.kill();
    this.scheduler.after(this.random.between(0, 10) * SECOND, () => {
      this.startProcess();
    });
  }

  stop(instance: OrderInstance): void {
    if (instance.stoppedUntil > this.scheduler.time) return;
    const lengthMs = this.random.between(0.05, 40) * SECOND;
    this.history.record(`${instance.process.name} is stopped for ${(lengthMs / SECOND).toFixed(1)} s`);
    instance.stoppedUntil = this.scheduler.time + lengthMs;
    instance.process.pause();
    this.scheduler.after(lengthMs, () => {
      instance.process.resume();
    });
  }

  /** From now on nothing goes wrong. */
  endFaults(): void {
    this.history.record('nothing goes wrong any more');
    Object.assign(this.faults, { order: 0, read: 0, journal: 0 });
    this.interruptionRate = 0;
  }

  alive(): readonly OrderInstance[] {
    return this.instances.filter(({ process }) => process.alive);
  }

  anyAlive(): OrderInstance | undefined {
    const alive = this.alive();
    return alive.length === 0 ? undefined : this.random.oneOf(alive);
  }

  private machine(index: number): SimulatedMachine {
    const machine = new SimulatedMachine(this.scheduler, `machine ${index + 1}`);
    // Well kept, or wrong until responses of KIS show it.
    const errors = [
      0,
      this.random.between(-0.9, 0.9),
      this.random.between(-0.9, 0.9),
      this.random.between(-300, 300),
    ];
    machine.setClock(this.random.oneOf(errors) * SECOND);
    return machine;
  }
}
