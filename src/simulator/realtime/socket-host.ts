import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { listenOn } from '../listening';
import { type KisHost } from '../message';
import { type Sockets } from './sockets';

export interface SocketHostOptions {
  readonly kisHost: KisHost;
  readonly address: string;
  readonly port: number;
  readonly sockets: Sockets;
}

/** Variables that choose the ports of the websocket hosts. */
export const SOCKET_PORT_VARIABLES: Readonly<Record<KisHost, string>> = {
  real: 'SIMULATOR_REAL_SOCKET_PORT',
  mock: 'SIMULATOR_MOCK_SOCKET_PORT',
};

const UPGRADE_REQUIRED = 426;

/** A websocket host on a port of its own, as KIS has them. */
export class SocketHost {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @throws Error that names the port and the variable to change, when the port cannot be had. */
  static async listen({ kisHost, address, port, sockets }: SocketHostOptions): Promise<SocketHost> {
    const server = createServer((_request, response) => {
      response.writeHead(UPGRADE_REQUIRED, { Upgrade: 'websocket' }).end();
    });
    acceptUpgrades(server, kisHost, sockets);
    const variable = SOCKET_PORT_VARIABLES[kisHost];
    const what = `${kisHost} websocket host`;
    return new SocketHost(server, `ws://${await listenOn(server, { what, address, port, variable })}`);
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

/** Websockets are served beside HTTP, on the same port. */
export function acceptUpgrades(server: Server, host: KisHost, sockets: Sockets): void {
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    sockets.accept(host, { request, socket, head }).catch(() => socket.destroy());
  });
}
