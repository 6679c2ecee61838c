import { ConfigError } from './config/config.error';
import { readConfig } from './config/load-config';
import { KisError } from './kis';
import { AppLogger } from './logging/app-logger';
import { ConsoleOutput } from './logging/console-output';
import { installCrashHandlers } from './logging/crash-handlers';
import { endFailed, mustFinish } from './must-finish';
import { startApi, StartError } from './start';
import { stopWithNpm } from './stop-with-npm';

const standardError = new ConsoleOutput(process.stderr);

async function main(): Promise<void> {
  const config = readConfig();
  const logger = AppLogger.from(config);
  installCrashHandlers(logger);
  stopWithNpm(process.env);
  await startApi(config, logger);
}

mustFinish(main(), standardError.write).catch((error: unknown) => {
  // The user can correct these; anything else is a bug and goes to the crash handlers.
  if (!(error instanceof ConfigError || error instanceof StartError || error instanceof KisError))
    throw error;
  standardError.write(`${error.message}\n`);
  endFailed(1);
});
