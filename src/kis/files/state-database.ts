import type { KisClock } from '../clock';
import { codeOf, fault, isMissing } from './careful-open';
import type { DatabasePlace } from './database-place';
import type { Lacking } from './durable-write';
import type { Tell } from './notices';
import type { StoredRecord } from './record-bytes';
import { asFileError, SqliteDamage, sqliteFault, type SqliteFault } from './sqlite-fault';
import type { SqliteFile } from './sqlite-file';
import { LOCK_BUSY } from './store-problem';

/** Name of the record that says when an earlier database was lost; its text is epoch milliseconds. */
export const LOSS = 'loss';
const RETRY_MS = 2;
/** A database that another process is just making, or replacing, is whole after that. */
const SECOND_LOOK_MS = 50;
/** More of them in a row mean that something else is wrong. */
const MOST_REPAIRS = 5;
const LARGEST_BYTES = 67_108_864;
/** What somebody has put in place of a database can be replaced like a damaged one. */
const REPLACEABLE = ['ELOOP', 'EFTYPE'];

export interface StateDatabaseOptions {
  /** Whether what was written must survive a loss of power. */
  readonly durable: boolean;
  /** What this process last knew of each record; it outlives the file. */
  readonly known: Map<string, StoredRecord>;
  readonly clock: KisClock;
  readonly tell: Tell;
  readonly lacks: (what: Lacking, error: unknown) => void;
}

/**
 * A SQLite file with records that several processes share, which looks after itself: it is created when it is missing,
 * replaced when it is damaged, and opened again when another stands in its place.
 */
export class StateDatabase {
  private file: SqliteFile | null = null;
  private identity = '';
  /** A lock was granted, so the file system has locks. */
  private lockable = false;
  private synchronous: 'FULL' | 'OFF';

  constructor(
    private readonly place: DatabasePlace,
    private readonly options: StateDatabaseOptions,
  ) {
    this.synchronous = options.durable ? 'FULL' : 'OFF';
  }

  /**
   * Does `work` with the file, which is created where it is missing, and again as long as another process keeps it busy.
   * @throws an error with the code {@link LOCK_BUSY} when that takes longer than `patienceMs`; a file system error when
   *   the file cannot be used where it is.
   */
  use<T>(work: (file: SqliteFile) => T, patienceMs: number): Promise<T> {
    return this.attempt(() => work(this.opened() ?? this.created()), patienceMs);
  }

  /** The same without creating anything: where the file is missing, the result is that of `otherwise`. */
  look<T>(work: (file: SqliteFile) => T, otherwise: () => T, patienceMs: number): Promise<T> {
    return this.attempt(() => {
      const file = this.opened();
      return file ? work(file) : otherwise();
    }, patienceMs);
  }

  get isOpen(): boolean {
    return this.file !== null;
  }

  close(): void {
    this.file?.close();
    this.file = null;
  }

  private async attempt<T>(work: () => T, patienceMs: number): Promise<T> {
    const { clock } = this.options;
    const until = clock.monotonic() + patienceMs;
    for (let repairs = 0; ;) {
      try {
        const result = work();
        this.lockable ||= this.isOpen;
        return result;
      } catch (error) {
        const what = sqliteFault(error);
        if (what === 'busy') {
          this.refuseWithoutLocks();
          if (clock.monotonic() >= until) throw fault(LOCK_BUSY, `${this.place.path} is locked`);
          await clock.sleep(RETRY_MS);
          continue;
        }
        this.close();
        repairs += 1;
        if (repairs > MOST_REPAIRS || !this.repair(what, error, repairs)) throw asFileError(error);
        await clock.sleep(repairs === 1 ? SECOND_LOOK_MS : RETRY_MS);
      }
    }
  }

  /** The open file, if it is still the one that stands under its name; `null` where none does. */
  private opened(): SqliteFile | null {
    const entry = this.place.look();
    if (this.file && entry?.identity === this.identity) return this.file;
    this.close();
    return entry && this.open();
  }

  private created(): SqliteFile {
    this.place.create();
    return this.open();
  }

  private open(): SqliteFile {
    const entry = this.place.look();
    if (!entry) throw fault('ENOENT', 'deleted in the same moment');
    if (entry.bytes === 0 || entry.bytes > LARGEST_BYTES)
      throw new SqliteDamage(`its size is ${entry.bytes} bytes`);
    const file = this.place.open(this.synchronous);
    try {
      if (this.place.look()?.identity !== entry.identity)
        throw fault('ENOENT', 'replaced in the same moment');
      this.learn(file.all());
      this.place.refuseUnwritable();
      this.teach(file);
    } catch (error) {
      file.close();
      throw error;
    }
    this.identity = entry.identity;
    return (this.file = file);
  }

  /** Takes note of what the file knows and this process does not. */
  private learn(records: ReadonlyMap<string, StoredRecord>): void {
    const { known } = this.options;
    for (const [name, record] of records) if (isNewer(record, known.get(name))) known.set(name, record);
  }

  /** Writes what this process knows and the file does not. */
  private teach(file: SqliteFile): void {
    const news = (): [string, StoredRecord][] =>
      [...this.options.known].filter(([name, record]) => isNewer(record, file.get(name)));
    if (news().length === 0) return;
    file.exclusively(() => {
      for (const [name, record] of news()) file.put(name, record);
    });
  }

  private refuseWithoutLocks(): void {
    if (!this.lockable) this.place.refuseWithoutLocks();
    this.lockable = true;
  }

  /** @returns whether it is worth another try. */
  private repair(what: SqliteFault, error: unknown, attempt: number): boolean {
    if (what === 'moved' || isMissing(error)) return true;
    if (what === 'no sync' && this.synchronous === 'FULL') {
      this.synchronous = 'OFF';
      this.options.lacks('sync', asFileError(error));
      return true;
    }
    if (what !== 'damaged' && !REPLACEABLE.includes(codeOf(error) ?? '')) return false;
    if (attempt > 1) this.replace(error);
    return true;
  }

  private replace(error: unknown): void {
    const lostAt = this.place.changedAt();
    if (lostAt === null) return;
    const { known, tell } = this.options;
    known.set(LOSS, { text: lostAt.toString(), changedAt: lostAt });
    this.place.replace(known);
    const { message } = error as Error;
    tell({
      about: this.place.path,
      text:
        `${this.place.shown} was damaged (${message}) and is replaced. Where it said how long nobody may request a ` +
        'token, the longest time is kept to.',
      occasion: lostAt.toString(),
    });
  }
}

function isNewer(record: StoredRecord, other: StoredRecord | null | undefined): boolean {
  return !other || record.changedAt > other.changedAt;
}
