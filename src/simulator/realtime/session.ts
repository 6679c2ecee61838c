import { type KisHost } from '../message';
import { type Registration } from './feed';

/** The wire of a session. */
export interface SocketPort {
  send(text: string): void;
  /** A protocol ping. */
  ping(): void;
  close(code: number, reason: string): void;
  /** Ends the connection without a close frame. */
  terminate(): void;
}

/** One open websocket. Its first request identifies the owner, since the handshake does not. */
export class RealtimeSession {
  /** By transaction id and key. */
  readonly registrations = new Map<string, Registration>();
  appKey: string | null = null;
  /** It was refused with ALREADY IN USE and receives nothing any more. */
  isRefused = false;
  lastPingAt: number;
  lastPongAt: number;
  pings = 0;
  /** Answers to pings, as a text or as a protocol pong. */
  pongs = 0;
  sent = 0;

  constructor(
    readonly number: number,
    readonly host: KisHost,
    readonly openedAt: number,
    readonly socket: SocketPort,
  ) {
    this.lastPingAt = openedAt;
    this.lastPongAt = openedAt;
  }

  send(text: string): void {
    this.sent += 1;
    this.socket.send(text);
  }

  answered(now: number): void {
    this.pongs += 1;
    this.lastPongAt = now;
  }
}
