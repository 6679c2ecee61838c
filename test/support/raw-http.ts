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
export async function sendRaw(port: number, bytes: string | Uint8Array): Promise<RawAnswer> {
  return parsed(await exchangeRaw(port, bytes));
}

/**
 * As {@link sendRaw}, for a request without its end: hangs up once it is sent. `null` when nothing comes back, or when
 * the server has hung up before.
 */
export async function sendPart(port: number, bytes: string | Uint8Array): Promise<RawAnswer | null> {
  try {
    const text = await exchangeRaw(port, bytes, true);
    return text === '' ? null : parsed(text);
  } catch (error) {
    if (['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

async function exchangeRaw(port: number, bytes: string | Uint8Array, hangUp = false): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const limit = setTimeout(
    () => socket.destroy(new Error(`No end of the response within ${LIMIT_MS} ms.`)),
    LIMIT_MS,
  );
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  // What is still being sent may be cut off; the response counts.
  socket.on('error', (error) => {
    if (parts.length === 0) socket.emit('failed', error);
  });
  try {
    if (hangUp) socket.end(bytes);
    else socket.write(bytes);
    const failed = once(socket, 'failed').then(([error]) => Promise.reject(error as Error));
    await Promise.race([once(socket, 'close'), failed]);
  } finally {
    clearTimeout(limit);
    socket.destroy();
  }
  return Buffer.concat(parts).toString('utf8');
}

/** A request whose connection ends with its response. `headers` are written as they are, in this order. */
export function rawRequest(line: string, headers: readonly string[], body = ''): Buffer {
  const lines = [`${line} HTTP/1.1`, ...headers, 'Connection: close', '', body];
  return Buffer.from(lines.join('\r\n'), 'utf8');
}

function parsed(text: string): RawAnswer {
  const [head = '', ...rest] = text.replace(/^(HTTP\/1\.1 1\d\d [^\r]*\r\n\r\n)+/, '').split('\r\n\r\n');
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
