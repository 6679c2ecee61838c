import { ConfigError } from './config/config.error';
import { readEnvironment } from './config/environment';
import { runSimulator } from './simulator';
import { hasNoArguments } from './no-arguments';
import { stopWithNpm } from './stop-with-npm';

const HELP = `Usage: npm run simulator
The simulated brokerage alone, at the ports SIMULATOR_REAL_PORT (default 9443) and SIMULATOR_MOCK_PORT (29443); 0 is any
free port. Settings are read from the environment, .env.local and .env: see docs/simulator.md.`;

/** `npm run simulator`: the simulator alone, for other clients or another terminal, on the configured ports. */
async function main(): Promise<void> {
  if (!hasNoArguments(process.argv.slice(2), HELP)) return;
  stopWithNpm(process.env);
  await runSimulator(readEnvironment(process.cwd(), process.env).values);
}

main().catch((error: unknown) => {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
