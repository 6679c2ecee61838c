import { once } from 'node:events';
import { connect } from 'node:net';

/** An HTTP response as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of several with one name the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const LIMIT_MS = 10_000;

/**
 * Sends bytes to a port of this machine, whether they are HTTP or not, and reads what comes back until the server
 * closes the connection. Throws when it does not, or when nothing comes back.
 */
export async function sendRaw(
  port: number,
  bytes: string | Uint8Array,
  limitMs = LIMIT_MS,
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  const limit = setTimeout(
    () => socket.destroy(new Error(`No end of the response within ${limitMs} ms.`)),
    limitMs,
  );
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  // What is still being sent may be cut off; the response counts.
  socket.on('error', (error) => {
    if (parts.length === 0) socket.emit('failed', error);
  });
  try {
    socket.write(bytes);
    const failed = once(socket, 'failed').then(([error]) => Promise.reject(error as Error));
    await Promise.race([once(socket, 'close'), failed]);
  } finally {
    clearTimeout(limit);
    socket.destroy();
  }
  return parsed(Buffer.concat(parts).toString('utf8'));
}

/** A request whose connection ends with its response. `headers` are written as they are, in this order. */
export function rawRequest(line: string, headers: readonly string[], body = ''): Buffer {
  const lines = [`${line} HTTP/1.1`, ...headers, 'Connection: close', '', body];
  return Buffer.from(lines.join('\r\n'), 'utf8');
}

function parsed(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(first) ?? [];
  if (status === undefined)
    throw new Error(`This is no HTTP response: ${JSON.stringify(text.slice(0, 200))}`);
  const headers = lines.map((line) => [
    line.split(':')[0]?.toLowerCase() ?? '',
    line.replace(/^[^:]*: ?/, ''),
  ]);
  return {
    status: Number(status),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: rest.join('\r\n\r\n'),
  };
}
