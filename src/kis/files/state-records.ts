import type { KisClock } from '../clock';
import { codeOf } from './careful-open';
import { isOpenElsewhere, tryAgain } from './open-elsewhere';
import type { StoredRecord } from './record-bytes';
import { LOSS, type StateDatabase } from './state-database';
import { LOCK_BUSY } from './store-problem';

/**
 * Named records that the processes of a machine share, and a lock for their changes of files. They are in a database
 * beside the files; when that cannot be used (read-only, no locks, another owner), in a spare one elsewhere on this
 * machine; at last in the memory of this process. Before a switch the newest records are copied.
 */
export class StateRecords {
  private retryAt = 0;
  /** Why the database beside the files could not be used at the last attempt. */
  private primaryFailure: unknown = null;
  /**
   * The records of other processes that this one may have missed since its own are in memory only; `null` while a
   * database is open.
   */
  private unseen: Unread | null = null;

  constructor(private readonly options: StateRecordsOptions) {}

  read(name: string, lockTimeoutMs: number): Promise<FoundRecord> {
    const { known } = this.options;
    const work = (records: Records, unread: Unread | null): FoundRecord => {
      const record = records.get(name);
      if (record) known.set(name, record);
      return this.found(record, unread);
    };
    return this.use(
      (database, unread) =>
        database.look(
          (file) => work(file, unread),
          () => work(inMemory(known), this.unseen ?? unread),
          lockTimeoutMs,
        ),
      (unread) => work(inMemory(known), unread),
      lockTimeoutMs,
    );
  }

  /**
   * Writes a record by compare-and-set. Fails too when it has turned out since that there may be a newer record.
   * @returns whether it was.
   */
  async swap(
    name: string,
    expected: Pick<FoundRecord, 'text' | 'lostAt'>,
    /** `at` is epoch milliseconds. */
    next: { readonly text: string; readonly at: number },
    lockTimeoutMs: number,
  ): Promise<boolean> {
    const work = (records: Records, unread: Unread | null): StoredRecord | null =>
      records.exclusively(() => {
        const before = records.get(name);
        const { text, lostAt } = this.found(before, unread);
        if (text !== expected.text || lostAt !== expected.lostAt) return null;
        const changedAt = Math.max(next.at, (before?.changedAt ?? 0) + 1, (lostAt ?? 0) + 1);
        const record = { text: next.text, changedAt };
        records.put(name, record);
        return record;
      });
    const written = await this.change(work, lockTimeoutMs);
    if (written) this.options.known.set(name, written);
    return written !== null;
  }

