import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.error';
import { shownName } from './known-variables';
import { readSettingsFile, SettingsFileError, type SettingsFile } from './settings-file';
import { parseSettingsLines, type SettingsLines } from './settings-lines';

/** Variables by name. An empty variable counts as not set, unless its description says otherwise. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the value of a variable was written; without a file it is the real environment. */
export interface VariableOrigin {
  readonly file?: string;
  readonly line?: number;
}

export interface ReadEnvironment {
  readonly values: Environment;
  readonly originOf: (name: string) => VariableOrigin;
  /** Which of `.env.local` and `.env` exist. */
  readonly files: readonly string[];
  /** Oddities of the files that do not prevent a start; sentences for the log. */
  readonly warnings: readonly string[];
}

/** In order of precedence. */
const FILES = ['.env.local', '.env'];
/** Names under which Windows editors save `.env.local` and `.env`; these files are not read. */
const MISNAMED = { '.env.local.txt': '.env.local', 'env.local': '.env.local', '.env.txt': '.env' };

const SECRET_NAME = /^(API_KEY|KIS_TOKEN_ENCRYPTION_KEY|KIS_(\w+_)?APP_(KEY|SECRET))$/;
const URL_WITH_PASSWORD = /^\w+:\/\/[^/]*@/;

type NamedLines = SettingsLines & { readonly file: string };

/**
 * The variables that apply in `directory`: the real environment, then `.env.local`, then `.env`. Nothing is written back
 * to the real environment, so keys from a file do not reach child processes.
 *
 * @throws ConfigError when a file exists but cannot be read.
 */
export function readEnvironment(directory: string, real: Environment): ReadEnvironment {
  const warnings = misnamedFiles(directory);
  const found: NamedLines[] = [];
  const problems: string[] = [];
  for (const file of FILES) {
    try {
      const settings = readSettingsFile(join(directory, file));
      if (settings === null) continue;
      const lines = { ...parseSettingsLines(settings.text), file };
      found.push(lines);
      warnings.push(...oddities(lines, settings));
    } catch (error) {
      if (!(error instanceof SettingsFileError)) throw error;
      problems.push(`${file}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems, warnings);
  const values = Object.assign({}, ...found.map((lines) => lines.values).reverse(), real) as Environment;
  const files = found.map(({ file }) => file);
  return { values, originOf: (name) => originOf(name, real, found), files, warnings };
}

function originOf(name: string, real: Environment, found: readonly NamedLines[]): VariableOrigin {
  if (real[name] !== undefined) return {};
  for (const { file, lineOf } of found) {
    const line = lineOf(name);
    if (line !== null) return { file, line };
  }
  return {};
}

function misnamedFiles(directory: string): string[] {
  return Object.entries(MISNAMED)
    .filter(([file]) => existsSync(join(directory, file)))
    .map(([file, meant]) => `${file}: is not read, only ${meant} is; rename it to ${meant}.`);
}

function oddities(lines: NamedLines, { exposure, isChangeable }: SettingsFile): string[] {
  const { file, values } = lines;
  const isEmpty = Object.keys(values).length === 0;
  const isPrivate = file === '.env.local' || Object.entries(values).some(isSecret);
  const isExposed = isPrivate && (isChangeable || !isEmpty);
  return [
    ...linesWithoutEffect(lines, isEmpty),
    ...repeatedVariables(lines),
    ...(isExposed && exposure !== null ? [`${file}: ${exposure}`] : []),
  ];
}

/** Lines such as `set A=1` and `$env:A=1` are for shells. */
function linesWithoutEffect({ file, strayLines }: NamedLines, isEmpty: boolean): string[] {
  if (strayLines.length > 0) {
    const numbers = strayLines.slice(0, 5).join(', ') + (strayLines.length > 5 ? ' …' : '');
    const fault =
      strayLines.length === 1
        ? `line ${numbers} sets no variable and has no effect`
        : `lines ${numbers} set no variable and have no effect`;
    return [`${file}: ${fault}; write NAME=value, without "set" or "$env:".`];
  }
  return isEmpty ? [`${file}: sets no variable; write lines such as KIS_APP_KEY=….`] : [];
}

/** A second block of keys is easily added below the first. */
function repeatedVariables({ file, repeated }: NamedLines): string[] {
  return [...repeated].map(([name, lines]) => {
    const numbers = `${lines.slice(0, -1).join(', ')} and ${lines.at(-1) ?? ''}`;
    return `${file}: ${shownName(name)} is set on lines ${numbers}; the last of them applies. Remove the others.`;
  });
}

function isSecret([name, value]: [string, string]): boolean {
  return (SECRET_NAME.test(name) && value !== '') || URL_WITH_PASSWORD.test(value);
}
