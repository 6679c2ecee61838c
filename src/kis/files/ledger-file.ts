import { createHash, randomUUID } from 'node:crypto';
import { isArrayBuffer } from 'node:util/types';
import type { LedgerAnswer, LedgerChange, LedgerEntry, LedgerQuery } from './ledger';
import { SqliteDamage } from './sqlite-fault';
import type { Sqlite, SqliteDatabase } from './sqlite-file';

/**
 * One open SQLite file with a ledger, for use in one thread. The rules of decision 14 for libsql apply: every value is
 * a BLOB or a number, statements are read with `all()` and bound in arrays.
 */
export class LedgerFile {
  private readonly statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>();

  private constructor(private readonly database: SqliteDatabase) {}

  /** Creates a ledger in an empty file that no other process uses yet. */
  static create(sqlite: Sqlite, path: string): void {
    const database = new sqlite(path, { timeout: 0 });
    try {
      database.exec(`PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; ${TABLES}`);
      database.prepare('INSERT INTO ledger (name) VALUES (?)').run([Buffer.from(randomUUID())]);
      database.exec('COMMIT');
    } finally {
      database.close();
    }
  }

  /** @throws what `sqliteFault` explains. */
  static open(sqlite: Sqlite, path: string, synchronous: 'FULL' | 'OFF'): LedgerFile {
    const database = new sqlite(path, { timeout: 0 });
    try {
      database.exec(`PRAGMA journal_mode = PERSIST; PRAGMA synchronous = ${synchronous}`);
      const file = new LedgerFile(database);
      file.verify();
      return file;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  read(query: LedgerQuery): LedgerAnswer {
    return this.together('DEFERRED', () => ({
      ledger: this.name(),
      revision: this.revisionOf(query.scope),
      entries: this.select(query).map((row) => decode(query.scope, row)),
    }));
  }

  /** @returns whether it was written: the scopes had the expected revisions. */
  write({ ledger, expected, scope, entries }: LedgerChange): boolean {
    return this.together('EXCLUSIVE', () => {
      const isAsExpected = expected.every((each) => this.revisionOf(each.scope) === each.revision);
      if (this.name() !== ledger || !isAsExpected) return false;
      const revision = this.revisionOf(scope) + 1;
      for (const entry of entries) this.run(INSERT, encode(scope, entry, revision));
      this.run(COUNT, [Buffer.from(scope), revision]);
      return true;
    });
  }

  close(): void {
    this.rollBack();
    this.database.close();
  }

  private select({ scope, since, from, to, open = false }: LedgerQuery): Row[] {
    const name = Buffer.from(scope);
    if (since !== undefined) return this.all(`${COLUMNS} AND revision > ? ORDER BY id`, [name, since]);
    const range = from === undefined ? null : [Buffer.from(from), to === undefined ? END : Buffer.from(to)];
    if (range && open)
      return this.all(`${COLUMNS} AND ((id >= ? AND id <= ?) OR open = 1) ORDER BY id`, [name, ...range]);
    if (range) return this.all(`${COLUMNS} AND id >= ? AND id <= ? ORDER BY id`, [name, ...range]);
    return this.all(open ? `${COLUMNS} AND open = 1 ORDER BY id` : `${COLUMNS} ORDER BY id`, [name]);
  }

  private name(): string {
    const [row] = this.all<{ name: unknown }>('SELECT CAST(name AS BLOB) AS name FROM ledger', []);
    if (!row) throw new SqliteDamage('it has no name');
    return bytesOf(row.name).toString();
  }

  private revisionOf(scope: string): number {
    const [row] = this.all<{ revision: unknown }>('SELECT revision FROM scopes WHERE scope = ?', [
      Buffer.from(scope),
    ]);
    return row ? numberOf(row.revision) : 0;
  }

  /** Not `get()`, which keeps its bound values after a failure. */
  private all<R = Row>(sql: string, values: readonly unknown[]): R[] {
    return this.prepared(sql).all([...values]) as R[];
  }

  private run(sql: string, values: readonly unknown[]): void {
    this.prepared(sql).run([...values]);
  }

  private prepared(sql: string): ReturnType<SqliteDatabase['prepare']> {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }

  private verify(): void {
    const sql = "SELECT count(*) AS problems FROM pragma_quick_check WHERE quick_check <> 'ok'";
    const [row] = this.all<{ problems: number }>(sql, []);
    if (!row || row.problems > 0)
      throw new SqliteDamage(`the integrity check found ${row?.problems ?? 0} problems`);
    this.name();
  }

  private together<T>(kind: 'DEFERRED' | 'EXCLUSIVE', work: () => T): T {
    this.database.exec(`BEGIN ${kind}`);
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  private rollBack(): void {
    try {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
    } catch {
      // SQLite has rolled it back by itself.
    }
  }
}

/** Far longer than any entry. */
const LONGEST_BYTES = 4_194_304;
const CHECKSUM_BYTES = 16;
/** Sorts after every id, because ids are ASCII. */
const END = Buffer.from([0xff]);

const TABLES = `
  CREATE TABLE ledger (name BLOB NOT NULL);
  CREATE TABLE scopes (scope BLOB PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE entries (
    scope BLOB NOT NULL, id BLOB NOT NULL, open INTEGER NOT NULL, revision INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (scope, id)
  ) WITHOUT ROWID;
  CREATE INDEX entries_by_revision ON entries (scope, revision);
  CREATE INDEX open_entries ON entries (scope, id) WHERE open = 1;
`;
const COLUMNS =
  'SELECT CAST(id AS BLOB) AS id, open, revision, CAST(body AS BLOB) AS body FROM entries WHERE scope = ?';
const INSERT = `
  INSERT INTO entries (scope, id, open, revision, body) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (scope, id) DO UPDATE SET open = excluded.open, revision = excluded.revision, body = excluded.body`;
const COUNT = `
  INSERT INTO scopes (scope, revision) VALUES (?, ?) ON CONFLICT (scope) DO UPDATE SET revision = excluded.revision`;

interface Row {
  readonly id: unknown;
  readonly open: unknown;
  readonly revision: unknown;
  readonly body: unknown;
}

function encode(scope: string, { id, open, text }: LedgerEntry, revision: number): unknown[] {
  const content = Buffer.from(text);
  const body = Buffer.concat([checksumOf(scope, { id, open, revision }, content), content]);
  return [Buffer.from(scope), Buffer.from(id), open ? 1 : 0, revision, body];
}

/** @throws SqliteDamage for anything that was not written for this scope and id. */
function decode(scope: string, row: Row): LedgerEntry {
  const stored = bytesOf(row.body);
  const id = bytesOf(row.id).toString();
  const open = row.open === 1;
  const content = stored.subarray(CHECKSUM_BYTES);
  const checksum = checksumOf(scope, { id, open, revision: numberOf(row.revision) }, content);
  if (!stored.subarray(0, CHECKSUM_BYTES).equals(checksum))
    throw new SqliteDamage('the checksum of an entry does not fit');
  return { id, open, text: content.toString() };
}

function checksumOf(
  scope: string,
  { id, open, revision }: { readonly id: string; readonly open: boolean; readonly revision: number },
  content: Uint8Array,
): Buffer {
  const hash = createHash('sha256')
    .update(JSON.stringify([scope, id, open, revision]))
    .update(content);
  return hash.digest().subarray(0, CHECKSUM_BYTES);
}

function bytesOf(value: unknown): Buffer {
  const bytes = isArrayBuffer(value) ? Buffer.from(value) : value;
  if (!(bytes instanceof Uint8Array) || bytes.length > LONGEST_BYTES)
    throw new SqliteDamage('an entry is not one of ours');
  return Buffer.from(bytes);
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new SqliteDamage('a count is none');
  return value;
}
