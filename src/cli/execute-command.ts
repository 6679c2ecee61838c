import { NestFactory } from '@nestjs/core';
import type { AppConfig } from '../config/app-config';
import type { Invocation } from './arguments';
import { UsageError } from './cli-command';
import { CliModule } from './cli.module';
import { commandLog } from './command-log';
import { RUNNERS } from './command-runners';
import type { CliOutput } from './output';
import { runningSimulator } from './running-service';

/** Carries out one command, with the library in a Nest context of its own. */
export async function executeCommand(
  invocation: Invocation,
  config: AppConfig,
  io: CliOutput,
): Promise<void> {
  io.redactor = config.redactor;
  const { command, json } = invocation;
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
    await RUNNERS[command.name]({ ...invocation, app, io });
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.message, command) : error;
  } finally {
    await app.close();
  }
}

function whoseFigures(simulatorUrl: string | null): string {
  return simulatorUrl === null
    ? 'Simulated: no service runs with these settings, so this command uses a simulator of its own.\n'
    : `Simulated: the figures are those of the running service (${simulatorUrl}).\n`;
}
