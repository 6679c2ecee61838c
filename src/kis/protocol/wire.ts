/** A record of an answer as KIS sends it. */
export type WireRecord = Readonly<Record<string, unknown>>;

/** An answer does not have the form that KIS documents. */
export class NotAsDocumented extends Error {
  /** @param field the place that is missing or has another type, such as `output1[3].pdno`; never its content. */
  constructor(readonly field: string) {
    super(field);
  }
}

/**
 * Reads a part of an answer; `path` is its place, for messages.
 *
 * @throws NotAsDocumented for the first field that is missing or of another kind.
 */
export type WireReader<T> = (value: unknown, path: string) => T;

/** A reader for an answer with these named parts, each with a reader of its own. */
export function answerOf<T>(parts: { readonly [K in keyof T]: WireReader<T[K]> }): WireReader<T> {
  const names = Object.keys(parts) as (keyof T & string)[];
  return (value, path) => {
    const answer = wireRecord(value, path);
    const read: Partial<T> = {};
    for (const name of names) read[name] = parts[name](answer[name], path === '' ? name : `${path}.${name}`);
    return read as T;
  };
}

/** Ten times the rows of the longest page (KIS portal, 해외주식 잔고). */
const MOST_ROWS = 1000;

/**
 * A list of an answer: an array, which may be empty, or a single record instead of an array of one. It may not be
 * missing: an answer without its list does not mean an empty list. Rows without any content are left out; a row of
 * zeros is content.
 */
export function listOf<T>(row: WireReader<T>): WireReader<T[]> {
  return rowsOf(row, isBlank);
}

/**
 * As {@link listOf}, for a list of what an account has: a row that cannot be understood must not make it look emptier. Only
 * a record that has all the `keys` and nothing but blank text is left out.
 */
export function fullListOf<T>(row: WireReader<T>, keys: readonly string[]): WireReader<T[]> {
  return rowsOf(row, (value) => isFiller(value, keys));
}

function rowsOf<T>(row: WireReader<T>, isLeftOut: (value: unknown) => boolean): WireReader<T[]> {
  return (value, path) => {
    if (Array.isArray(value) && value.length <= MOST_ROWS) {
      const rows: readonly unknown[] = value;
      return rows.filter((each) => !isLeftOut(each)).map((each, index) => row(each, `${path}[${index}]`));
    }
    if (Array.isArray(value) || isBlank(value)) throw new NotAsDocumented(path);
    return [row(value, `${path}[0]`)];
  };
}

/** A single structure of an answer: a record, or an array of one. It may not be missing, empty or blank. */
export function structureOf<T>(structure: WireReader<T>): WireReader<T> {
  return (value, path) => structure(lastFilled(value), path);
}

/** As {@link structureOf}; `null` when it is empty or blank. It may not be missing. */
export function structureOrNull<T>(structure: WireReader<T>): WireReader<T | null> {
  return (value, path) => {
    if (value === undefined || value === null) throw new NotAsDocumented(path);
    const found = lastFilled(value);
    return found === undefined ? null : structure(found, path);
  };
}

/** A reader for any record, unchanged. */
export const wireRecord: WireReader<WireRecord> = (value, path) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as WireRecord;
  throw new NotAsDocumented(path);
};

function lastFilled(value: unknown): unknown {
  return filled(Array.isArray(value) ? value : [value]).at(-1);
}

function filled(rows: readonly unknown[]): unknown[] {
  return rows.filter((row) => !isBlank(row));
}

function isFiller(value: unknown, keys: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return (
    keys.every((key) => key in value) &&
    Object.values(value).every((each) => typeof each === 'string' && each.trim() === '')
  );
}

/** Missing, blank text, or a record of only such values: records of KIS hold texts only. */
function isBlank(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isBlankLeaf(value);
  return Object.values(value).every(isBlankLeaf);
}

function isBlankLeaf(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
