/** Eight digits of an account and perhaps more, as people and programs write them: `50112345`, `5011-2345-01`. */
const DIGITS = /\d(?:[ .-]?\d){7,}/g;
const NUMBER_LENGTH = 8;
/** How many digits of an account number may be shown. */
const SHOWN_DIGITS = 4;

/** Masks all but the first four digits of known account numbers, also inside of a longer row of digits. */
export function maskAccountNumbers(text: string, known: ReadonlySet<string>): string {
  if (known.size === 0 || text.length < NUMBER_LENGTH) return text;
  return text.replace(DIGITS, (row) => maskIn(row, known));
}

function maskIn(row: string, known: ReadonlySet<string>): string {
  const digits = row.replace(/\D/g, '');
  const masked = new Set<number>();
  for (let at = 0; at + NUMBER_LENGTH <= digits.length; at += 1) {
    if (!known.has(digits.slice(at, at + NUMBER_LENGTH))) continue;
    for (let digit = at + SHOWN_DIGITS; digit < at + NUMBER_LENGTH; digit += 1) masked.add(digit);
  }
  if (masked.size === 0) return row;
  let digit = 0;
  return row.replace(/\d/g, (written) => (masked.has(digit++) ? '*' : written));
}
