import { z } from 'zod';

/** A record of an answer as KIS sends it. */
export type WireRecord = Readonly<Record<string, unknown>>;

/**
 * A list of an answer. KIS sends it as an array, sometimes as a single object, sometimes not at all. Rows without any
 * content are dropped; a row of zeros is content.
 */
export function rowsOf<T>(row: z.ZodType<T>): z.ZodType<T[]> {
  return z.preprocess(rowsIn, z.array(row));
}

/** A single structure of an answer: an object, or an array of one; `null` when it is missing, empty or blank. */
export function structureOf<T>(structure: z.ZodType<T>): z.ZodType<T> {
  return z.preprocess((value) => rowsIn(value).at(-1) ?? null, structure);
}

/** Any record. */
export const wireRecord: z.ZodType<WireRecord> = z.record(z.string(), z.unknown());

/**
 * The schema of a record under our own names, by a table of ours to theirs. Every field of the table is required and
 * stays the string that KIS sent, also an empty one.
 */
export function renamed<T extends Readonly<Record<string, string>>>(
  fields: T,
): z.ZodType<{ readonly [K in keyof T]: string }> {
  const shape = Object.fromEntries(Object.values(fields).map((wireName) => [wireName, z.string()]));
  return z.looseObject(shape).transform((row) => mapped(fields, (wireName) => row[wireName] ?? ''));
}

/** As {@link renamed}, for fields that KIS leaves out when they are empty: `null` then. */
export function renamedOptional<T extends Readonly<Record<string, string>>>(
  fields: T,
): z.ZodType<{ readonly [K in keyof T]: string | null }> {
  const shape = Object.fromEntries(
    Object.values(fields).map((wireName) => [wireName, z.string().optional()]),
  );
  return z.looseObject(shape).transform((row) => mapped(fields, (wireName) => row[wireName] ?? null));
}

/** What an empty structure reads as: KIS said nothing, so every field is the empty string. */
export function unsaid<T extends Readonly<Record<string, string>>>(
  fields: T,
): { readonly [K in keyof T]: string } {
  return mapped(fields, () => '');
}

function mapped<T extends Readonly<Record<string, string>>, V>(
  fields: T,
  value: (wireName: string) => V,
): { readonly [K in keyof T]: V } {
  const entries = Object.entries(fields).map(([name, wireName]) => [name, value(wireName)]);
  return Object.fromEntries(entries) as { readonly [K in keyof T]: V };
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
