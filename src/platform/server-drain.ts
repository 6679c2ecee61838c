import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Closes a server gracefully: complete requests are answered first. */

/** How often idle connections are looked for. */
const LOOK_EVERY_MS = 50;
/**
 * A second, counted in looks: counted in this way, time during which this process was stopped does not count against a
 * client.
 */
const LOOKS_FOR_THE_REST = 20;
/** Longer than one request to KIS may take, and less than the 30 s after which orchestrators kill. */
const LONGEST_DRAIN_MS = 25_000;

interface Connection {
  /** Requests whose responses have not ended. */
  readonly requests: Set<IncomingMessage>;
  /** Looks in a row at which no request received completely was unanswered. */
  looks: number;
}

/**
 * Lets a server that is being closed answer every request that it has received completely, without waiting for
 * connections that browsers and proxies merely keep open. `server.close()` alone closes idle connections only once, when it
 * is called, and Node does not consider a connection idle before its first request, which browsers open in advance, or
 * while a request is incomplete: its client has a second to send the rest. Upgraded connections are left to the code that
 * upgraded them.
 */
export class ServerDrain {
  private readonly connections = new Map<Socket, Connection>();
  private stop: () => void = () => undefined;

  /** To be made before the server listens, and after the listeners for upgrades were added. */
  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.connections.set(socket, { requests: new Set(), looks: 0 });
      socket.once('close', () => this.connections.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response) => {
      const requests = this.connections.get(request.socket)?.requests.add(request);
      response.once('close', () => requests?.delete(request));
    });
    // With a listener Node no longer serves an upgrade as an ordinary request. First, since a socket may be handed back.
    if (server.listenerCount('upgrade') > 0)
      server.prependListener('upgrade', ({ socket }) => this.connections.delete(socket));
  }

  /** Before or after the server is closed. */
  begin(): void {
    const looking = setInterval(() => {
      // While it still listens, a connection may have come just now, and its request be on the way.
      if (!this.server.listening) this.look();
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

  private look(): void {
    this.server.closeIdleConnections();
    for (const [socket, connection] of this.connections) {
      const isOwed = [...connection.requests].some(({ complete }) => complete);
      connection.looks = isOwed ? 0 : connection.looks + 1;
      if (socket.bytesRead === 0 || connection.looks >= LOOKS_FOR_THE_REST) socket.destroy();
    }
  }
}
