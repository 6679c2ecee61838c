/** What a failure of SQLite means. */
export type SqliteFault = 'busy' | 'moved' | 'damaged' | 'no sync' | 'no locks' | 'other';

/** By SQLite's result code, extended before primary; https://www.sqlite.org/rescode.html */
const FAULTS: Readonly<Record<number, SqliteFault>> = {
  1: 'damaged', // SQLITE_ERROR: the tables are not ours
  3: 'no locks', // SQLITE_PERM: the file system refuses the lock
  5: 'busy', // SQLITE_BUSY, also where the file system answers ENOLCK
  6: 'busy',
  11: 'damaged', // SQLITE_CORRUPT
  26: 'damaged', // SQLITE_NOTADB
  1032: 'moved', // SQLITE_READONLY_DBMOVED
  1034: 'no sync', // SQLITE_IOERR_FSYNC
  1290: 'no sync', // SQLITE_IOERR_DIR_FSYNC
  2058: 'no locks', // SQLITE_IOERR_UNLOCK
  2314: 'no locks', // SQLITE_IOERR_RDLOCK
  3594: 'no locks', // SQLITE_IOERR_CHECKRESERVEDLOCK
  3850: 'no locks', // SQLITE_IOERR_LOCK
};
/** The codes that file systems use for faults of which SQLite gives a number only. */
const CODES: Readonly<Record<number, string>> = { 3: 'ENOLCK', 8: 'EROFS', 13: 'ENOSPC', 14: 'EACCES' };

/** The code of a database whose content is not what was written. */
export const DAMAGED = 'EDAMAGED';
const FAULT_CODES: Partial<Record<SqliteFault, string>> = { 'no locks': 'ENOLCK', damaged: DAMAGED };

/** The content of a database is not what was written. */
export class SqliteDamage extends Error {
  readonly rawCode = 11;
}

export function sqliteFault(error: unknown): SqliteFault {
  const code = rawCodeOf(error);
  return code === null ? 'other' : (FAULTS[code] ?? FAULTS[code & 0xff] ?? 'other');
}

/** The error with a code like those of file systems, to be explained in the same way. */
export function asFileError(error: unknown): Error {
  const known = FAULT_CODES[sqliteFault(error)] ?? CODES[(rawCodeOf(error) ?? 0) & 0xff];
  const cause = error instanceof Error ? error : new Error(String(error));
  return known === undefined ? cause : Object.assign(new Error(cause.message, { cause }), { code: known });
}

/** A file that cannot be opened is an error without a code, whose text ends with it. */
function rawCodeOf(error: unknown): number | null {
  const { rawCode, message } = error as { rawCode?: unknown; message?: unknown };
  if (typeof rawCode === 'number') return rawCode;
  const said = /: (\d+)"\)$/.exec(String(message))?.[1];
  return said === undefined ? null : Number(said);
}
