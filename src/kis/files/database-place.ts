import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  renameSync,
  type BigIntStats,
} from 'node:fs';
import { codeOf, fault, readCarefully, refuseExtraordinary } from './careful-open';
import { makePrivate, removeQuietly } from './durable-write';
import type { PrivateDirectory } from './private-directory';
import { sqliteFault } from './sqlite-fault';
import type { Sqlite } from './sqlite-file';

/** The file under the name of a database: an ordinary file of this user. */
export interface DatabaseEntry {
  /** Distinguishes the file from any other one under the same name, earlier or later. */
  readonly identity: string;
  readonly bytes: number;
}

/** The path of a database in a directory: which file is there, and how it is created or replaced. */
export class DatabasePlace {
  constructor(
    readonly sqlite: Sqlite,
    private readonly directory: PrivateDirectory,
    private readonly name: string,
    /** Throws when the directory cannot be trusted. */
    private readonly guard: () => void = () => undefined,
  ) {}

  get path(): string {
    return this.directory.file(this.name);
  }

  get shown(): string {
    return this.directory.shownFile(this.name);
  }

  /**
   * The file that is there; `null` when there is none. Permissions of other users are removed.
   * @throws a file system error for anything that is not an ordinary file of this user.
   */
  look(): DatabaseEntry | null {
    this.guard();
    this.refuseJournalOfOthers();
    const stats = this.stats();
    if (!stats) return null;
    refuseExtraordinary(stats);
    this.directory.refuseOthers(Number(stats.uid));
    // By path, because closing a descriptor would drop every lock that this process has on the file.
    if (process.platform !== 'win32' && (stats.mode & 0o077n) !== 0n) {
      makePrivate(() => {
        chmodSync(this.path, 0o600);
      }, this.directory.lacks);
    }
    return { identity: identityOf(stats), bytes: Number(stats.size) };
  }

  /** @throws an error with the code EROFS or EACCES. */
  refuseUnwritable(): void {
    accessSync(this.path, constants.W_OK);
  }

  /** Creates an empty database there, unless another process does so first. */
  create(fill: Fill): void {
    this.directory.ensure();
    const temporary = this.make(fill);
    try {
      // A journal without its database, which was moved away: SQLite would roll it back into the new one.
      if (!this.stats()) removeQuietly(`${this.path}-journal`);
      linkSync(temporary, this.path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') this.copyFrom(temporary);
    } finally {
      removeQuietly(temporary);
    }
    this.directory.sync();
  }

  /**
   * Replaces the file by a new database and keeps a copy, unless another process has done so first: that database may
   * already have been written to. The old journal must not outlive its database.
   */
  replace(fill: Fill): void {
    const before = identityOf(this.stats());
    const temporary = this.make(fill);
    try {
      this.keepCopy();
      if (identityOf(this.stats()) !== before) {
        removeQuietly(temporary);
        return;
      }
      removeQuietly(`${this.path}-journal`);
      renameSync(temporary, this.path);
    } catch (error) {
      removeQuietly(temporary);
      throw error;
    }
    this.directory.sync();
  }

  /**
   * When it was last changed, whatever its type and owner; epoch milliseconds, `null` when there is none.
   * @throws a file system error where that cannot be known, as in a directory that this user may not search.
   */
  changedAt(): number | null {
    const stats = this.stats();
    return stats && Number(stats.mtimeMs);
  }

  /** @throws an error with the code ENOLCK where the file system does not support locks. */
  refuseWithoutLocks(fill: Fill): void {
    try {
      removeQuietly(this.make(fill));
    } catch (error) {
      if (!['busy', 'no locks'].includes(sqliteFault(error))) throw error;
      throw Object.assign(fault('ENOLCK', 'the file system does not support locks'), { cause: error });
    }
  }

  private stats(): BigIntStats | null {
    return lstatSync(this.path, { bigint: true, throwIfNoEntry: false }) ?? null;
  }

  /** SQLite would roll it back, whichever user wrote it. */
  private refuseJournalOfOthers(): void {
    const journal = lstatSync(`${this.path}-journal`, { throwIfNoEntry: false });
    if (!journal) return;
    refuseExtraordinary(journal);
    this.directory.refuseOthers(journal.uid);
  }

  /** A whole database under a name of its own. */
  private make(fill: Fill): string {
    const temporary = this.directory.write('');
    try {
      fill(temporary);
      return temporary;
    } catch (error) {
      removeQuietly(temporary);
      throw error;
    }
  }

  /** For file systems without hard links. Other processes may see a part of the file, and then read again. */
  private copyFrom(temporary: string): void {
    try {
      copyFileSync(temporary, this.path, constants.COPYFILE_EXCL);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }

  private keepCopy(): void {
    try {
      const found = readCarefully(this.path);
      if (found) renameSync(this.directory.write(found.bytes), `${this.path}.damaged`);
    } catch {
      // The copy is optional: what matters is that the damaged file is not used.
    }
  }
}

/** Fills an empty file with a complete database. */
type Fill = (path: string) => void;

function identityOf(stats: BigIntStats | null): string {
  return stats ? `${stats.dev}.${stats.ino}` : '';
}
