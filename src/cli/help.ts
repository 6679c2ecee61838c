import type { CliCommand, UsageError } from './cli-command';
import { COMMANDS } from './commands';

const OPTIONS: readonly (readonly [string, string])[] = [
  ['--account <alias>', 'the account, instead of [alias]'],
  ['--json', 'JSON: results on standard output, errors on standard error'],
  ['--yes', 'do not ask for confirmation'],
  ['--version', 'print the version of this program'],
  ['--help', 'print this text'],
];

/** A longer command has its description on the next line. */
const LEFT_COLUMNS = 32;

/** What `kis --help` prints. */
export function help(): string {
  const commands = COMMANDS.map((command) => [usageOf(command), command.summary] as const);
  const line = ([left, right]: readonly [string, string]): string => {
    const gap = left.length <= LEFT_COLUMNS ? '' : `\n  ${' '.repeat(LEFT_COLUMNS)}`;
    return `  ${left.padEnd(LEFT_COLUMNS)}${gap}  ${right}`;
  };
  return [
    'kis - tokens, accounts, balances and orders at KIS (한국투자증권) on the command line',
    '',
    ...commands.map(line),
    '',
    ...OPTIONS.map(line),
    '',
    'Without [alias]: the account "main", or the first configured one if there is no "main"; token status shows all.',
    'The settings are those of the service: the environment, and .env.local and .env in the current directory.',
    'Exit codes: 0 success, 1 failure, 2 wrong usage.',
    '',
  ].join('\n');
}

/**
 * What is wrong with a command line: as one line of JSON, or as text with its usage, which is short, so that the error
 * does not scroll away.
 */
export function usageReport({ message, command }: UsageError, json: boolean): string {
  if (json) return `${JSON.stringify({ code: 'WRONG_USAGE', detail: message })}\n`;
  const usage = command
    ? `Usage: ${usageOf(command)}`
    : `Commands: ${COMMANDS.map(({ name }) => name).join(', ')}.`;
  return `${message}\n${usage}\nkis --help describes all commands.\n`;
}

function usageOf({ name, parameters }: CliCommand): string {
  return `kis ${name} ${parameters}`.trimEnd();
}
