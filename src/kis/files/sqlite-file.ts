import { isArrayBuffer } from 'node:util/types';
import { decodeRecord, encodeRecord, type StoredRecord } from './record-bytes';
import { SqliteDamage } from './sqlite-fault';

/** Types of the library, in the form that declarations can have without `esModuleInterop`. */
export type Sqlite = typeof import('libsql');
export type SqliteDatabase = InstanceType<Sqlite>;

/**
 * Loads libsql; returns the reason, in one line, when its native part does not load, because it is prebuilt for some
 * platforms only.
 */
export async function loadSqlite(): Promise<{ readonly sqlite: Sqlite } | { readonly failure: string }> {
  try {
    return { sqlite: (await import('libsql')).default };
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return { failure: `does not load on ${process.platform}-${process.arch} (${reason})` };
  }
}

/**
 * One open SQLite file with named records, for use in one thread. The journal is a rollback journal that stays: it
 * needs no shared memory, and a full disk has room for it once it has been written.
 *
 * Everything is written and read as BLOB. libsql ends the whole process when a TEXT value is not valid UTF-8, and a
 * single damaged byte can make one of any value; hence the casts.
 */
export class SqliteFile {
  private readonly select;
  private readonly upsert;

  private constructor(private readonly database: SqliteDatabase) {
    this.select = database.prepare('SELECT CAST(body AS BLOB) AS body FROM records WHERE name = ?');
    this.upsert = database.prepare(
      'INSERT INTO records (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body',
    );
  }

  /** Creates and fills a database in an empty file that no other process uses yet. */
  static create(sqlite: Sqlite, path: string, records: Iterable<readonly [string, StoredRecord]>): void {
    const database = new sqlite(path, { timeout: 0 });
    try {
      database.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN EXCLUSIVE');
      database.exec('CREATE TABLE records (name BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID');
      const file = new SqliteFile(database);
      for (const [name, record] of records) file.put(name, record);
      database.exec('COMMIT');
    } finally {
      database.close();
    }
  }

  /** @throws what `sqliteFault` explains, also when any record is not what was written. */
  static open(sqlite: Sqlite, path: string, synchronous: 'FULL' | 'OFF'): SqliteFile {
    const database = new sqlite(path, { timeout: 0 });
    try {
      database.exec(`PRAGMA journal_mode = PERSIST; PRAGMA synchronous = ${synchronous}`);
      const file = new SqliteFile(database);
      file.verify();
      return file;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Runs `section` while no other connection reads or writes; what it wrote is kept when it returns. */
  exclusively<T>(section: () => T): T {
    this.database.exec('BEGIN EXCLUSIVE');
    try {
      const result = section();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  get(name: string): StoredRecord | null {
    // Not `get`: once that has failed, as it does while the file is locked, it keeps the bound name, and the next call
    // returns the record of that name, or none.
    const [row] = this.select.all([Buffer.from(name)]) as { body: unknown }[];
    return row ? decodeRecord(name, isArrayBuffer(row.body) ? Buffer.from(row.body) : row.body) : null;
  }

  put(name: string, record: StoredRecord): void {
    this.upsert.run([Buffer.from(name), encodeRecord(name, record)]);
  }

  /** Every record, by its name. */
  all(): Map<string, StoredRecord> {
    const rows = this.database.prepare('SELECT CAST(name AS BLOB) AS name FROM records').all();
    return new Map(
      (rows as { name: Uint8Array }[]).map((row) => {
        const name = Buffer.from(row.name).toString('utf8');
        const record = this.get(name);
        // A name with a flipped bit cannot be found by looking it up.
        if (!record) throw new SqliteDamage('a record is not where its name says');
        return [name, record];
      }),
    );
  }

  close(): void {
    this.rollBack();
    this.database.close();
  }

  private verify(): void {
    const counting = "SELECT count(*) AS problems FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
    const { problems } = this.database.prepare(counting).get() as { problems: number };
    if (problems > 0) throw new SqliteDamage(`the integrity check found ${problems} problems`);
    this.all();
  }

  private rollBack(): void {
    try {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled it back by itself.
    }
  }
}
