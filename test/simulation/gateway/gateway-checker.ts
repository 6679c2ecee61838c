import type { OrderRecord } from '../../../src/kis/order/journal/order-record';
import { isUnsettled } from '../../../src/kis/order/journal/order-record';
import type { BookedOrder } from '../orders/simulated-order-book';
import type { SimulatedProcess } from '../simulated-machine';
import { INTERVAL_MS, LONGEST_WAY_MS } from '../simulated-storage';
import { SECOND, type GatewaySimulation } from './gateway-simulation';
import type { ProgramReply } from './program-connection';
import type { ProgramOrder, SimulatedProgram } from './simulated-program';

/** A token may have been found missing, or due, this long before the request for another one arrives. */
const DECISION_MS = 10 * SECOND;
/** An order waits for itself and its own reads, and shares the pace with other processes; the reads take longer. */
const ORDER_WITHIN_MS = 10 * SECOND;

/** Compares what programs are told with what is true at KIS, and what arrives there with its rules. */
export class GatewayChecker {
  tokenRequests = 0;
  lastTokenRequestAt = -Infinity;
  /** Attempts that a program was told were not placed. */
  private readonly notPlaced = new Set<string>();

  constructor(private readonly simulation: GatewaySimulation) {
    simulation.book.onBooked = (order) => {
      this.booked(order);
    };
    simulation.onTokenRequest = (process) => {
      this.tokenRequested(process);
    };
  }

  /** What a program got for a call that needs its key. @param removedAt when its key was removed, true time */
  answered({ name }: SimulatedProgram, reply: ProgramReply | null, sentAt: number, removedAt: number): void {
    const isSuccess = reply?.body['rt_cd'] === '0' || reply?.body['access_token'] !== undefined;
    this.record(`${name} gets ${reply ? `${reply.status} ${codeOf(reply)}` : 'no answer'}`);
    if (isSuccess && sentAt > removedAt) this.violated(`${name} was served after its key was removed`);
  }

  /** A read with a token that the program has ended. */
  readWithRevoked({ name }: SimulatedProgram, reply: ProgramReply | null): void {
    this.record(`${name} reads with a revoked token and gets ${reply ? codeOf(reply) : 'no answer'}`);
    if (reply?.body['rt_cd'] === '0') this.violated(`${name} was served with a token that it has revoked`);
  }

  /** A read while nothing is wrong. */
  readInPeace({ name }: SimulatedProgram, reply: ProgramReply | null): void {
    if (reply?.body['rt_cd'] !== '0')
      this.violated(
        `a read of ${name} failed while nothing was wrong: ${reply ? codeOf(reply) : 'no answer'}`,
      );
  }

  ordered(
    { name }: SimulatedProgram,
    order: ProgramOrder,
    reply: ProgramReply | null,
    attempt: string,
  ): void {
    this.record(
      `${attempt} gets ${reply ? `${reply.status} ${codeOf(reply)} ${numberIn(reply)} ${String(reply.body['msg1'])}` : 'no answer'}`,
    );
    if (!reply) return;
    const own = this.bookedFor(order);
    if (reply.body['rt_cd'] === '0') {
      if (!own.some(({ number }) => number === numberIn(reply)))
        this.violated(`${order.id} of ${name} was reported as ${numberIn(reply)}, which it is not`);
    } else if (codeOf(reply) === 'KAPI0005') {
      this.notPlaced.add(attempt);
      if (own.length > 0) this.violated(`${attempt} was reported as not placed, and is in the book`);
    }
  }

  /** When all is over every order has, in the journal, the outcome that it has at KIS. */
  checkEnd(): void {
    const { storage, book } = this.simulation;
    for (const record of storage.records)
      if (isUnsettled(record)) this.violated(`${nameOf(record)} has no outcome`);
    for (const { number, tag } of book.orders) {
      const known = storage.records.filter((each) => each.orderNumber === number);
      if (known.length !== 1)
        this.violated(`${tag ?? ''}, number ${number}, is in the journal ${known.length} times`);
    }
    for (const record of storage.records) {
      if (record.outcome === 'accepted' && !book.orders.some(({ number }) => number === record.orderNumber))
        this.violated(`${nameOf(record)} is accepted, and not at KIS`);
    }
  }

  /** An order that is sent while many reads wait does not wait for them. */
  orderedInCrowd(order: ProgramOrder): void {
    const [booked] = this.bookedFor(order);
    if (!booked || booked.at - order.since > ORDER_WITHIN_MS)
      this.violated(`${order.id} waited behind reads`);
  }

  private booked(order: BookedOrder): void {
    const { book, storage } = this.simulation;
    const attempt = order.tag ?? '';
    this.record(`KIS takes ${attempt} as number ${order.number}`);
    if (book.orders.some((each) => each !== order && idOf(each) === idOf(order)))
      this.violated(`${idOf(order)} reached KIS twice`);
    if (this.notPlaced.has(attempt))
      this.violated(`${attempt} reached KIS after it was reported as not placed`);
    const isWritten = storage.records.some(
      ({ outcome, intent }) => outcome === 'sending' && intent.quantity === order.body['ORD_QTY'],
    );
    // Its sender may have died meanwhile, and others have looked for it.
    if (!isWritten && !storage.records.some(({ intent }) => intent.quantity === order.body['ORD_QTY']))
      this.violated(`${attempt} reached KIS before it was in the journal`);
  }

  private tokenRequested({ name }: SimulatedProcess): void {
    const { scheduler, directory, kis, configuration } = this.simulation;
    const { time } = scheduler;
    this.tokenRequests += 1;
    this.record(`${name} requests a token`);
    if (time - this.lastTokenRequestAt < INTERVAL_MS - LONGEST_WAY_MS)
      this.violated(`a token was requested ${(time - this.lastTokenRequestAt) / SECOND} s after another one`);
    this.lastTokenRequestAt = time;
    const stored = directory.token(configuration);
    const isGood = stored !== null && kis.accepts(stored.accessToken) && stored.refreshAt > time + SECOND;
    if (isGood && directory.savedAt > 0 && directory.savedAt < time - DECISION_MS)
      this.violated(`${name} requested a token while the stored one was good`);
  }

  private bookedFor(order: ProgramOrder): readonly BookedOrder[] {
    return this.simulation.book.orders.filter((each) => idOf(each) === order.id);
  }

  private record(what: string): void {
    this.simulation.history.record(what);
  }

  private violated(what: string): void {
    this.simulation.history.violated(what);
  }
}

export function codeOf({ body }: ProgramReply): string {
  const code = body['msg_cd'] ?? body['error_code'];
  return typeof code === 'string' ? code : '';
}

function numberIn({ body }: ProgramReply): string {
  const output = body['output'];
  const number = typeof output === 'object' && output !== null && 'ODNO' in output ? output.ODNO : '';
  return typeof number === 'string' ? number : '';
}

function idOf({ tag }: BookedOrder): string {
  return (tag ?? '').split('/')[0] ?? '';
}

function nameOf({ program, intent }: OrderRecord): string {
  return `the order of ${program ?? ''} for ${intent.quantity}`;
}
