import { isUnsettled } from '../../../src/kis/order/journal/order-record';
import type { GatewayChecker } from './gateway-checker';
import { codeOf } from './gateway-checker';
import { BAD_TIMES_MS, SECOND, type GatewaySimulation } from './gateway-simulation';
import type { ProgramReply } from './program-connection';
import { SimulatedProgram, type ProgramOrder } from './simulated-program';

/** A program stops repeating an order before the minute is over in which a repetition means the first one. */
const REPEATS_FOR_MS = 40 * SECOND;
const TIMEOUT_MS = [0.5, 0.8, 1.2, 3, 8, 15].map((seconds) => seconds * SECOND);
/** Until the journal says that a program has got its answer. */
const NOTED_WITHIN_MS = 0.1 * SECOND;
/** What a program is told of an order that KIS may have. */
const UNKNOWN = 'KAPI0001';
/** The crowd takes so many seconds at the pace of the key. */
const CROWD = 60;

/** A program, with what a person does about its key. */
interface Seat {
  readonly program: SimulatedProgram;
  /** Quantities tell the orders of programs apart. */
  readonly firstQuantity: number;
  /** True time since which its key is not stored; `Infinity` while it is. */
  removedAt: number;
  orders: number;
  last: ProgramOrder | null;
}

/** Programs that know nothing of each other: they ask for tokens as often as they like, read, and repeat orders impatiently. */
export class ProgramWorkload {
  answered = 0;
  unanswered = 0;
  private readonly seats: readonly Seat[];

  constructor(
    private readonly simulation: GatewaySimulation,
    private readonly checker: GatewayChecker,
  ) {
    const names = ['bot', 'notebook', 'board', 'own'].slice(0, simulation.random.whole(3, 4));
    this.seats = names.map((name, index) => this.seat(name, index));
  }

  plan(): void {
    const { scheduler, random } = this.simulation;
    for (const seat of this.seats) {
      if (!seat.program.isOwn) void this.addKey(seat);
      this.act(seat);
      if (!seat.program.isOwn && random.happens(0.4))
        scheduler.after(random.between(5 * SECOND, BAD_TIMES_MS), () => void this.removeKey(seat));
    }
  }

  /** One read of every program that has a key, while nothing is wrong. */
  async readInPeace(): Promise<void> {
    await Promise.all(
      this.seats.map(async (seat) => {
        const { program } = seat;
        if (seat.removedAt < Infinity) return;
        if (program.token === null) await program.tokenP();
        this.checker.readInPeace(program, await program.read(30 * SECOND));
      }),
    );
  }

  /** An order in the middle of many reads, of whichever processes. */
  async orderInCrowd(): Promise<void> {
    const seat = this.seats.find(
      ({ program, removedAt }) => program.allow === 'trade' && removedAt === Infinity,
    );
    // Orders of a process that died hold new ones back until KIS's lists have told what became of them.
    if (!seat || this.simulation.storage.records.some(isUnsettled)) return;
    await seat.program.tokenP();
    const reads = Array.from({ length: CROWD }, () => seat.program.read(30 * SECOND));
    const order = this.newOrder(seat);
    this.checker.ordered(seat.program, order, await seat.program.order(order, 30 * SECOND), `${order.id}/1`);
    this.checker.orderedInCrowd(order);
    await Promise.all(reads);
  }

  private seat(name: string, index: number): Seat {
    const isOwn = name === 'own';
    const allow = isOwn || index < 2 ? 'trade' : 'read';
    const program = new SimulatedProgram(this.simulation, name, allow, isOwn);
    return {
      program,
      firstQuantity: (index + 1) * 1000,
      removedAt: Infinity,
      orders: 0,
      last: null,
    };
  }

  /** One thing after another, until the bad times are over. */
  private act(seat: Seat): void {
    const { scheduler, random, start } = this.simulation;
    if (scheduler.time - start >= BAD_TIMES_MS * 0.8) return;
    const { program } = seat;
    if (program.token === null || random.happens(0.25)) void this.ask(seat, () => program.tokenP());
    else if (!program.isOwn && random.happens(0.05)) void this.revoke(seat);
    else if (random.happens(0.6)) void this.ask(seat, () => program.read(random.oneOf(TIMEOUT_MS)));
    else void this.tryOrder(seat);
    scheduler.after(random.between(0.1, 3) * SECOND, () => {
      this.act(seat);
    });
  }

