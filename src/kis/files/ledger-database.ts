import type { DatabasePlace } from './database-place';
import { LedgerFile } from './ledger-file';
import type { SqliteFault } from './sqlite-fault';
import { SharedDatabase, type SharedDatabaseOptions } from './shared-database';

/** A shared database with a ledger. One that is damaged is never replaced: what it held cannot be made up. */
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

  /** Another process may be creating it at the moment: it is read once more. */
  protected mend(what: SqliteFault, _: unknown, attempt: number): boolean {
    return what === 'damaged' && attempt === 1;
  }
}

/** Years of orders. */
const LARGEST_BYTES = 17_179_869_184;
