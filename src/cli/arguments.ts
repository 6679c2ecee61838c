import { parseArgs } from 'node:util';
import { UsageError, type CliCommand, type CommandContext } from './cli-command';
import { COMMANDS, type CommandName } from './commands';

export interface Invocation extends Pick<
  CommandContext,
  'alias' | 'file' | 'operands' | 'many' | 'options' | 'flags' | 'json' | 'online' | 'yes'
> {
  readonly command: CliCommand<CommandName>;
}

/** Whether errors are to be reported as JSON; works for an invalid command line too. */
export function wantsJson(args: readonly string[]): boolean {
  return args.includes('--json');
}

/**
 * Parses a command line.
 * @throws UsageError naming the part that is wrong.
 */
export function parseArguments(args: readonly string[]): Invocation | 'help' | 'version' {
  const { values, positionals } = parseOptions(args);
  if (values.version) return 'version';
  if (values.help || positionals.length === 0 || positionals[0] === 'help') return 'help';
  const { command, rest } = findCommand(positionals);
  const file = command.takesFile ? rest.shift() : '';
  if (file === undefined) throw new UsageError(`"${command.name}" needs a file.`, command);
  const operands = operandsOf(command, rest);
  const many = command.takesMany === undefined ? [] : rest.splice(0);
  if (command.takesMany !== undefined && many.length === 0) {
    throw new UsageError(`"${command.name}" needs <${command.takesMany}>.`, command);
  }
  const { json = false, online = false, yes = false, account, ...others } = values;
  const options = optionsOf(command, others);
  const flags = flagsOf(command, others);
  if (online && !command.takesOnline) {
    throw new UsageError(`"${command.name}" does not take --online.`, command);
  }
  if (yes && !command.takesYes) throw new UsageError(`"${command.name}" does not take --yes.`, command);
  return {
    command,
    file,
    operands,
    many,
    options,
    flags,
    alias: aliasOf(command, rest, account),
    json,
    online,
    yes,
  };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        account: { type: 'string' },
        json: { type: 'boolean' },
        online: { type: 'boolean' },
        yes: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
        ...Object.fromEntries(COMMAND_FLAGS.map((name) => [name, { type: 'boolean' as const }])),
        ...Object.fromEntries(COMMAND_OPTIONS.map((name) => [name, { type: 'string' as const }])),
      },
    });
  } catch (error) {
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UsageError(`${sentence}.`, commandNamedBy(args)?.command);
  }
}

interface FoundCommand {
  readonly command: CliCommand<CommandName>;
  /** What follows its name. */
  readonly rest: string[];
}

function commandNamedBy(words: readonly string[]): FoundCommand | null {
  for (const length of [3, 2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = COMMANDS.find((each) => each.name === name);
    if (command) return { command, rest: words.slice(length) };
  }
  return null;
}

function findCommand(positionals: readonly string[]): FoundCommand {
  const found = commandNamedBy(positionals);
  if (found) return found;
  const [first = '', second] = positionals;
  const isGroup = COMMANDS.some(({ name }) => name.startsWith(`${first} `));
  if (isGroup && second === undefined) throw new UsageError(`"${first}" needs a second word.`);
  throw new UsageError(`There is no command "${isGroup ? `${first} ${second ?? ''}` : first}".`);
}

/** Options of single commands. */
const COMMAND_OPTIONS = [...new Set(COMMANDS.flatMap(({ options = [] }) => options))];

/** Options of single commands that take no value. */
const COMMAND_FLAGS = [...new Set(COMMANDS.flatMap(({ flags = [] }) => flags))];

function flagsOf(command: CliCommand, values: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const given = Object.keys(values).filter((name) => COMMAND_FLAGS.includes(name));
  const foreign = given.find((name) => !command.flags?.includes(name));
  if (foreign !== undefined) throw new UsageError(`"${command.name}" does not take --${foreign}.`, command);
  return new Set(given);
}

function operandsOf(command: CliCommand, rest: string[]): Record<string, string> {
  return Object.fromEntries(
    (command.operands ?? []).map((name) => {
      const given = rest.shift();
      if (given === undefined) throw new UsageError(`"${command.name}" needs <${name}>.`, command);
      return [name, given];
    }),
  );
}

function optionsOf(
  command: CliCommand,
  values: Readonly<Record<string, unknown>>,
): Record<string, string | undefined> {
  const given = Object.entries(values).filter(([name]) => COMMAND_OPTIONS.includes(name));
  const [foreign] = given.find(([name]) => !command.options?.includes(name)) ?? [];
  if (foreign !== undefined) throw new UsageError(`"${command.name}" does not take --${foreign}.`, command);
  return Object.fromEntries(given) as Record<string, string | undefined>;
}

function aliasOf(command: CliCommand, rest: readonly string[], account?: string): string | undefined {
  const named = [...rest, ...(account === undefined ? [] : [account])];
  if (!command.takesAlias && named.length > 0) {
    throw new UsageError(`"${command.name}" does not take "${named.join(' ')}".`, command);
  }
  if (new Set(named).size > 1) {
    throw new UsageError(`"${command.name}" takes one account, not "${named.join(' ')}".`, command);
  }
  return named[0];
}
