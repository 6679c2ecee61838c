import { jsonText } from '../platform/json-text';
import { escapeControls } from '../kis/escape-controls';
import { Redactor } from '../kis/redaction/redactor';

/** The outputs of the command line. */
export interface CliIo {
  /** Standard output: results only. */
  readonly out: (text: string) => void;
  /** Standard error: everything else. */
  readonly err: (text: string) => void;
  /** Asks for confirmation; missing without a terminal, as in scripts. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/** Prints what commands write, with secrets redacted and control characters escaped. */
export class CliOutput implements CliIo {
  /** Recognizes secrets by their form; with a configuration, also those configured. */
  redactor = new Redactor();
  readonly confirm?: (question: string) => Promise<boolean>;

  constructor(private readonly io: CliIo) {
    const { confirm } = io;
    if (confirm) this.confirm = (question) => confirm(this.printable(question));
  }

  out(text: string): void {
    this.io.out(this.printable(text));
  }

  err(text: string): void {
    this.io.err(this.printable(text));
  }

  /** Writes the result of a command: `facts` as JSON, or `words`. */
  answer(json: boolean, facts: unknown, words: string): void {
    if (json) this.io.out(`${jsonText(facts, this.redactor, 2)}\n`);
    else this.out(words);
  }

  /** Writes a line that {@link jsonText} has made. */
  line(json: string): void {
    this.io.out(`${json}\n`);
  }

  /** Writes a secret unredacted, for commands whose purpose that is. */
  secret(text: string): void {
    this.io.out(text);
  }

  private printable(text: string): string {
    return escapeControls(this.redactor.redact(text), '\n');
  }
}

/** Lines of `name   value`, aligned. */
export function listing(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => columns(name)));
  return rows.map(([name, value]) => `${pad(name, width, false)}  ${escapeControls(value)}\n`).join('');
}

/** A table; numeric columns are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((line) => line.map((text) => escapeControls(text)));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => columns(line[column] ?? ''))));
  const numeric = head.map((_, column) => rows.every((row) => /^-?[\d,.]+%?$/.test(row[column] ?? '')));
  return lines
    .map(
      (line) =>
        `${line
          .map((text, column) => pad(text, widths[column] ?? 0, numeric[column] ?? false))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Formats `1234567.8900` as `1,234,567.89`, for people to read. */
export function grouped(decimal: string): string {
  const match = /^(-?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(decimal);
  if (!match) return decimal;
  const [, sign = '', whole = '', fraction = ''] = match;
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${groups}${fraction === '' ? '' : `.${fraction}`}`;
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - columns(text)));
  return right ? space + text : text + space;
}

/** Width of `text` in a terminal, where Korean letters take two columns. */
function columns(text: string): number {
  return Array.from(text).reduce(
    (sum, letter) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/.test(letter) ? 2 : 1),
    0,
  );
}
