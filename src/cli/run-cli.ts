import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppConfig } from '../config/app-config';
import { parseArguments, wantsJson } from './arguments';
import { UsageError } from './cli-command';
import { executeCommand } from './execute-command';
import { reportFailure } from './failure';
import { help, usageReport } from './help';
import { CliOutput, type CliIo } from './output';

const WRONG_USAGE = 2;

/**
 * Runs one command. Nest and the library are loaded once the command line has proved valid, with the files that are
 * `lazy` in `.swcrc`; help, the version and wrong usage need none of them.
 *
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage.
 */
export async function runCli(
  args: readonly string[],
  readConfig: () => AppConfig,
  outputs: CliIo,
): Promise<number> {
  const io = new CliOutput(outputs);
  const json = wantsJson(args);
  try {
    const invocation = parseArguments(args);
    if (invocation === 'help') io.out(help());
    else if (invocation === 'version') io.out(`${version()}\n`);
    else await executeCommand(invocation, readConfig(), io);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) return reportFailure(error, json, io);
    io.err(usageReport(error, json));
    return WRONG_USAGE;
  }
}

function version(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
