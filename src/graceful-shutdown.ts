import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How often idle connections are looked for. */
const LOOK_EVERY_MS = 50;
/** Longer than one request to KIS may take, and less than the 30 s after which orchestrators kill. */
const LONGEST_SHUTDOWN_MS = 25_000;

/**
 * Closes the HTTP server so that every request in progress is answered, without waiting for connections that browsers
 * and proxies merely keep open. `server.close()` alone closes idle connections only once, when it is called, and Node
 * does not consider a connection idle before its first request: browsers open such connections in advance.
 *
 * A stop by a signal leaves two lines in the log, so that it can be told from a crash.
 */
@Injectable()
export class GracefulShutdown
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('App');
  private readonly connections = new Set<Socket>();
  private stopLooking: () => void = () => undefined;

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    this.server().on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => this.connections.delete(socket));
    });
  }

  beforeApplicationShutdown(signal?: string): void {
    if (signal !== undefined) this.logger.log(`Stopping (${signal})`);
    const server = this.server();
    const looking = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of this.connections) if (socket.bytesRead === 0) socket.destroy();
    }, LOOK_EVERY_MS);
    const deadline = setTimeout(() => {
      server.closeAllConnections();
    }, LONGEST_SHUTDOWN_MS);
    this.stopLooking = () => {
      clearInterval(looking);
      clearTimeout(deadline);
    };
  }

  onApplicationShutdown(signal?: string): void {
    this.stopLooking();
    if (signal !== undefined) this.logger.log('Stopped');
  }

  private server(): Server {
    return this.adapterHost.httpAdapter.getHttpServer() as Server;
  }
}
