import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** An idle connection is closed this soon after its last answer. */
const LOOK_EVERY_MS = 50;
/** Longer than one request to KIS may take, and less than the 30 s after which orchestrators kill. */
const PATIENCE_MS = 25_000;

/**
 * Ends the HTTP server so that every request under way is answered and nothing waits for connections that browsers
 * and proxies merely keep open. `server.close()` alone looks for idle connections once, at its start, and for Node a
 * connection is not idle before its first request: browsers open such connections in advance.
 */
@Injectable()
export class GracefulShutdown
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly connections = new Set<Socket>();
  private stopLooking: () => void = () => undefined;

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    this.server().on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  beforeApplicationShutdown(): void {
    const server = this.server();
    const looking = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of this.connections) if (socket.bytesRead === 0) socket.destroy();
    }, LOOK_EVERY_MS);
    const deadline = setTimeout(() => {
      server.closeAllConnections();
    }, PATIENCE_MS);
    this.stopLooking = () => {
      clearInterval(looking);
      clearTimeout(deadline);
    };
  }

  onApplicationShutdown(): void {
    this.stopLooking();
  }

  private server(): Server {
    return this.adapterHost.httpAdapter.getHttpServer() as Server;
  }
}
