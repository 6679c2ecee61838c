import type { DatabasePlace } from './database-place';
import { LedgerFile } from './ledger-file';
import type { SqliteFault } from './sqlite-fault';
import { SharedDatabase, type SharedDatabaseOptions } from './shared-database';

/** A shared database with a ledger. A damaged one is never replaced, because its content cannot be reconstructed. */
export class LedgerDatabase extends SharedDatabase<LedgerFile> {
  constructor(place: DatabasePlace, options: SharedDatabaseOptions) {
    super(place, options, LARGEST_BYTES);
  }

  protected fill(path: string): void {
    LedgerFile.create(this.place.sqlite, path);
  }

  protected openFile(synchronous: 'FULL' | 'OFF'): LedgerFile {
    return LedgerFile.open(this.place.sqlite, this.place.path, synchronous);
  }

  protected opening(): void {
    this.place.refuseUnwritable();
  }

  /** Another process may be creating it at the moment, so it is read once more. */
  protected mend(what: SqliteFault, _: unknown, attempt: number): boolean {
    return what === 'damaged' && attempt === 1;
  }
}

/** Enough for years of orders. */
const LARGEST_BYTES = 17_179_869_184;
