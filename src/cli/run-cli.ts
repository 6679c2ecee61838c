import { NestFactory } from '@nestjs/core';
import { parseArgs } from 'node:util';
import { ConfigError } from '../config/config.error';
import type { AppConfig } from '../config/app-config';
import { KisError } from '../kis';
import { AppLogger } from '../logging/app-logger';
import { accounts, balance } from './account-commands';
import type { CliCommand, CommandContext } from './cli-command';
import { CliModule } from './cli.module';
import { DoctorFoundFaults, doctor } from './doctor';
import type { CliIo } from './output';
import { importToken, tokenDelete, tokenGet, tokenRefresh, tokenRevoke, tokenStatus } from './token-commands';
import { USAGE, UsageError } from './usage';

const COMMANDS: Readonly<Record<string, CliCommand>> = {
  'token status': { takesAlias: true, run: tokenStatus },
  'token get': { takesAlias: true, run: tokenGet },
  'token refresh': { takesAlias: true, run: tokenRefresh },
  'token delete': { takesAlias: true, run: tokenDelete },
  'token revoke': { takesAlias: true, run: tokenRevoke },
  import: { takesFile: true, takesAlias: true, run: importToken },
  accounts: { takesAlias: false, run: accounts },
  balance: { takesAlias: true, run: balance },
  doctor: { takesAlias: false, run: doctor },
};

interface Invocation extends Pick<CommandContext, 'alias' | 'file' | 'json' | 'online'> {
  readonly command: CliCommand;
}

/**
 * Runs one command.
 * @returns the exit code: 0 fine, 1 failed, 2 wrong usage.
 */
export async function runCli(
  args: readonly string[],
  readConfig: () => AppConfig,
  io: CliIo,
): Promise<number> {
  try {
    const invocation = parse(args);
    if (invocation === 'help') io.out(USAGE);
    else await execute(invocation, readConfig(), io);
    return 0;
  } catch (error) {
    return complain(error, io);
  }
}

async function execute(invocation: Invocation, config: AppConfig, io: CliIo): Promise<void> {
  const logger = AppLogger.from(config.with({ log: { ...config.log, level: 'warn' } }), io.err);
  const app = await NestFactory.createApplicationContext(CliModule.forRoot(config), {
    logger,
    abortOnError: false,
  });
  try {
    await invocation.command.run({ ...invocation, app, io });
  } finally {
    await app.close();
  }
}

function parse(args: readonly string[]): Invocation | 'help' {
  const { values, positionals } = parseOptions(args);
  if (values.help || positionals.length === 0) return 'help';
  const words = positionals[0] === 'token' ? 2 : 1;
  const name = positionals.slice(0, words).join(' ');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new UsageError(`There is no command "${name}".`);
  const rest = positionals.slice(words);
  const file = command.takesFile ? rest.shift() : '';
  if (file === undefined) throw new UsageError(`"${name}" needs a file.`);
  if (rest.length > (command.takesAlias ? 1 : 0))
    throw new UsageError(`"${name}" does not take "${rest.join(' ')}".`);
  return { command, file, alias: rest[0], json: values.json ?? false, online: values.online ?? false };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        online: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function complain(error: unknown, io: CliIo): number {
  if (error instanceof UsageError) {
    io.err(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (error instanceof DoctorFoundFaults) return 1;
  io.err(`${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof KisError && error.retryAt)
    io.err(`Try again after ${error.retryAt.toLocaleString('sv-SE')}.\n`);
  else if (!(error instanceof KisError || error instanceof ConfigError)) io.err('Nothing was changed.\n');
  return 1;
}
