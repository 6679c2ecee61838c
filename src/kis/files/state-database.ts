import { codeOf } from './careful-open';
import type { DatabasePlace } from './database-place';
import type { ReportNotice } from './notices';
import type { StoredRecord } from './record-bytes';
import { SharedDatabase, type SharedDatabaseOptions } from './shared-database';
import type { SqliteFault } from './sqlite-fault';
import { SqliteFile } from './sqlite-file';

/** A shared database with records, which is replaced when it is damaged. */
export class StateDatabase extends SharedDatabase<SqliteFile> {
  /** Modification time of the file whose records this process knows completely; `null` when there is none. */
  private learnedAt: number | null = null;
  /** The time since which existence and modification time of the file cannot be determined; epoch milliseconds. */
  private hiddenSince: number | null = null;

  constructor(
    place: DatabasePlace,
    private readonly options: StateDatabaseOptions,
  ) {
    super(place, options, LARGEST_BYTES);
  }

  /**
   * The latest time at which another process may have written a record that this process does not know: the last change
   * of a file that it has not read, or now when that cannot be determined. Epoch milliseconds; `null` when there can be
   * no such record.
   */
  get unreadSince(): number | null {
    try {
      const changedAt = this.place.changedAt();
      this.hiddenSince = null;
      return changedAt === this.learnedAt ? null : changedAt;
    } catch (error) {
      if (NOTHING_THERE.includes(codeOf(error) ?? '')) return null;
      return (this.hiddenSince ??= this.options.clock.now());
    }
  }

  protected fill(path: string): void {
    SqliteFile.create(this.place.sqlite, path, []);
  }

  protected openFile(synchronous: 'FULL' | 'OFF'): SqliteFile {
    return SqliteFile.open(this.place.sqlite, this.place.path, synchronous);
  }

  protected opening(file: SqliteFile): void {
    const changedAt = this.place.changedAt();
    this.learn(file.all());
    this.learnedAt = changedAt;
    this.hiddenSince = null;
    this.place.refuseUnwritable();
    this.teach(file);
  }

  protected mend(what: SqliteFault, error: unknown, attempt: number): boolean {
    if (what !== 'damaged' && !REPLACEABLE.includes(codeOf(error) ?? '')) return false;
    if (attempt > 1) this.replace(error);
    return true;
  }

  /** Takes over the records of the file that are newer than those of this process. */
  private learn(records: ReadonlyMap<string, StoredRecord>): void {
    const { known } = this.options;
    for (const [name, record] of records) if (isNewer(record, known.get(name))) known.set(name, record);
  }

  /** Writes the records of this process that are missing or older in the file. */
  private teach(file: SqliteFile): void {
    const news = (): [string, StoredRecord][] =>
      [...this.options.known].filter(([name, record]) => isNewer(record, file.get(name)));
    if (news().length === 0) return;
    file.exclusively(() => {
      for (const [name, record] of news()) file.put(name, record);
    });
  }

  private replace(error: unknown): void {
    const lostAt = this.place.changedAt();
    if (lostAt === null) return;
    const { known, report } = this.options;
    known.set(LOSS, { text: lostAt.toString(), changedAt: lostAt });
    this.place.replace((path) => {
      SqliteFile.create(this.place.sqlite, path, known);
    });
    const { message } = error as Error;
    report({
      about: this.place.path,
      text:
        `${this.place.shown} was damaged (${message}) and is replaced. If it recorded how long no process may request a ` +
        'token, the longest possible time is assumed.',
      occasion: lostAt.toString(),
    });
  }
}

/** Name of the record that says when an earlier database was lost; its text is epoch milliseconds. */
export const LOSS = 'loss';
const LARGEST_BYTES = 67_108_864;
/** Anything else under the name of a database can be replaced like a damaged one. */
const REPLACEABLE = ['ELOOP', 'EFTYPE'];
const NOTHING_THERE = ['ENOENT', 'ENOTDIR'];

export interface StateDatabaseOptions extends SharedDatabaseOptions {
  /** Each record as this process last read or wrote it; outlives the file. */
  readonly known: Map<string, StoredRecord>;
  readonly report: ReportNotice;
}

function isNewer(record: StoredRecord, other: StoredRecord | null | undefined): boolean {
  return !other || record.changedAt > other.changedAt;
}
