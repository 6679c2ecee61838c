import { ConfigError } from './config/config.error';
import { readConfig } from './config/load-config';
import { KisError } from './kis';
import { AppLogger } from './logging/app-logger';
import { ConsoleOutput } from './logging/console-output';
import { installCrashHandlers } from './logging/crash-handlers';
import { endFailed, mustFinish } from './must-finish';
import { hasNoArguments } from './no-arguments';
import { startApi, StartError } from './start';
import { stopWithNpm } from './stop-with-npm';

const HELP = `Usage: npm start
The trading API, at http://127.0.0.1:3000 (PORT, HOST). Settings are read from the environment, .env.local and .env: see
docs/configuration.md. The command line for tokens, balances and orders is "npm run -s kis -- --help".`;

const standardError = new ConsoleOutput(process.stderr);

async function main(): Promise<void> {
  if (!hasNoArguments(process.argv.slice(2), HELP)) return;
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
