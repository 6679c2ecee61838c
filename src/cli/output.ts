import { jsonText } from '../platform/json-text';
import { escapeControls, Redactor } from '../kis';

/** Where answers and complaints of the command line go. */
export interface CliIo {
  /** Standard output: answers only. */
  readonly out: (text: string) => void;
  /** Standard error: everything else. */
  readonly err: (text: string) => void;
  /** Asks the person at the terminal; missing where there is none, as in scripts. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/** What commands print: without the secrets in use and without characters that a terminal obeys. */
export class CliOutput implements CliIo {
  /** Knows the shapes of secrets; once there is a configuration, its secrets too. */
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

  /** The answer of a command: its facts as JSON, or the same in words. */
  answer(json: boolean, facts: unknown, words: string): void {
    if (json) this.io.out(`${jsonText(facts, this.redactor, 2)}\n`);
    else this.out(words);
  }

  /** A secret that the command was asked for, as it is. */
  secret(text: string): void {
    this.io.out(text);
  }

  private printable(text: string): string {
    return escapeControls(this.redactor.redact(text), '\n');
  }
}

/** Lines of `name   value`, the names in one column. */
export function listing(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => columns(name)));
  return rows.map(([name, value]) => `${pad(name, width, false)}  ${escapeControls(value)}\n`).join('');
}

/** A table; columns in which every entry is a number stand to the right. */
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

/** `1234567.8900` as `1,234,567.89`: for people only. */
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

/** Columns in a terminal: Korean letters take two. */
function columns(text: string): number {
  return Array.from(text).reduce(
    (sum, letter) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/.test(letter) ? 2 : 1),
    0,
  );
}
