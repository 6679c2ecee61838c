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

/** A server that reads HTTP messages and leaves every byte of the responses to the test. Connections are kept. */
export class ByteServer {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly serve: (request: RawMessage, socket: Socket) => void,
  ) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
      this.read(socket);
    });
  }

  /** @param serve writes the response to a request, now or later. */
  static async start(serve: (request: RawMessage, socket: Socket) => void): Promise<ByteServer> {
    const server = createServer();
    const bytes = new ByteServer(server, serve);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return bytes;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private read(socket: Socket): void {
    let received = Buffer.alloc(0);
    socket.on('data', (part: Buffer) => {
      received = Buffer.concat([received, part]);
      for (let found = messageIn(received); found; found = messageIn(received)) {
        received = received.subarray(found.length);
        this.serve(found.message, socket);
      }
    });
  }
}