  /** Runs `section` while no other process changes a record or runs a section; it is given the text of one record. */
  async inTurn<T>(name: string, section: (text: string | null) => T, lockTimeoutMs: number): Promise<T> {
    let refused: unknown = null;
    const work = (records: Records): { readonly value: T } | { readonly error: unknown } =>
      records.exclusively(() => {
        try {
          return { value: section(records.get(name)?.text ?? null) };
        } catch (error) {
          if (!isOpenElsewhere(error)) return { error };
          refused = error;
          throw tryAgain();
        }
      });
    const outcome = await this.change(work, lockTimeoutMs).catch((error: unknown) => {
      throw refused ?? error;
    });
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  close(): void {
    this.options.primary?.close();
    this.options.spare?.close();
  }

  private change<T>(work: (records: Records, unread: Unread | null) => T, lockTimeoutMs: number): Promise<T> {
    return this.use(
      (database, unread) => database.use((file) => work(file, unread), lockTimeoutMs),
      (unread) => work(inMemory(this.options.known), unread),
      lockTimeoutMs,
    );
  }

  private async use<T>(
    inDatabase: (database: StateDatabase, unread: Unread | null) => Promise<T>,
    alone: (unread: Unread) => T,
    lockTimeoutMs: number,
  ): Promise<T> {
    const { primary, spare } = this.options;
    let failure: unknown = null;
    for (const database of [this.isDue ? primary : null, spare]) {
      if (!database) continue;
      try {
        await this.recallSpare(database, lockTimeoutMs);
        const result = await inDatabase(database, database === primary ? null : this.unreadInPrimary());
        if (database.isOpen) this.unseen = null;
        // When it is opened again, the changes made in the meantime are written to it.
        if (database === primary) spare?.close();
        return result;
      } catch (error) {
        if (codeOf(error) === LOCK_BUSY) throw error;
        failure ??= error;
        if (database !== primary) continue;
        this.primaryFailure = error;
        this.retryAt = this.options.clock.monotonic() + RETRY_MS;
        if (spare) this.options.onFallback(spare, error);
      }
    }
    if (!this.options.alone) throw asError(failure ?? this.options.explain(failure));
    this.options.onFallback(null, failure);
    // An earlier process may have kept its records in memory, too.
    this.unseen ??= { until: this.options.clock.now(), why: this.options.explain(failure) };
    return alone(this.unseen);
  }

  private unreadInPrimary(): Unread | null {
    const until = this.options.primary?.unreadSince ?? null;
    return until === null ? null : { until, why: this.options.explain(this.primaryFailure) };
  }

  private get isDue(): boolean {
    return this.options.clock.monotonic() >= this.retryAt;
  }

  /** Another process may have used the spare database while this one used another. */
  private async recallSpare(database: StateDatabase, lockTimeoutMs: number): Promise<void> {
    const { primary, spare } = this.options;
    if (database !== primary || database.isOpen || !spare) return;
    const nothing = (): undefined => undefined;
    await spare.look(nothing, nothing, lockTimeoutMs).catch(nothing);
  }

  private found(record: StoredRecord | null, unread: Unread | null): FoundRecord {
    const lostAt = Math.max(this.lostAt ?? -Infinity, unread?.until ?? -Infinity);
    const { text = null, changedAt = 0 } = record ?? {};
    const mayBeOlder = lostAt > -Infinity && (record === null || changedAt <= lostAt);
    if (!mayBeOlder) return { text, changedAt, lostAt: null, unreadable: null };
    return { text, changedAt, lostAt, unreadable: unread?.until === lostAt ? unread.why : null };
  }

  private get lostAt(): number | null {
    const loss = this.options.known.get(LOSS);
    return loss ? Number(loss.text) : null;
  }
}

/** A record as it was found. */
export interface FoundRecord {
  /** `null` when there is none. */
  readonly text: string | null;
  /** Epoch milliseconds; 0 without a record. */
  readonly changedAt: number;
  /**
   * A database that cannot be read, or was lost, may hold a newer record, written then at the latest; epoch
   * milliseconds. `null`: there is none.
   */
  readonly lostAt: number | null;
  /** Why the database that `lostAt` is about cannot be read, and what to do; `null` when it was lost. */
  readonly unreadable: string | null;
}

/** A database of which this process does not know the latest records. */
interface Unread {
  /** The latest time at which one may have been written; epoch milliseconds. */
  readonly until: number;
  readonly why: string;
}

/** The current storage of the records. */
interface Records {
  get(name: string): StoredRecord | null;
  put(name: string, record: StoredRecord): void;
  /** Runs `section` while no other process reads or changes a record. */
  exclusively<T>(section: () => T): T;
}

export interface StateRecordsOptions {
  readonly clock: KisClock;
  /** By name, the newest that this process has seen. */
  readonly known: Map<string, StoredRecord>;
  /** Beside the files; `null` where SQLite does not load. */
  readonly primary: StateDatabase | null;
  /** Elsewhere on this machine, for when the first cannot be used. */
  readonly spare: StateDatabase | null;
  /** Whether this process continues alone when neither can be used. */
  readonly alone: boolean;
  /** Why records are not kept beside the files, and what to do. */
  readonly explain: (error: unknown) => string;
  /** Reports that records are kept elsewhere; `null`: in the memory of this process. */
  readonly onFallback: (to: StateDatabase | null, error: unknown) => void;
}

/** How often a database that cannot be used is tried again. */
const RETRY_MS = 1000;

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}

function inMemory(known: Map<string, StoredRecord>): Records {
  return {
    get: (name) => known.get(name) ?? null,
    put: (name, record) => known.set(name, record),
    exclusively: (section) => section(),
  };
}
