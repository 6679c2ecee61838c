import type { CliCommand, UsageError } from './cli-command';
import { COMMANDS } from './commands';

const OPTIONS: readonly (readonly [string, string])[] = [
  ['--account <alias>', 'the account, instead of [alias]'],
  ['--json', 'machine-readable answers on standard output and errors on standard error'],
  ['--yes', 'goes on without asking'],
  ['--version', 'the version of this program'],
  ['--help', 'this text'],
];

/** What `kis --help` prints. */
export function help(): string {
  const commands = COMMANDS.map((command) => [usageOf(command), command.summary] as const);
  const width = Math.max(...[...commands, ...OPTIONS].map(([left]) => left.length));
  const line = ([left, right]: readonly [string, string]): string => `  ${left.padEnd(width)}  ${right}`;
  return [
    'kis - tokens, accounts and balances of KIS (한국투자증권) on the command line',
    '',
    ...commands.map(line),
    '',
    ...OPTIONS.map(line),
    '',
    'The settings are those of the service: .env.local and .env of the current directory, and the environment.',
    'Exit codes: 0 success, 1 failure, 2 wrong usage.',
    '',
  ].join('\n');
}

/** What was wrong with a command line, and how it is written; short, so that the error stays in sight. */
export function usageHint({ message, command }: UsageError): string {
  const usage = command
    ? `Usage: ${usageOf(command)}`
    : `Commands: ${COMMANDS.map(({ name }) => name).join(', ')}.`;
  return `${message}\n${usage}\nkis --help describes all commands.\n`;
}

function usageOf({ name, parameters }: CliCommand): string {
  return `kis ${name} ${parameters}`.trimEnd();
}
