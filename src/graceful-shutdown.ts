import { Injectable, type BeforeApplicationShutdown, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';

/** An idle connection is closed this soon after its last answer. */
const LOOK_EVERY_MS = 50;
/** Longer than one request to KIS may take, and less than the 30 s after which orchestrators kill. */
const PATIENCE_MS = 25_000;

/**
 * Ends the HTTP server so that every request under way is answered and nothing waits for connections that browsers
 * and proxies merely keep open. `server.close()` alone looks for idle connections once, at its start.
 */
@Injectable()
export class GracefulShutdown implements BeforeApplicationShutdown, OnApplicationShutdown {
  private stopLooking: () => void = () => undefined;

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  beforeApplicationShutdown(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    const looking = setInterval(() => {
      server.closeIdleConnections();
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
}
