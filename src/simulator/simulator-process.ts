import { PORT_VARIABLES } from './host';
import { type KisHost } from './message';
import { SOCKET_PORT_VARIABLES } from './realtime/socket-host';
import { KIS_PORTS, KIS_SOCKET_PORTS, type Simulator, startSimulator } from './simulator';
import { startMessage } from './start-message';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The simulator as a process of its own: starts it on the ports of the environment, prints how to use it, and stops it
 * on SIGINT and SIGTERM with exit code 0. A failed start is reported in one line, with exit code 1.
 */
export async function runSimulator(environment: Environment): Promise<void> {
  try {
    const simulator = await startSimulator(portsFrom(environment));
    stopOnSignals(simulator);
    console.log(startMessage(simulator));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** The ports of the hosts, and those of their websockets; `null`: the port of the host. */
export function portsFrom(environment: Environment) {
  return {
    realPort: portFrom(environment, 'real'),
    mockPort: portFrom(environment, 'mock'),
    realSocketPort: socketPortFrom(environment, 'real'),
    mockSocketPort: socketPortFrom(environment, 'mock'),
  };
}

function stopOnSignals(simulator: Simulator): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Nothing is left to do after that, so the process ends by itself.
    process.once(signal, () => void simulator.stop());
  }
}

function portFrom(environment: Environment, host: KisHost): number {
  return portNamed(environment, PORT_VARIABLES[host]) ?? KIS_PORTS[host];
}

/** A host on another port than KIS's has its websockets there too, unless they get a port of their own. */
function socketPortFrom(environment: Environment, host: KisHost): number | null {
  const isMoved = portFrom(environment, host) !== KIS_PORTS[host];
  return portNamed(environment, SOCKET_PORT_VARIABLES[host]) ?? (isMoved ? null : KIS_SOCKET_PORTS[host]);
}

function portNamed(environment: Environment, name: string): number | null {
  const text = environment[name]?.trim() ?? '';
  if (text === '') return null;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`${name} must be a port number from 0 (any free port) to 65535.`);
}
