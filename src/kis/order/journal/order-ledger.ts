import type { LedgerAnswer, LedgerChange, LedgerQuery } from '../../files/ledger';

/**
 * Where the journal is kept, as a port: see `files/ledger.ts`. Every method may be called concurrently, from any number of
 * processes that share the ledger, and rejects with KisOrderJournalError when it cannot be read or written. What a write
 * has put down when its promise resolves survives the end of the process and, where it is kept on disk, of the machine.
 * All ledgers pass one contract suite.
 */
export abstract class OrderLedger {
  abstract read(query: LedgerQuery): Promise<LedgerAnswer>;

  /** Resolves with whether it was written: no scope has changed since it was read. */
  abstract write(change: LedgerChange): Promise<boolean>;
}
