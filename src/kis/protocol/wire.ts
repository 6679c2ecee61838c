/** A record of an answer as KIS sends it. */
export type WireRecord = Readonly<Record<string, unknown>>;

/** An answer has not what KIS documents. */
export class NotAsDocumented extends Error {
  /** @param field where it is missing or of another kind, such as `output1[3].pdno`; never what is there. */
  constructor(readonly field: string) {
    super(field);
  }
}

/**
 * Reads a part of an answer, which is found at `path`.
 *
 * @throws NotAsDocumented for the first field that is missing or of another kind.
 */
export type WireReader<T> = (value: unknown, path: string) => T;

/** The parts of an answer by their names. */
export function answerOf<T>(parts: { readonly [K in keyof T]: WireReader<T[K]> }): WireReader<T> {
  const names = Object.keys(parts) as (keyof T & string)[];
  return (value, path) => {
    const answer = wireRecord(value, path);
    const read: Partial<T> = {};
    for (const name of names) read[name] = parts[name](answer[name], path === '' ? name : `${path}.${name}`);
    return read as T;
  };
}

/**
 * A list of an answer. KIS sends it as an array, sometimes as a single object, sometimes not at all. Rows without any
 * content are dropped; a row of zeros is content.
 */
export function rowsOf<T>(row: WireReader<T>): WireReader<T[]> {
  const list = listOf(row);
  return (value, path) => list(rowsIn(value), path);
}

/** A list that {@link rowsOf} has read before, now with more known of its rows. */
export function listOf<T>(row: WireReader<T>): WireReader<T[]> {
  return (value, path) => (value as unknown[]).map((each, index) => row(each, `${path}[${index}]`));
}

/** What two readers find in one place, together. */
export function bothOf<A, B>(one: WireReader<A>, other: WireReader<B>): WireReader<A & B> {
  return (value, path) => ({ ...one(value, path), ...other(value, path) });
}

/** A single structure of an answer: an object, or an array of one. It may not be missing, empty or blank. */
export function structureOf<T>(structure: WireReader<T>): WireReader<T> {
  return (value, path) => structure(rowsIn(value).at(-1), path);
}

/** As {@link structureOf}; `null` when it is missing, empty or blank. */
export function structureOrNull<T>(structure: WireReader<T>): WireReader<T | null> {
  return (value, path) => {
    const found = rowsIn(value).at(-1);
    return found === undefined ? null : structure(found, path);
  };
}

/** Any record, as it is. */
export const wireRecord: WireReader<WireRecord> = (value, path) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as WireRecord;
  throw new NotAsDocumented(path);
};

/**
 * A record under our own names, by a table of ours to theirs. Every field of the table is required and stays the
 * string that KIS sent, also an empty one.
 */
export function renamed<T extends Readonly<Record<string, string>>>(
  fields: T,
): WireReader<{ readonly [K in keyof T]: string }> {
  return mapped(fields, (value) => (typeof value === 'string' ? value : undefined));
}

/** As {@link renamed}, for fields that KIS leaves out when they are empty: `null` then. */
export function renamedOptional<T extends Readonly<Record<string, string>>>(
  fields: T,
): WireReader<{ readonly [K in keyof T]: string | null }> {
  return mapped(fields, (value = null) => (typeof value === 'string' || value === null ? value : undefined));
}

/** What an empty structure reads as: KIS said nothing, so every field is the empty string. */
export function unsaid<T extends Readonly<Record<string, string>>>(
  fields: T,
): { readonly [K in keyof T]: string } {
  return mapped(fields, () => '')({}, '');
}

/** @param read what a field becomes; `undefined` when it is not as documented. */
function mapped<T extends Readonly<Record<string, string>>, V>(
  fields: T,
  read: (value: unknown) => V | undefined,
): WireReader<{ readonly [K in keyof T]: V }> {
  const table = Object.entries(fields);
  return (value, path) => {
    const theirs = wireRecord(value, path);
    const ours: Record<string, V> = {};
    for (const [name, wireName] of table) {
      const field = read(theirs[wireName]);
      if (field === undefined) throw new NotAsDocumented(`${path}.${wireName}`);
      ours[name] = field;
    }
    return ours as { readonly [K in keyof T]: V };
  };
}

function rowsIn(value: unknown): unknown[] {
  const rows: unknown[] = Array.isArray(value) ? value : [value];
  return rows.filter((row) => !isBlank(row));
}

function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.values(value).every(isBlank);
}
