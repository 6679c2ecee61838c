import { Injectable, Logger } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisConfiguration } from '../kis.options';
import { orderMessage } from './order-body';
import { KisOrderClock } from './kis-order.clock';
import { KisOrderJournal } from './journal/kis-order.journal';
import { KisOrderEndpoint } from './kis-order.endpoint';
import { answered, type OrderAnswer } from './order-outcome';
import { isUnsettled, type OrderRecord } from './journal/order-record';

/** Sends an order that stands in the journal, and writes down what came of it. */
@Injectable()
export class KisOrderSubmitter {
  private readonly logger = new Logger('Orders');

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly journal: KisOrderJournal,
    private readonly endpoint: KisOrderEndpoint,
    private readonly clock: KisClock,
    private readonly time: KisOrderClock,
  ) {}

  /**
   * Until when a process that has just opened an order may be sending it; epoch milliseconds. Later nobody sends it, and
   * others may look for it in the lists.
   */
  sendingUntil(account: KisAccount, now: number): number {
    const { timeoutMs } = this.configuration.requestPolicy(account.credential);
    // An attempt may begin until the caller's time is over, and an exchange that has begun runs to its end.
    return now + 3 * timeoutMs + GRACE_MS;
  }

  /**
   * Sends the order of a record that this process has opened, once; again only while it is proven that KIS has not got it,
   * and for `limitMs` at the most.
   * @param attempt sends it once; default: as the record says.
   */
  async submit(
    account: KisAccount,
    opened: OrderRecord,
    limitMs: number,
    attempt: OrderAttempt = (isTooLate) =>
      this.endpoint.send(account, orderMessage(opened, account), isTooLate),
  ): Promise<SubmittedOrder> {
    const began = this.clock.monotonic();
    const leftMs = opened.sendingUntil - this.time.now(account);
    // By both clocks: one stands still while the machine is suspended, the other can be set.
    const isTooLate = (): boolean =>
      this.time.now(account) > opened.sendingUntil || this.clock.monotonic() - began > leftMs;
    this.logger.log(`Sending ${described(opened, account)}`);
    let answer = await attempt(isTooLate);
    while (answer.kind === 'not-placed' && answer.again && this.clock.monotonic() - began < limitMs) {
      await this.clock.sleep(PAUSE_MS);
      answer = await attempt(isTooLate);
    }
    this.report(opened, answer);
    const record = await this.write(account, opened, answer).catch((error: unknown) =>
      this.unwritten(account, opened, answer, error),
    );
    return { record, error: 'error' in answer ? answer.error : null };
  }

  private report({ clientOrderId }: OrderRecord, answer: OrderAnswer): void {
    const name = `Order "${clientOrderId}"`;
    switch (answer.kind) {
      case 'accepted':
        this.logger.log(`${name} is accepted as number ${answer.orderNumber}.`);
        break;
      case 'rejected':
        this.logger.warn(`${name} is rejected: ${answer.kis.msgCd} ${answer.kis.msg1}`);
        break;
      case 'not-placed':
        this.logger.warn(`${name} was not placed: ${answer.error.message}`);
        break;
      case 'unknown':
        this.logger.warn(
          `${name} is unknown: ${answer.error.message} It is not sent again; KIS's lists are read until they tell.`,
        );
    }
  }

  /** The caller gets the truth although it could not be written down; the lists tell the others. */
  private unwritten(
    account: KisAccount,
    opened: OrderRecord,
    answer: OrderAnswer,
    error: unknown,
  ): OrderRecord {
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.error(
      `Order "${opened.clientOrderId}" is ${answer.kind}, which could not be written down: ${reason} It is looked up in KIS's lists later.`,
    );
    return answered(opened, answer, this.time.now(account));
  }

  /** What KIS said counts more than what others concluded from its lists in the meantime. */
  private async write(account: KisAccount, opened: OrderRecord, answer: OrderAnswer): Promise<OrderRecord> {
    let before = opened;
    for (;;) {
      const next = answered(before, answer, this.time.now(account));
      if (await this.journal.write(next)) return next;
      const current = await this.journal.find(opened.account, opened.day, opened.clientOrderId);
      if (!current) throw new Error(`The record of order "${opened.clientOrderId}" is gone.`);
      if (answer.kind !== 'accepted' && answer.kind !== 'rejected') return current;
      if (!isUnsettled(current) && current.outcome !== answer.kind) {
        this.logger.error(
          `Order "${opened.clientOrderId}" counted as ${current.outcome}, but KIS's answer says ${answer.kind}. It is ${answer.kind} now.`,
        );
      }
      before = current;
    }
  }
}

/** What became of sending an order. */
export interface SubmittedOrder {
  readonly record: OrderRecord;
  /** Why it was not placed, or why nothing is known of it; `null` when KIS gave an answer. */
  readonly error: Error | null;
}

/** One attempt to send an order; asks at the last moment whether it is too late. */
export type OrderAttempt = (isTooLate: () => boolean) => Promise<OrderAnswer>;

/** Between two attempts of an order that KIS has not got. */
const PAUSE_MS = 300;

/** For writing the outcome down. */
const GRACE_MS = 3000;

function described(
  { action, clientOrderId, intent, target, program }: OrderRecord,
  { alias }: KisAccount,
): string {
  const { side, quantity, symbol, type, price, venue } = intent;
  const what = [side, quantity, symbol, type, price ?? '', venue ?? '']
    .filter((part) => part !== '')
    .join(' ');
  const of = target === null ? '' : ` (${action} of number ${target.orderNumber})`;
  const by = program === null ? '' : `, for program "${program}"`;
  return `order "${clientOrderId}" of account "${alias}": ${what}${of}${by}`;
}
