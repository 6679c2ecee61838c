import { escapeControls } from '../kis/escape-controls';
import type { Redactor } from '../kis/redaction/redactor';

/**
 * An amount, price, rate or quantity; not redacted, although it may happen to contain the digits of an account number.
 */
const DECIMAL = /^[-+]?[\d.]*$/;

/**
 * Serializes a value as JSON for a response or a terminal, with secrets redacted, whatever their origin, and control
 * characters escaped.
 *
 * @param indentation spaces for each level, on a line for each value; default: all on one line
 */
export function jsonText(value: unknown, redactor: Redactor, indentation = 0): string {
  const redacted = (_: string, part: unknown): unknown =>
    typeof part !== 'string' || DECIMAL.test(part) ? part : redactor.redact(part);
  return escapeControls(JSON.stringify(value, redacted, indentation), '\n');
}
