/** Decimal numbers as KIS and callers write them: digits with an optional fraction, never a float. */

const DECIMAL = /^\d{1,19}(\.\d{1,12})?$/;
const SCALE = 12;

/** Whether it is an unsigned decimal number such as `70000` or `0.5`. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** One spelling for each number: `070000.50` becomes `70000.5`. The text must be a decimal. */
export function normalDecimal(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  const digits = whole.replace(/^0+(?=\d)/, '');
  const rest = fraction.replace(/0+$/, '');
  return rest === '' ? digits : `${digits}.${rest}`;
}

/** The number times 10^12, for exact arithmetic. The text must be a decimal. */
export function scaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(SCALE, '0'));
}

/** The text of a number that {@link scaled} made. */
export function unscaled(value: bigint): string {
  const digits = value.toString().padStart(SCALE + 1, '0');
  return normalDecimal(`${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`);
}

/** The exact product. Both texts must be decimals. */
export function product(one: string, other: string): string {
  return unscaled((scaled(one) * scaled(other)) / 10n ** BigInt(SCALE));
}
