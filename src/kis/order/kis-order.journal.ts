import type { KisOrderCaps, OpeningDecision } from './order-opening';
import type { OrderRecord } from './order-record';

/** Whether new orders and changes are sent at all. */
export interface TradingSwitch {
  readonly enabled: boolean;
  /** `null` as long as nobody has changed it. */
  readonly changedAt: Date | null;
}

/**
 * Where orders are written down before they are sent, as a port. One journal serves all processes of a store.
 *
 * Every method may be called concurrently, from any number of processes. When a promise resolves, what was written survives
 * the end of the process and, where the journal is kept on disk, of the machine. Every method rejects with
 * a `KisError` (`ORDER_JOURNAL_FAILED`) when the journal cannot be read or written. All journals pass one contract suite.
 */
export abstract class KisOrderJournal {
  /**
   * Decides whether an order may be sent (see `decideOpening`) and, if so, writes it down: in one transaction, so that of
   * any number of callers with one id, or with equal orders, exactly one is told to send.
   */
  abstract open(wanted: OrderRecord, caps: KisOrderCaps): Promise<OpeningDecision>;

  /**
   * Writes a changed record down, unless another change came first.
   * @param record with the version after the one that was read.
   * @returns whether it was written; if not, read the record again.
   */
  abstract write(record: OrderRecord): Promise<boolean>;

  /** The record of an order, `null` when there is none. */
  abstract find(account: string, day: string, clientOrderId: string): Promise<OrderRecord | null>;

  /** All records of an account between two Korean days (`YYYY-MM-DD`, inclusive), oldest first. */
  abstract list(account: string, from: string, to: string): Promise<OrderRecord[]>;

  /** All records without an outcome, of any day, oldest first. */
  abstract unsettled(account: string): Promise<OrderRecord[]>;

  /** The kill switch. */
  abstract trading(): Promise<TradingSwitch>;

  /** Stops or resumes new orders and changes, for all processes; holds for every `open` that begins after it resolves. */
  abstract setTrading(enabled: boolean): Promise<TradingSwitch>;
}
