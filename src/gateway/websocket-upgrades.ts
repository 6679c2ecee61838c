import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Passes upgrade requests that `accepts` approves to `listener`. Any other upgrade, such as to HTTP/2, is optional for a
 * server (RFC 9110 7.8): its request is served as if it had no `Upgrade` header, with its body, and after earlier ones.
 */
export function acceptUpgrades(
  server: Server,
  accepts: (request: IncomingMessage) => boolean,
  listener: UpgradeListener,
): void {
  // Node.js versions that know this option parse the body themselves (26 also reads it off the socket); they lose a
  // request that is pipelined in the same packet behind such an upgrade. Others end the request at its headers.
  Object.assign(server, { shouldUpgradeCallback: accepts });
  const last = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', ({ socket }, response) => {
    last.set(socket, response);
  });
  server.on('upgrade', (request, socket, head) => {
    if (accepts(request)) listener(request, socket, head);
    else void parseAgain(server, request, socket, head, last.get(socket));
  });
}

/** Waits until earlier requests on the connection have been answered. */
async function parseAgain(
  server: Server,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  earlier: ServerResponse | undefined,
): Promise<void> {
  const ignored = (): void => undefined;
  socket.on('error', ignored); // The client may disconnect while nothing else listens.
  if (earlier && !earlier.closed) await once(earlier, 'close');
  socket.off('error', ignored);
  if (socket.destroyed || !socket.writable) return;
  socket.unshift(Buffer.concat([headOf(request), head]));
  server.emit('connection', socket);
}

/** The request line and the headers as they were received, without the upgrade. */
function headOf({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    const key = name.toLowerCase();
    if (UPGRADE_HEADERS.has(key)) continue;
    lines.push(`${name}: ${key === 'connection' ? withoutUpgrade(value) : value}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function withoutUpgrade(connection: string): string {
  const options = connection.split(',').map((option) => option.trim());
  return options.filter((option) => !UPGRADE_HEADERS.has(option.toLowerCase())).join(', ');
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Headers that request an upgrade, and are removed when it is ignored. */
const UPGRADE_HEADERS: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);
