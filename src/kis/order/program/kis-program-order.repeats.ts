import { Injectable, Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { KisClock } from '../../clock';
import type { KisAccount } from '../../kis-account';
import { accountKey } from '../account-key';
import { koreanDate } from '../korean-date';
import { KisOrderClock } from '../kis-order.clock';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { LATE_REPEAT_MS, repeatedBy, type ProgramArrival } from '../order-admission';
import { isUnsettled, type Moment, type OrderRecord } from '../journal/order-record';
import { changed } from '../settlement/settlement-rules';

/**
 * Distinguishes a repetition of a program's order from a new order: it is a repetition if it arrived before the program had
 * received the outcome of the first. The journal records when that response was sent.
 */
@Injectable()
export class KisProgramOrderRepeats {
  private readonly logger = new Logger('Orders');
  /** Journal writes under way that record a sent response: the next order waits for them. */
  private readonly notes = new Set<Promise<void>>();
  /** Identifies the clock of this process where the boot has no id. */
  private readonly processId = randomUUID();

  constructor(
    private readonly journal: KisOrderJournal,
    private readonly clock: KisClock,
    private readonly time: KisOrderClock,
  ) {}

  now(): Moment {
    return this.time.moment() ?? { bootId: this.processId, ms: this.clock.monotonic() };
  }

  /** What the journal holds when a request arrives. @throws KisOrderJournalError */
  async arrival(account: KisAccount, at: Moment): Promise<ProgramArrival> {
    const day = koreanDate(this.time.now(account));
    return { at, ...(await this.journal.recentIds(accountKey(account), day)) };
  }

  /** The order that this one repeats; `null` when it is a new one. @throws KisOrderJournalError */
  async firstOf(wanted: OrderRecord, arrival: ProgramArrival): Promise<OrderRecord | null> {
    await this.noted();
    const until = this.clock.monotonic() + NOTED_WITHIN_MS;
    // The first order may have arrived just before midnight.
    const from = koreanDate(wanted.createdAt - LATE_REPEAT_MS);
    for (;;) {
      const records = await this.journal.list(wanted.account, from, wanted.day);
      const first = repeatedBy(wanted, records, arrival);
      const isOver = this.clock.monotonic() >= until;
      if (!first || isOver || !isPerhapsBeingAnswered(first, wanted, arrival)) return first;
      await this.clock.sleep(LOOK_EVERY_MS);
    }
  }

  /** To be called when the program has received the outcome of its order: an equal order from now on is a new one. */
  answered(record: OrderRecord): void {
    const note: Promise<void> = this.note(record, this.now())
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.logger.warn(
          `It could not be noted that order "${record.clientOrderId}" was answered: ${reason}`,
        );
      })
      .finally(() => this.notes.delete(note));
    this.notes.add(note);
  }

  /** Resolves when all responses so far are recorded. */
  async noted(): Promise<void> {
    await Promise.all(this.notes);
  }

  /** Retries, because other processes may change the record at the same time. */
  private async note({ account, day, clientOrderId }: OrderRecord, answeredAt: Moment): Promise<void> {
    for (;;) {
      const current = await this.journal.find(account, day, clientOrderId);
      if (!current || current.answered !== false) return;
      const next = changed(current, { answered: true, answeredAt }, this.clock.now());
      if (await this.journal.write(next)) return;
    }
  }
}

/** A process that has responded to a program records it within this time, unless it is stopped. */
const NOTED_WITHIN_MS = 3000;
const LOOK_EVERY_MS = 20;

/** Another process has learned the outcome just now: it is about to respond, or to record that it has responded. */
function isPerhapsBeingAnswered(first: OrderRecord, wanted: OrderRecord, { known }: ProgramArrival): boolean {
  const isSettled = first.answered === false && !isUnsettled(first);
  return isSettled && known.has(first.clientOrderId) && wanted.createdAt - first.updatedAt < NOTED_WITHIN_MS;
}
