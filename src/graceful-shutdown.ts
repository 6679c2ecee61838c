import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';
import { ServerDrain } from './platform/server-drain';

/**
 * Drains the HTTP server of the API while Nest closes it. A stop by a signal leaves two lines in the log, which
 * distinguish it from a crash.
 */
@Injectable()
export class GracefulShutdown
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('App');
  private drain: ServerDrain | null = null;

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    this.drain = new ServerDrain(this.adapterHost.httpAdapter.getHttpServer() as Server);
  }

  beforeApplicationShutdown(signal?: string): void {
    if (signal !== undefined) this.logger.log(`Stopping (${signal})`);
    this.drain?.begin();
  }

  onApplicationShutdown(signal?: string): void {
    this.drain?.end();
    if (signal !== undefined) this.logger.log('Stopped');
  }
}
