import { KisOrderJournalError } from '../kis-order.errors';
import type { LedgerAnswer, LedgerChange, LedgerEntry } from '../../files/ledger';
import type { OrderLedger } from './order-ledger';

/**
 * The recent and the open entries of one scope of the ledger, cached in this process. Only what has changed since is read
 * again, so that a decision costs the same however many orders a day has.
 */
export class LedgerCache {
  private ledgerName = '';
  private at = 0;
  private since = '';
  private entries = new Map<string, LedgerEntry>();

  constructor(
    private readonly ledger: OrderLedger,
    private readonly scope: string,
  ) {}

  /**
   * The open entries and those with ids from `from` on, as this process last read them; `null` when it has not read them yet.
   * A decision based on them is valid if {@link write} then succeeds, because that compares the revisions. A decision that
   * writes nothing needs {@link upToDate}.
   */
  known(from = ''): LedgerAnswer | null {
    if (!this.knows(from)) return null;
    this.take({ ledger: this.ledgerName, revision: this.at, entries: [] }, from);
    return this.answer();
  }

  /** The same, read from the ledger. Must not be called again before its promise has settled. */
  async upToDate(from = ''): Promise<LedgerAnswer> {
    const { scope } = this;
    const knows = this.knows(from);
    const answer = await this.ledger.read(knows ? { scope, since: this.at } : { scope, from, open: true });
    // A server that has crashed can come back with an earlier state.
    const isAnother = answer.ledger !== this.ledgerName || answer.revision < this.at;
    if (this.ledgerName !== '' && isAnother) return this.restored(from);
    if (!knows) this.entries = new Map();
    this.take(answer, from);
    return this.answer();
  }

  /**
   * Writes an entry, if neither this scope nor the others have changed since they were read.
   * @returns whether it was written.
   */
  async write(
    { ledger, revision }: LedgerAnswer,
    entry: LedgerEntry,
    others: LedgerChange['expected'] = [],
  ): Promise<boolean> {
    const { scope } = this;
    const expected = [{ scope, revision }, ...others];
    const isWritten = await this.ledger.write({ ledger, expected, scope, entries: [entry] });
    if (isWritten) this.take({ ledger, revision: revision + 1, entries: [entry] }, this.since);
    return isWritten;
  }

  private knows(from: string): boolean {
    return this.ledgerName !== '' && this.since <= from;
  }

  private answer(): LedgerAnswer {
    return { ledger: this.ledgerName, revision: this.at, entries: [...this.entries.values()] };
  }

  private take({ ledger, revision, entries }: LedgerAnswer, from: string): void {
    this.ledgerName = ledger;
    this.at = revision;
    this.since = from;
    for (const entry of entries) this.entries.set(entry.id, entry);
    for (const { id, open } of this.entries.values()) if (!open && id < from) this.entries.delete(id);
  }

  /** The ledger was deleted or replaced: what this process has read of it and is missing now is written again. */
  private async restored(from: string): Promise<LedgerAnswer> {
    const lost = new Map(this.entries);
    const { scope } = this;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const { ledger, revision, entries } = await this.ledger.read({ scope });
      for (const { id } of entries) lost.delete(id);
      const expected = [{ scope, revision }];
      const isWritten =
        lost.size === 0 ||
        (await this.ledger.write({ ledger, expected, scope, entries: [...lost.values()] }));
      if (!isWritten) continue;
      this.ledgerName = '';
      return this.upToDate(from);
    }
    throw new KisOrderJournalError(
      'The order journal was replaced and keeps changing, so nothing was sent. Check what writes to it, and try again.',
    );
  }
}

const MOST_ATTEMPTS = 10;
