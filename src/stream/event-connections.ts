import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { KisConfiguration, type KisRealtimeStream } from '../kis';
import { EventConnection } from './event-connection';
import { WriteScheduler } from './write-scheduler';

/** The connections of all listeners. A shutdown ends them first, because they would not end by themselves. */
@Injectable()
export class EventConnections implements BeforeApplicationShutdown {
  private readonly open = new Set<EventConnection>();
  private readonly scheduler = new WriteScheduler();
  private isStopping = false;

  constructor(private readonly configuration: KisConfiguration) {}

  add(stream: KisRealtimeStream, response: ServerResponse): void {
    const connection = new EventConnection(stream, response, this.configuration.redactor, this.scheduler);
    this.open.add(connection);
    response.once('close', () => this.open.delete(connection));
    // The request arrived before the shutdown began, and was answered only now.
    if (this.isStopping) connection.close(SHUTDOWN_FLUSH_MS);
  }

  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const connection of this.open) connection.close(SHUTDOWN_FLUSH_MS);
  }
}

/** How long a shutdown waits for a listener that does not read. */
const SHUTDOWN_FLUSH_MS = 500;
