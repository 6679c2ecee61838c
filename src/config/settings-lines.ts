import { parse } from 'dotenv';

/** The content of one file of lines `NAME=value`. */
export interface SettingsLines {
  readonly values: Readonly<Record<string, string>>;
  /** The line that sets a variable, counted from 1, the last one if several do; `null` when none does. */
  readonly lineOf: (name: string) => number | null;
  /** The lines of each variable that is set more than once. */
  readonly repeated: ReadonlyMap<string, readonly number[]>;
  /** The lines that are neither empty, nor a comment, nor part of an assignment. */
  readonly strayLines: readonly number[];
}

const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:\s)/;
const BLANK_OR_COMMENT = /^\s*(#|$)/;

/** Parses `text` as dotenv does: quotes, comments, `export`, multi-line values; the last assignment wins. */
export function parseSettingsLines(text: string): SettingsLines {
  const values = parse(text);
  const lines = text.split(/\r\n?|\n/);
  const assigned = new Map<string, number[]>();
  const strayLines: number[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const name = ASSIGNMENT.exec(line)?.[1];
    if (name === undefined) {
      if (!BLANK_OR_COMMENT.test(line)) strayLines.push(index + 1);
      continue;
    }
    assigned.set(name, [...(assigned.get(name) ?? []), index + 1]);
    // dotenv drops names such as `__proto__`, for which a plain object has an inherited value.
    index += continuationLines(Object.hasOwn(values, name) ? values[name] : undefined, line);
  }
  const repeated = new Map([...assigned].filter(([, lineNumbers]) => lineNumbers.length > 1));
  return { values, lineOf: (name) => assigned.get(name)?.at(-1) ?? null, repeated, strayLines };
}

/** A quoted value may contain line breaks, unless they are written as `\n`. */
function continuationLines(value: string | undefined, line: string): number {
  return line.includes('\\n') ? 0 : (value?.split('\n').length ?? 1) - 1;
}
