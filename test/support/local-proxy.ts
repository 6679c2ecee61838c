import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

type Answer = (client: Duplex, head: IncomingMessage) => void;

/** A real HTTP proxy on a free port: it tunnels and forwards, unless a test says otherwise. */
export class LocalProxy {
  /** The first line of every request. */
  readonly requests: string[] = [];
  /** The headers of the last request. */
  headers: IncomingMessage['headers'] = {};
  /** How a tunnel is answered. */
  answer: Answer = tunnel;
  private readonly sockets = new Set<Socket>();

  readonly url: string;

  private constructor(
    private readonly server: Server,
    scheme: string,
  ) {
    this.url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    });
    server.on('request', (message, response) => {
      this.note(message);
      forward(message, response);
    });
    server.on('connect', (message: IncomingMessage, client: Duplex) => {
      this.note(message);
      client.on('error', () => undefined);
      this.answer(client, message);
    });
  }

  /** @param tls for a proxy that is itself reached over TLS. */
  static async start(tls?: { readonly cert: Buffer; readonly key: Buffer }): Promise<LocalProxy> {
    const server = tls ? createSecureServer(tls) : createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LocalProxy(server, tls ? 'https' : 'http');
  }

  /** How many clients are connected. */
  get clients(): number {
    return this.sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private note({ method, url, headers }: IncomingMessage): void {
    this.requests.push(`${method ?? ''} ${url ?? ''}`);
    this.headers = headers;
  }
}

function tunnel(client: Duplex, { url = '' }: IncomingMessage): void {
  const { hostname, port } = new URL(`tcp://${url}`);
  const server = connect(Number(port), hostname, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    server.pipe(client).pipe(server);
  });
  server.on('error', () => client.destroy());
  client.on('close', () => server.destroy());
}

function forward(message: IncomingMessage, response: ServerResponse): void {
  const onward = request(
    message.url ?? '',
    { method: message.method, headers: message.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.writeHead(502).end());
  message.pipe(onward);
}

/** The proxy says no. */
export function refuse(status: number): Answer {
  return (client) => client.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
}
