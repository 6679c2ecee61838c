import { NotAsDocumented, wireRecord, type WireReader } from './wire';

/** How one field of a record of KIS is read. */
export interface WireField<V> {
  /** As KIS calls it. */
  readonly wireName: string;
  /** Its value; `undefined` when it is not as documented. */
  readonly read: (value: unknown) => V | undefined;
}

/** Codes of stocks have up to 12 characters, of exchanges and currencies up to 4 (KIS portal). */
const IDENTITY = /^[\x21-\x7e]{1,20}$/;
/** KIS writes numbers without exponent and separators; the longest field has 30 places. */
const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)$/;
const LONGEST_DECIMAL = 40;
/** Names have up to 60 bytes (KIS portal). */
const LONGEST_DESCRIPTION = 200;
/** Control characters, also those of C1, and what terminals and JavaScript take for the end of a line. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** A field that identifies the record, such as the code of a stock. It must not be missing or blank. */
export function identity(wireName: string): WireField<string> {
  return {
    wireName,
    read: (value) => {
      const text = typeof value === 'string' ? value.trim() : '';
      return IDENTITY.test(text) ? text : undefined;
    },
  };
}

/** A price, an amount or a quantity: the string that KIS sent. It must be present and a number. */
export function figure(wireName: string): WireField<string> {
  return { wireName, read: (value) => (isDecimal(value) ? value : undefined) };
}

/** A supplementary number, such as a rate that follows from others; `null` when it is missing or not a number. */
export function figureOrNull(wireName: string): WireField<string | null> {
  return { wireName, read: (value) => (isDecimal(value) ? value : null) };
}

/** A supplementary text, such as a name; `null` when it is missing, blank or not a text. */
export function description(wireName: string): WireField<string | null> {
  return { wireName, read: (value) => (isDescription(value) ? value : null) };
}

type Values<F> = { readonly [K in keyof F]: F[K] extends WireField<infer V> ? V : never };

/** A reader for a record, whose fields get the library's own names. */
export function recordOf<F extends Readonly<Record<string, WireField<string | null>>>>(
  fields: F,
): WireReader<Values<F>> {
  const table = Object.entries(fields);
  return (value, path) => {
    const theirs = wireRecord(value, path);
    const ours: Record<string, string | null> = {};
    for (const [name, { wireName, read }] of table) {
      const field = read(theirs[wireName]);
      if (field === undefined) throw new NotAsDocumented(`${path}.${wireName}`);
      ours[name] = field;
    }
    return ours as Values<F>;
  };
}

/** Whether a number that KIS sent is zero, however it is written. */
export function isZero(decimal: string): boolean {
  return /^[-+]?(?=.*0)0*\.?0*$/.test(decimal);
}

function isDecimal(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_DECIMAL && DECIMAL.test(value);
}

function isDescription(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= LONGEST_DESCRIPTION &&
    !CONTROL.test(value)
  );
}
