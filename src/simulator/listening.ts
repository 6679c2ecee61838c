import { once } from 'node:events';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** Starts servers, with a clear message about a port in use. */

export interface ListenOptions {
  /** "real host" and the like, for the message about a taken port. */
  readonly what: string;
  readonly address: string;
  readonly port: number;
  /** Variable that chooses the port. */
  readonly variable: string;
}

/**
 * Makes a server listen.
 * @returns host and port for a URL
 * @throws Error that names the port and the variable to change, when it cannot listen on the port
 */
export async function listenOn(server: Server, options: ListenOptions): Promise<string> {
  server.listen(options.port, options.address);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(explanation(options, cause), { cause });
  }
  const { port } = server.address() as AddressInfo;
  return `${urlHost(options.address)}:${port}`;
}

function explanation({ what, address, port, variable }: ListenOptions, cause: unknown): string {
  const { code: reason } = cause as NodeJS.ErrnoException;
  const why = reason === 'EADDRINUSE' ? 'the port is in use by another program' : String(reason);
  return (
    `The KIS simulator cannot listen on ${address}:${port} for its ${what}: ${why}. ` +
    `Stop what uses port ${port}, or set ${variable} to a free one.`
  );
}

function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
