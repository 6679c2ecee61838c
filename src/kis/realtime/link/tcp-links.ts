import { randomBytes, timingSafeEqual } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { LinkChannel, LinkHandlers, LinkTransport } from './link-transport';
import type { SessionLink } from '../claim/session-claim-rules';

/** Links between processes of one machine: a port on loopback, and a secret that is kept in the store (0600). */
export class TcpLinks implements LinkTransport {
  private server: Server | null = null;
  private link: SessionLink | null = null;
  private readonly sockets = new Set<Socket>();

  async listen(accept: (channel: LinkChannel) => LinkHandlers): Promise<SessionLink> {
    if (this.link) return this.link;
    const secret = randomBytes(24).toString('hex');
    const server = createServer((socket) => {
      this.greet(socket, secret, accept);
    });
    // The server does not keep the process alive.
    server.unref();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, LOOPBACK, resolve);
    });
    this.server = server;
    this.link = { address: String((server.address() as AddressInfo).port), secret };
    return this.link;
  }

  connect({ address, secret }: SessionLink, handlers: LinkHandlers): LinkChannel {
    const socket = connect({ host: LOOPBACK, port: Number(address) });
    socket.write(`${secret}\n`);
    return channelOf(socket, handlers);
  }

  close(): void {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    this.server = null;
    this.link = null;
  }

  /** Disconnects a client that does not send the secret first. */
  private greet(socket: Socket, secret: string, accept: (channel: LinkChannel) => LinkHandlers): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let greeting = '';
    const read = (chunk: Buffer): void => {
      greeting += chunk.toString('latin1');
      const end = greeting.indexOf('\n');
      if (end < 0 && greeting.length <= LONGEST_GREETING) return;
      socket.off('data', read);
      if (!isEqual(greeting.slice(0, end), secret)) {
        socket.destroy();
        return;
      }
      socket.unshift(Buffer.from(greeting.slice(end + 1), 'latin1'));
      const late: { handlers: LinkHandlers | null } = { handlers: null };
      const channel = channelOf(socket, {
        text: (text) => late.handlers?.text(text),
        closed: () => late.handlers?.closed(),
      });
      late.handlers = accept(channel);
    };
    socket.on('data', read);
  }
}

const LOOPBACK = '127.0.0.1';
/** A process that does not read is disconnected, so that it cannot fill the memory of this one. */
const MOST_UNREAD_BYTES = 16 * 1024 * 1024;
/** Longest text, in characters, in which the secret must be. */
const LONGEST_GREETING = 200;

/** A channel over a socket: one text per line. */
function channelOf(socket: Socket, handlers: LinkHandlers): LinkChannel {
  let rest = '';
  let closed = false;
  socket.setNoDelay(true);
  // Like the server, the link does not keep the process alive; whatever waits for data does.
  socket.unref();
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (!closed) handlers.text(line);
  });
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    if (!closed) handlers.closed();
    closed = true;
  });
  return {
    send: (text) => {
      if (socket.writableLength > MOST_UNREAD_BYTES) socket.destroy();
      else if (socket.writable) socket.write(`${text}\n`);
    },
    close: () => {
      closed = true;
      socket.destroy();
    },
  };
}

function isEqual(said: string, secret: string): boolean {
  const [one, other] = [Buffer.from(said), Buffer.from(secret)];
  return one.length === other.length && timingSafeEqual(one, other);
}
