import { ConfigError } from './config/config.error';
import { readEnvironment } from './config/environment';
import { runSimulator } from './simulator';
import { stopWithNpm } from './stop-with-npm';

/** `npm run simulator`: the simulator alone, for other clients or another terminal, on the configured ports. */
async function main(): Promise<void> {
  stopWithNpm(process.env);
  await runSimulator(readEnvironment(process.cwd(), process.env).values);
}

main().catch((error: unknown) => {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
