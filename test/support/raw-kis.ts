import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A message of HTTP/1.1 with a Content-Length, as it came over the wire. */
export interface RawMessage {
  /** Request or status line. */
  readonly line: string;
  /** As they were written, in their order, without those that concern the connection only. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const END = Buffer.from('\r\n\r\n');
const OF_CONNECTION = /^(?:connection|keep-alive):/i;

/** The first complete message in some bytes, and how many of them it takes; `null` while there is none. */
function messageIn(bytes: Buffer): { message: RawMessage; length: number } | null {
  const end = bytes.indexOf(END);
  if (end < 0) return null;
  const [line = '', ...headers] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const [, size = '0'] = headers.map((text) => /^content-length: *(\d+)/i.exec(text)).find(Boolean) ?? [];
  const length = end + END.length + Number(size);
  if (bytes.length < length) return null;
  const kept = headers.filter((text) => !OF_CONNECTION.test(text));
  return { message: { line, headers: kept, body: bytes.subarray(end + END.length, length) }, length };
}

/** Resolves with the next message that a connection receives. */
export async function nextMessage(socket: Socket): Promise<RawMessage> {
  let received = Buffer.alloc(0);
  for (;;) {
    const [part] = (await once(socket, 'data')) as [Buffer];
    received = Buffer.concat([received, part]);
    const found = messageIn(received);
    if (found) return found.message;
  }
}

/** A brokerage that records requests and sends responses byte for byte. Its n-th token ends with `.n`. */
export class RawKis {
  /** All but those for tokens. */
  readonly requests: RawMessage[] = [];
  issues = 0;
  /** What a request gets, the whole response; those for tokens excepted. */
  respond: (request: RawMessage) => string | Buffer = () => '';
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      this.serve(socket);
    });
  }

  static async start(): Promise<RawKis> {
    const server = createServer();
    const kis = new RawKis(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return kis;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    let received = Buffer.alloc(0);
    socket.on('data', (part: Buffer) => {
      received = Buffer.concat([received, part]);
      for (let found = messageIn(received); found; found = messageIn(received)) {
        received = received.subarray(found.length);
        socket.write(this.responseTo(found.message));
      }
    });
  }

  private responseTo(request: RawMessage): string | Buffer {
    if (request.line.startsWith('POST /oauth2/tokenP ')) return this.token(request);
    this.requests.push(request);
    return this.respond(request);
  }

  private token({ body }: RawMessage): string {
    this.issues += 1;
    const { appkey } = JSON.parse(body.toString()) as { appkey: string };
    const expiresAt = Date.now() + 24 * 3_600_000;
    const parts = [{ typ: 'JWT' }, { jti: appkey, exp: Math.floor(expiresAt / 1000) }];
    const encoded = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const inKorea = new Date(expiresAt + 9 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    const text = JSON.stringify({
      access_token: [...encoded, this.issues].join('.'),
      access_token_token_expired: inKorea,
      token_type: 'Bearer',
      expires_in: 86_400,
    });
    return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
  }
}
