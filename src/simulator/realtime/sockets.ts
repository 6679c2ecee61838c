import { type IncomingMessage } from 'node:http';
import { type Duplex } from 'node:stream';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { type KisHost } from '../message';
import { type RealtimeHub } from './hub';
import { type RealtimeSettings } from './realtime-settings';

/** A request to become a websocket. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** A connection that ended without a close frame. */
const NO_CLOSE_FRAME = 1006;
const LONGEST_MESSAGE = 65_536;

/** Opens sessions for upgrade requests on any path: clients use "/tryitout" or none. */
export class Sockets {
  private server: WebSocketServer | null = null;

  constructor(
    private readonly hub: RealtimeHub,
    private readonly settings: Readonly<RealtimeSettings>,
  ) {}

  async accept(host: KisHost, { request, socket, head }: Upgrade): Promise<void> {
    if (this.settings.socketDown) {
      socket.destroy();
      return;
    }
    const server = (this.server ??= await loaded());
    server.handleUpgrade(request, socket, head, (websocket) => {
      this.serve(host, websocket);
    });
  }

  private serve(host: KisHost, websocket: WebSocket): void {
    const session = this.hub.connect(host, websocket);
    websocket.on('message', (data) => {
      this.hub.receive(session, textOf(data));
    });
    websocket.on('pong', () => {
      session.answered(this.hub.now());
    });
    websocket.on('close', (code) => {
      this.hub.disconnect(session, code !== NO_CLOSE_FRAME);
    });
    // A broken frame ends the connection; its close event follows.
    websocket.on('error', () => undefined);
  }
}

/** Loaded with the first websocket: most runs never need one. */
async function loaded(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws');
  return new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.from(data as Buffer).toString('utf8');
}
