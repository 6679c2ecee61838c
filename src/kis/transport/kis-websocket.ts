import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RawData, WebSocket } from 'ws';
import type { KisClock } from '../clock';
import type { ProxyRules } from './proxy-rules';
import { openTunnel } from './proxy-tunnel';

/**
 * One websocket to KIS: no redirect, through the proxy of the rules and no other, protocol pings answered. Certificates of
 * `wss` are checked. No handler is called after `closed`. Once open, it does not keep the process alive.
 */
export class KisWebSocket {
  private socket: WebSocket | null = null;
  private readonly cancelTimeout: () => void;
  private ended = false;

  constructor(
    private readonly options: WebSocketOptions,
    private readonly handlers: WebSocketHandlers,
  ) {
    const { clock, timeoutMs } = options;
    this.cancelTimeout = clock.after(timeoutMs, () => {
      this.end(`no connection within ${timeoutMs} ms`);
    });
    this.connect().catch((error: unknown) => {
      this.end(reasonOf(error));
    });
  }

  send(text: string): void {
    const { socket } = this;
    if (socket?.readyState === socket?.OPEN) socket?.send(text);
  }

  /** Closes it with a close frame. `closed` follows at once. */
  close(reason: string): void {
    const { socket } = this;
    if (socket?.readyState === socket?.OPEN) socket?.close(NORMAL);
    this.end(reason);
  }

  private async connect(): Promise<void> {
    const { url, proxies } = this.options;
    const proxy = proxies.for(new URL(url.href.replace(/^ws/, 'http')));
    const port = Number(url.port) || (url.protocol === 'wss:' ? 443 : 80);
    const tunnel = proxy ? await openTunnel(proxy, { host: url.hostname, port }).opened : null;
    // Loaded with the first connection: most programs never make one.
    const { WebSocket: Client } = await import('ws');
    if (this.ended) {
      tunnel?.destroy();
      return;
    }
    this.listen(
      new Client(url, {
        followRedirects: false,
        maxPayload: LONGEST_MESSAGE,
        perMessageDeflate: false,
        rejectUnauthorized: true,
        ...(tunnel ? { createConnection: () => through(tunnel, url) } : {}),
      }),
    );
  }

  private listen(socket: WebSocket): void {
    this.socket = socket;
    // A connection does not keep the process alive; code that waits for its messages does.
    socket.on('upgrade', (response) => response.socket.unref());
    socket.on('open', () => {
      this.cancelTimeout();
      if (!this.ended) this.handlers.open();
    });
    socket.on('message', (data) => {
      if (!this.ended) this.handlers.text(textOf(data));
    });
    socket.on('ping', () => {
      if (!this.ended) this.handlers.ping();
    });
    socket.on('error', (error) => {
      this.end(reasonOf(error));
    });
    socket.on('close', (code) => {
      this.end(code === NO_CLOSE_FRAME ? 'the connection broke' : `KIS closed the connection (${code})`);
    });
  }

  private end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.cancelTimeout();
    const { socket } = this;
    if (socket && socket.readyState !== socket.CLOSING) socket.terminate();
    this.handlers.closed(reason);
  }
}

export interface WebSocketHandlers {
  open(): void;
  text(text: string): void;
  /** A protocol ping has arrived; it has been answered already. */
  ping(): void;
  /** Called exactly once, also when it never opened. `reason` is text for the log. */
  closed(reason: string): void;
}

export interface WebSocketOptions {
  readonly url: URL;
  readonly proxies: ProxyRules;
  readonly clock: KisClock;
  /** For the connection and the handshake. */
  readonly timeoutMs: number;
}

/** Frames above 8 KB occur (public captures); no message of KIS comes near this limit. */
const LONGEST_MESSAGE = 1_048_576;
const NORMAL = 1000;
const NO_CLOSE_FRAME = 1006;

function through(tunnel: Socket, url: URL): Socket {
  if (url.protocol !== 'wss:') return tunnel;
  return connectTls({ socket: tunnel, servername: url.hostname, rejectUnauthorized: true });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.message;
}
