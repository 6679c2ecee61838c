import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { env } from 'node:process';

/** Ports that no other test takes, although nothing listens on them yet. */

/** Below the ports that Linux (32768 and above), macOS and Windows (49152 and above) assign to connections. */
const LOWEST = 20_000;
const PORTS_OF_A_WORKER = 1_000;
const WORKERS = 12;

const worker = (Number(env['JEST_WORKER_ID'] ?? 1) - 1) % WORKERS;
let next = randomInt(PORTS_OF_A_WORKER);

/**
 * A port for a process that needs to know it before it starts. Asking the operating system for a port and closing it
 * again would not do: on a busy machine it is given to another connection before the process listens on it. So it is
 * taken from a range that no connection is assigned, a part of it for each Jest worker, and no two calls in a row
 * return the same one.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS_OF_A_WORKER; tries++) {
    const port = LOWEST + worker * PORTS_OF_A_WORKER + next;
    next = (next + 1) % PORTS_OF_A_WORKER;
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port from ${LOWEST} on: end the processes that earlier test runs left behind.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
