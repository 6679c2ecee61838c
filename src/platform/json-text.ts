import { escapeControls, type Redactor } from '../kis';

/** An amount, a price, a rate or a quantity: it may happen to have the digits of an account number. */
const DECIMAL = /^[-+]?[\d.]*$/;

/**
 * A response as JSON text: without the secrets in use, whoever put them in, and without characters that a terminal
 * obeys, which are written as escapes of JSON.
 */
export function jsonText(answer: unknown, redactor: Redactor): string {
  const text = JSON.stringify(answer, (_, value: unknown) =>
    typeof value !== 'string' || DECIMAL.test(value) ? value : redactor.redact(value),
  );
  return escapeControls(text);
}
