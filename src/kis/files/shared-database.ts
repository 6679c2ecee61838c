import type { KisClock } from '../clock';
import { fault, isMissing } from './careful-open';
import type { DatabasePlace } from './database-place';
import type { Lacking } from './durable-write';
import { asFileError, SqliteDamage, sqliteFault, type SqliteFault } from './sqlite-fault';
import { LOCK_BUSY } from './store-problem';

/**
 * A SQLite file that several processes share: it is created when it is missing, opened again when it was replaced, and
 * tried again while another process keeps it busy.
 */
export abstract class SharedDatabase<F extends { close(): void }> {
  private file: F | null = null;
  private identity = '';
  /** Whether a lock was granted before, which shows that the file system supports locks. */
  private lockable = false;
  private synchronous: 'FULL' | 'OFF';

  protected constructor(
    protected readonly place: DatabasePlace,
    private readonly shared: SharedDatabaseOptions,
    private readonly largestBytes: number,
  ) {
    this.synchronous = shared.durable ? 'FULL' : 'OFF';
  }

  /**
   * Does `work` with the file, which is created where it is missing, and again as long as another process keeps it busy.
   * @throws an error with the code {@link LOCK_BUSY} when that takes longer than `lockTimeoutMs`; a file system error when
   *   the file cannot be used where it is.
   */
  use<T>(work: (file: F) => T, lockTimeoutMs: number): Promise<T> {
    return this.attempt(() => work(this.opened() ?? this.created()), lockTimeoutMs);
  }

  /** The same without creating anything: where the file is missing, the result is that of `otherwise`. */
  look<T>(work: (file: F) => T, otherwise: () => T, lockTimeoutMs: number): Promise<T> {
    return this.attempt(() => {
      const file = this.opened();
      return file ? work(file) : otherwise();
    }, lockTimeoutMs);
  }

  get isOpen(): boolean {
    return this.file !== null;
  }

  close(): void {
    this.file?.close();
    this.file = null;
  }

  /** Creates an empty database in an empty file that no other process uses yet. */
  protected abstract fill(path: string): void;

  /** Opens and checks the file. */
  protected abstract openFile(synchronous: 'FULL' | 'OFF'): F;

  /** Called with a file that was just opened and is the current one. */
  protected abstract opening(file: F): void;

  /** Repairs faults of the file, as this kind of database requires. @returns whether another attempt makes sense. */
  protected abstract mend(what: SqliteFault, error: unknown, attempt: number): boolean;

  private async attempt<T>(work: () => T, lockTimeoutMs: number): Promise<T> {
    const { clock } = this.shared;
    const until = clock.monotonic() + lockTimeoutMs;
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

  /** The open file, if it is still the one under its name; `null` when there is none. */
  private opened(): F | null {
    const entry = this.place.look();
    if (this.file && entry?.identity === this.identity) return this.file;
    this.close();
    return entry && this.open();
  }

  private created(): F {
    this.place.create((path) => {
      this.fill(path);
    });
    return this.open();
  }

  private open(): F {
    const entry = this.place.look();
    if (!entry) throw fault('ENOENT', 'deleted at the same moment');
    if (entry.bytes === 0 || entry.bytes > this.largestBytes)
      throw new SqliteDamage(`its size is ${entry.bytes} bytes`);
    const file = this.openFile(this.synchronous);
    try {
      if (this.place.look()?.identity !== entry.identity)
        throw fault('ENOENT', 'replaced at the same moment');
      this.opening(file);
    } catch (error) {
      file.close();
      throw error;
    }
    this.identity = entry.identity;
    return (this.file = file);
  }

  private refuseWithoutLocks(): void {
    if (!this.lockable)
      this.place.refuseWithoutLocks((path) => {
        this.fill(path);
      });
    this.lockable = true;
  }

  private repair(what: SqliteFault, error: unknown, attempt: number): boolean {
    if (what === 'moved' || isMissing(error)) return true;
    if (what === 'no sync' && this.synchronous === 'FULL') {
      this.synchronous = 'OFF';
      this.shared.lacks('sync', asFileError(error));
      return true;
    }
    return this.mend(what, error, attempt);
  }
}

export interface SharedDatabaseOptions {
  /** Whether what was written must survive a loss of power. */
  readonly durable: boolean;
  readonly clock: KisClock;
  readonly lacks: (what: Lacking, error: unknown) => void;
}

const RETRY_MS = 2;
/** After this pause a database that another process is creating or replacing is complete. */
const SECOND_LOOK_MS = 50;
/** More repairs in a row mean that something else is wrong. */
const MOST_REPAIRS = 5;
