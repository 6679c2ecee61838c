import type { LedgerAnswer, LedgerChange, LedgerQuery } from '../../files/ledger';

/**
 * The port for the storage of the journal; its entries are described in `files/ledger.ts`. Every method may be called
 * concurrently, from any number of processes that share the ledger, and rejects with KisOrderJournalError when it cannot be
 * read or written. When the promise of a write resolves, the entries survive a crash of the process and, on disk, of the
 * machine. All ledgers pass one contract suite.
 */
export abstract class OrderLedger {
  abstract read(query: LedgerQuery): Promise<LedgerAnswer>;

  /** Resolves with whether the change was written, which requires that no scope has changed since it was read. */
  abstract write(change: LedgerChange): Promise<boolean>;
}
