import { Injectable, Logger } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisConfiguration } from '../kis.options';
import { orderMessage } from './order-message';
import { KisOrderClock } from './kis-order.clock';
import { KisOrderJournal } from './journal/kis-order.journal';
import { KisOrderEndpoint } from './kis-order.endpoint';
import { recordAfter, type OrderAttemptResult } from './order-attempt-result';
import { isUnsettled, type OrderRecord } from './journal/order-record';

/** Sends an order that is in the journal, and records its outcome there. */
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
   * Until when a process that has just written an order into the journal may be sending it; epoch milliseconds. After that it
   * is no longer sent, and other processes may look for it in KIS's lists.
   */
  sendingUntil(account: KisAccount, now: number): number {
    const { timeoutMs } = this.configuration.requestPolicy(account.credential);
    // An attempt may begin until the caller's time limit, and an exchange that has begun runs to its end.
    return now + 3 * timeoutMs + GRACE_MS;
  }

  /**
   * Sends the order of a record that this process has written, once. Repeats that only while it is proven that KIS does not
   * have the order, for at most `limitMs`.
   * @param attempt sends the order once; default: as the record says.
   */
  async submit(
    account: KisAccount,
    admitted: OrderRecord,
    limitMs: number,
    attempt: OrderAttempt = (isTooLate) =>
      this.endpoint.send(account, orderMessage(admitted, account), isTooLate),
  ): Promise<SubmittedOrder> {
    const began = this.clock.monotonic();
    const leftMs = admitted.sendingUntil - this.time.now(account);
    // By both clocks: one stands still while the machine is suspended, the other can be set.
    const isTooLate = (): boolean =>
      this.time.now(account) > admitted.sendingUntil || this.clock.monotonic() - began > leftMs;
    this.logger.log(`Sending ${described(admitted, account)}`);
    let result = await attempt(isTooLate);
    while (result.kind === 'not-placed' && result.again && this.clock.monotonic() - began < limitMs) {
      await this.clock.sleep(PAUSE_MS);
      result = await attempt(isTooLate);
    }
    this.report(admitted, result);
    const record = await this.write(account, admitted, result).catch((error: unknown) =>
      this.unwritten(account, admitted, result, error),
    );
    return { record, error: 'error' in result ? result.error : null };
  }

  private report({ clientOrderId }: OrderRecord, result: OrderAttemptResult): void {
    const name = `Order "${clientOrderId}"`;
    switch (result.kind) {
      case 'accepted':
        this.logger.log(`${name} is accepted as number ${result.orderNumber}.`);
        break;
      case 'rejected':
        this.logger.warn(`${name} is rejected: ${result.kis.msgCd} ${result.kis.msg1}`);
        break;
      case 'not-placed':
        this.logger.warn(`${name} was not placed: ${result.error.message}`);
        break;
      case 'unknown':
        this.logger.warn(
          `${name} is unknown: ${result.error.message} It is not sent again; KIS's lists are read until they show its outcome.`,
        );
    }
  }

  /** The caller gets the true outcome although it could not be written down; other processes learn it from KIS's lists. */
  private unwritten(
    account: KisAccount,
    admitted: OrderRecord,
    result: OrderAttemptResult,
    error: unknown,
  ): OrderRecord {
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.error(
      `Order "${admitted.clientOrderId}" is ${result.kind}, which could not be written into the journal: ${reason} It is looked up in KIS's lists later.`,
    );
    return recordAfter(admitted, result, this.time.now(account));
  }

  /** KIS's answer takes precedence over what other processes have concluded from its lists in the meantime. */
  private async write(
    account: KisAccount,
    admitted: OrderRecord,
    result: OrderAttemptResult,
  ): Promise<OrderRecord> {
    let before = admitted;
    for (;;) {
      const next = recordAfter(before, result, this.time.now(account));
      if (await this.journal.write(next)) return next;
      const current = await this.journal.find(admitted.account, admitted.day, admitted.clientOrderId);
      if (!current) throw new Error(`The record of order "${admitted.clientOrderId}" is gone.`);
      if (result.kind !== 'accepted' && result.kind !== 'rejected') return current;
      if (!isUnsettled(current) && current.outcome !== result.kind) {
        this.logger.error(
          `Order "${admitted.clientOrderId}" counted as ${current.outcome}, but KIS's answer says ${result.kind}. It is ${result.kind} now.`,
        );
      }
      before = current;
    }
  }
}

/** The outcome of sending an order. */
export interface SubmittedOrder {
  readonly record: OrderRecord;
  /** Why it was not placed, or why nothing is known of it; `null` when KIS answered. */
  readonly error: Error | null;
}

/** One attempt to send an order. It calls `isTooLate` at the last moment, and sends nothing when that returns true. */
export type OrderAttempt = (isTooLate: () => boolean) => Promise<OrderAttemptResult>;

/** Between two attempts to send an order that KIS does not have. */
const PAUSE_MS = 300;

/** For writing the outcome into the journal. */
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
