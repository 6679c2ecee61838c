import { escapeControls, type Redactor } from '../kis';

/** An amount, a price, a rate or a quantity: it may happen to have the digits of an account number. */
const DECIMAL = /^[-+]?[\d.]*$/;

/**
 * A value as JSON text for a response or a terminal: without the secrets in use, whoever put them in, and without
 * characters that a terminal obeys, which are written as escapes of JSON.
 *
 * @param indentation spaces for each level, on a line for each value; default: all on one line
 */
export function jsonText(value: unknown, redactor: Redactor, indentation = 0): string {
  const redacted = (_: string, part: unknown): unknown =>
    typeof part !== 'string' || DECIMAL.test(part) ? part : redactor.redact(part);
  return escapeControls(JSON.stringify(value, redacted, indentation), '\n');
}
