import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionError } from 'fastify';
import { httpProblem, problemHeaders } from './problem';
import { SECURITY_HEADERS } from './security-headers';

/** A request line that fills the whole header buffer. */
const LONG_REQUEST_LINE = /^[A-Z-]{3,20} [^\r\n]{8000}/;
const METHOD_LINE = /^[A-Z][A-Z-]{0,30} /;

/** Time for a client that is still sending to read the response. */
const LINGER_MS = 1000;

const DETAILS: Readonly<Record<number, string>> = {
  400: 'The address of the request cannot be read. Characters beyond ASCII in it must be percent-encoded (삼성 is %EC%82%BC%EC%84%B1).',
  408: 'The request did not arrive in time. Send it again.',
  413: 'The request is longer than this API accepts.',
  414: 'The address is longer than this API accepts.',
  431: 'The headers are longer than this API accepts.',
  501: 'This method is not known here. All routes are listed at /docs.',
};

/** A request and its response. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Responds to input that is not a complete HTTP request, which no route and no hook ever sees. A client gets one response
 * for each request, in order: nothing is sent for input behind a request that is still being handled, or for the rest of
 * a request that has been answered.
 */
export class ClientErrors {
  /** The last exchange on each connection. */
  private readonly exchanges = new WeakMap<Duplex, Exchange>();

  watch(request: IncomingMessage, response: ServerResponse): void {
    this.exchanges.set(request.socket, { request, response });
  }

  answer(error: ConnectionError, socket: Socket): void {
    const last = this.exchanges.get(socket);
    // ECONNRESET: the client has disconnected.
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (!last || isOver(last) || isBroken(last)) answerOnce(socket, ...answerTo(error));
    else if (last.response.writableFinished) hangUpAfter(socket, '');
    else
      last.response.once('finish', () => {
        socket.destroySoon();
      });
  }
}

/** The response was sent, and another request may follow. */
function isOver({ request, response }: Exchange): boolean {
  return response.writableFinished && request.complete && response.shouldKeepAlive;
}

/** The request itself is malformed, and no response to it has begun. */
function isBroken({ request, response }: Exchange): boolean {
  return !request.complete && !response.headersSent;
}

/** CONNECT is for proxies. */
export function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  answerOnce(socket, 501);
}

function answerOnce(socket: Duplex, status: number, detail = DETAILS[status] ?? ''): void {
  hangUpAfter(socket, rawAnswer(status, detail));
}

/** Where it is not the address that cannot be read, a 400 gives the reason of Node's parser, which is a fixed text. */
function answerTo(error: ConnectionError): [status: number, detail?: string] {
  const status = statusOf(error);
  const [, reason] = /^Parse Error: (.+)$/.exec(error.message) ?? [];
  if (status !== 400 || error.code === 'HPE_INVALID_URL' || reason === undefined) return [status];
  return [status, `What was received is not an HTTP request: ${reason}.`];
}

/** Closes the connection in a way that lets a client that is still sending read the response. */
function hangUpAfter(socket: Duplex, lastWords: string): void {
  socket.on('error', () => undefined); // The client may have disconnected.
  socket.end(lastWords);
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function statusOf({ code, rawPacket }: ConnectionError): number {
  const packet: unknown = rawPacket; // A Buffer, whatever Fastify's type says.
  const begin = Buffer.isBuffer(packet) ? packet.subarray(0, 9000).toString('latin1') : '';
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 408;
    case 'HPE_HEADER_OVERFLOW':
      return LONG_REQUEST_LINE.test(begin) ? 414 : 431;
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return 413;
    case 'HPE_INVALID_METHOD':
      return METHOD_LINE.test(begin) ? 501 : 400;
    default:
      return 400;
  }
}

function rawAnswer(status: number, detail: string): string {
  const problem = httpProblem(status, detail);
  const body = JSON.stringify(problem);
  const headers = {
    ...SECURITY_HEADERS,
    ...problemHeaders(problem),
    'X-Request-Id': randomUUID(),
    Date: new Date().toUTCString(),
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}
