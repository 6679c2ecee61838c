import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How often idle connections are looked for. */
const LOOK_EVERY_MS = 50;
/** Longer than one request to KIS may take, and less than the 30 s after which orchestrators kill. */
const LONGEST_DRAIN_MS = 25_000;

/**
 * Lets a server that is being closed answer every request in progress, without waiting for connections that browsers and
 * proxies merely keep open. `server.close()` alone closes idle connections only once, when it is called, and Node does not
 * consider a connection idle before its first request: browsers open such connections in advance. Upgraded connections are
 * left to who has upgraded them.
 */
export class ServerDrain {
  private readonly connections = new Set<Socket>();
  private stop: () => void = () => undefined;

  /** To be made before the server listens. */
  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  /** Before or after the server is closed. */
  begin(): void {
    const looking = setInterval(() => {
      // Until it is closed, a connection is as good as any other: nothing that has just come is cut off.
      if (this.server.listening) return;
      this.server.closeIdleConnections();
      for (const socket of this.connections) if (socket.bytesRead === 0) socket.destroy();
    }, LOOK_EVERY_MS);
    const deadline = setTimeout(() => {
      this.server.closeAllConnections();
    }, LONGEST_DRAIN_MS);
    this.stop = () => {
      clearInterval(looking);
      clearTimeout(deadline);
    };
  }

  /** Once the server is closed. */
  end(): void {
    this.stop();
  }
}
