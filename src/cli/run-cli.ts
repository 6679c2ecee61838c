import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { AppConfig } from '../config/app-config';
import { parseArguments, wantsJson, type Invocation } from './arguments';
import { UsageError } from './cli-command';
import { CliModule } from './cli.module';
import { commandLog } from './command-log';
import { reportFailure } from './failure';
import { help } from './help';
import { CliOutput, type CliIo } from './output';
import { runningSimulator } from './running-service';

/**
 * Runs one command.
 * @returns the exit code: 0 success, 1 failure, 2 wrong usage.
 */
export async function runCli(
  args: readonly string[],
  readConfig: () => AppConfig,
  outputs: CliIo,
): Promise<number> {
  const io = new CliOutput(outputs);
  try {
    const invocation = parseArguments(args);
    if (invocation === 'help') io.out(help());
    else if (invocation === 'version') io.out(`${version()}\n`);
    else await execute(invocation, readConfig(), io);
    return 0;
  } catch (error) {
    return reportFailure(error, wantsJson(args), io);
  }
}

function version(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function execute(invocation: Invocation, config: AppConfig, io: CliOutput): Promise<void> {
  io.redactor = config.redactor;
  const { json } = invocation;
  const log = (text: string): void => {
    io.err(json ? `${JSON.stringify({ log: text.trimEnd() })}\n` : text);
  };
  const logger = commandLog(config, log);
  const simulatorUrl = await runningSimulator(config);
  if (config.simulator !== null && !json) io.err(whoseFigures(simulatorUrl));
  const app = await NestFactory.createApplicationContext(CliModule.forRoot(config, simulatorUrl), {
    logger,
    abortOnError: false,
  });
  try {
    await invocation.command.run({ ...invocation, app, io });
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, invocation.command) : error;
  } finally {
    await app.close();
  }
}

function whoseFigures(simulatorUrl: string | null): string {
  return simulatorUrl === null
    ? 'Simulated: no service runs with these settings, so this command uses a simulator of its own.\n'
    : `Simulated: the figures are those of the running service (${simulatorUrl}).\n`;
}