  private async ask(seat: Seat, send: () => Promise<ProgramReply | null>): Promise<void> {
    const { program, removedAt } = seat;
    const sentAt = this.simulation.scheduler.time;
    const reply = await send();
    this.count(reply);
    this.checker.answered(program, reply, sentAt, removedAt);
    // As programs do: with a refused token they ask for another one.
    if (reply && ['EGW00121', 'EGW00123'].includes(codeOf(reply))) program.token = null;
  }

  /** The token of an account's own key is shared: it stays. */
  private async revoke({ program }: Seat): Promise<void> {
    const { token } = program;
    const reply = await program.revokeP();
    // It may ask for another one meanwhile.
    if (program.token !== token) return;
    const read = reply?.status === 200 ? program.read(5 * SECOND) : null;
    // Without an answer it may have ended or not.
    program.token = null;
    if (read) this.checker.readWithRevoked(program, await read);
  }

  private async tryOrder(seat: Seat): Promise<void> {
    if (seat.last && this.isUnderWay(seat.last)) return;
    await this.attempt(seat, this.newOrder(seat));
  }

  private isUnderWay({ told, since }: ProgramOrder): boolean {
    return told === null && this.simulation.scheduler.time - since < 65 * SECOND;
  }

  private newOrder(seat: Seat): ProgramOrder {
    const { scheduler, random } = this.simulation;
    const { last, program } = seat;
    seat.orders += 1;
    const isEqual = last !== null && this.mayBeRepeated(last) && random.happens(0.4);
    const quantity = isEqual ? last.quantity : String(seat.firstQuantity + 10 * seat.orders);
    const order: ProgramOrder = {
      id: `${program.name}#${seat.orders}`,
      quantity,
      since: scheduler.time,
      attempts: 0,
      told: null,
      toldAt: Infinity,
    };
    seat.last = order;
    return order;
  }

  /** An equal order is a new one, also in another process, where the journal is certain to say that the first was answered. */
  private mayBeRepeated({ told, toldAt, since }: ProgramOrder): boolean {
    return (
      told === 'accepted' &&
      this.simulation.scheduler.time - toldAt > NOTED_WITHIN_MS &&
      this.simulation.faults.journal === 0 &&
      this.simulation.interruptedAt < since
    );
  }

  /** Repeats until it is told what became of the order, or until it gives up. */
  private async attempt(seat: Seat, order: ProgramOrder): Promise<void> {
    const { scheduler, random } = this.simulation;
    const { program } = seat;
    while (scheduler.time - order.since < REPEATS_FOR_MS) {
      const { removedAt } = seat;
      const sentAt = scheduler.time;
      const reply = await program.order(order, random.oneOf(TIMEOUT_MS));
      this.count(reply);
      this.checker.ordered(program, order, reply, `${order.id}/${order.attempts}`);
      this.checker.answered(program, reply, sentAt, removedAt);
      if (reply?.status === 200 && codeOf(reply) !== UNKNOWN) {
        order.toldAt = scheduler.time;
        order.told = reply.body['rt_cd'] === '0' ? 'accepted' : 'refused';
        return;
      }
      if (reply && ['EGW00121', 'EGW00123'].includes(codeOf(reply))) await program.tokenP();
      await new Promise<void>((resolve) => {
        scheduler.after(random.between(0.05, 3) * SECOND, resolve);
      });
    }
  }

  private async addKey(seat: Seat): Promise<void> {
    const { scheduler, keys } = this.simulation;
    seat.removedAt = Infinity;
    await keys.put(seat.program.key(), true).catch(() => undefined);
    if (!this.isStored(seat.program)) scheduler.after(SECOND, () => void this.addKey(seat));
  }

  private async removeKey(seat: Seat): Promise<void> {
    const { scheduler, random, history, keys } = this.simulation;
    const { program } = seat;
    await keys.remove(program.name).catch(() => undefined);
    if (this.isStored(program)) return;
    history.record(`the key of ${program.name} is removed`);
    seat.removedAt = scheduler.time;
    if (random.happens(0.5)) return;
    scheduler.after(random.between(1, 10) * SECOND, () => {
      program.pair = program.nextPair();
      program.token = null;
      void this.addKey(seat);
    });
  }

  private isStored({ name }: SimulatedProgram): boolean {
    const { entries } = this.simulation.storage.read({ scope: 'gateway-keys', from: name, to: name });
    return entries.some(({ text }) => text !== '');
  }

  private count(reply: ProgramReply | null): void {
    if (reply) this.answered += 1;
    else this.unanswered += 1;
  }
}
