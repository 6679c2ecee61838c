import { PORT_VARIABLES } from './host';
import { type KisHost } from './message';
import { KIS_PORTS, type Simulator, startSimulator } from './simulator';
import { startMessage } from './start-message';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The simulator as a process of its own: starts it on the ports of the environment, says how to use it, and
 * stops it on SIGINT and SIGTERM with exit code 0. What prevents the start is said in one line, exit code 1.
 */
export async function runSimulator(environment: Environment): Promise<void> {
  try {
    const realPort = portFrom(environment, 'real');
    const mockPort = portFrom(environment, 'mock');
    const simulator = await startSimulator({ realPort, mockPort });
    stopOnSignals(simulator);
    console.log(startMessage(simulator));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

function stopOnSignals(simulator: Simulator): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Nothing is left to do after that, so the process ends by itself.
    process.once(signal, () => void simulator.stop());
  }
}

function portFrom(environment: Environment, host: KisHost): number {
  const name = PORT_VARIABLES[host];
  const text = environment[name]?.trim() ?? '';
  if (text === '') return KIS_PORTS[host];
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`${name} must be a port number from 0 (any free port) to 65535.`);
}
