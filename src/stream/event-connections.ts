import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { KisConfiguration, type KisRealtimeStream } from '../kis';
import { EventConnection } from './event-connection';
import { WriteTurns } from './write-turns';

/** In a shutdown nobody waits long for a listener that does not read. */
const LAST_WORDS_MS = 500;

/** The connections of all listeners. They end first in a shutdown: they would never end by themselves. */
@Injectable()
export class EventConnections implements BeforeApplicationShutdown {
  private readonly open = new Set<EventConnection>();
  private readonly turns = new WriteTurns();
  private isStopping = false;

  constructor(private readonly configuration: KisConfiguration) {}

  add(stream: KisRealtimeStream, response: ServerResponse): void {
    const connection = new EventConnection(stream, response, this.configuration.redactor, this.turns);
    this.open.add(connection);
    response.once('close', () => this.open.delete(connection));
    // Its request came before the shutdown and took until now.
    if (this.isStopping) connection.close(LAST_WORDS_MS);
  }

  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const connection of this.open) connection.close(LAST_WORDS_MS);
  }
}
