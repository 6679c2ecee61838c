import type { INestApplicationContext } from '@nestjs/common';
import type { CliOutput } from './output';

/** The input of a command, and where it runs. */
export interface CommandContext {
  readonly app: INestApplicationContext;
  /** `undefined`: no account was named. */
  readonly alias: string | undefined;
  /** For `import`; empty otherwise. */
  readonly file: string;
  /** Values of the operands, by name. */
  readonly operands: Readonly<Record<string, string>>;
  /** All arguments of a command that takes any number of them. */
  readonly many: readonly string[];
  /** Values of the options, by name without the hyphens. */
  readonly options: Readonly<Record<string, string | undefined>>;
  /** Names of the options without a value that were given. */
  readonly flags: ReadonlySet<string>;
  readonly json: boolean;
  readonly online: boolean;
  /** Whether the command goes ahead without asking for confirmation. */
  readonly yes: boolean;
  readonly io: CliOutput;
}

/** How a command is called; what it does is in `command-runners.ts`. */
export interface CliCommand<Name extends string = string> {
  /** Up to three words, such as `token get`. */
  readonly name: Name;
  /** The arguments after the name, as the help shows them. */
  readonly parameters: string;
  /** What it does, for the help; one line. */
  readonly summary: string;
  /** Whether a file comes before the alias. */
  readonly takesFile?: boolean;
  readonly takesAlias?: boolean;
  /** The names of the arguments that must follow the name, before the alias. */
  readonly operands?: readonly string[];
  /** What the arguments are that may follow the name in any number, at least one. */
  readonly takesMany?: string;
  /** Options with a value, without the hyphens. */
  readonly options?: readonly string[];
  /** Options without a value, without the hyphens. */
  readonly flags?: readonly string[];
  /** Whether it accepts `--online`. */
  readonly takesOnline?: boolean;
  /** Whether it asks for confirmation on a terminal, because it cannot be undone; `--yes` skips the question. */
  readonly takesYes?: boolean;
}

/** The command line is invalid; the message says which part of it. */
export class UsageError extends Error {
  /** @param command the command, where it is known */
  constructor(
    message: string,
    readonly command?: CliCommand,
  ) {
    super(message);
  }
}
