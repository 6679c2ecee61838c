import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionError, FastifyReply, FastifyRequest } from 'fastify';
import { httpProblem, problemHeaders } from '../common/problem';
import { SECURITY_HEADERS } from './security-headers';

/** A request line that fills the whole room of the headers. */
const LONG_REQUEST_LINE = /^[A-Z-]{3,20} [^\r\n]{8000}/;
const METHOD_LINE = /^[A-Z][A-Z-]{0,30} /;

/** Time for the answer to be read by a client that is still sending. */
const LINGER_MS = 1000;

const DETAILS: Readonly<Record<number, string>> = {
  400: 'What was received is not an HTTP request. Characters beyond ASCII in an address must be percent-encoded (삼성 is %EC%82%BC%EC%84%B1).',
  408: 'The request did not arrive in time. Send it again.',
  413: 'The request is longer than this API accepts.',
  414: 'The address is longer than this API accepts.',
  431: 'The headers are longer than this API accepts.',
  501: 'This method is not known here. All routes are listed at /docs.',
};

/**
 * Answers what is no HTTP request, or none that came to its end; no route and no hook ever sees it. A request that was
 * answered before its end gets no second answer, which its client would take for that of the next one.
 */
export class ClientErrors {
  /** Connections on which the last request was answered, while it was still being sent. */
  private readonly answered = new WeakSet<Duplex>();

  watch({ raw: request }: FastifyRequest, { raw: response }: FastifyReply): void {
    this.answered.delete(request.socket);
    response.once('finish', () => {
      if (!request.complete) this.answered.add(request.socket);
    });
  }

  answer(error: ConnectionError, socket: Socket): void {
    const isHungUp = error.code === 'ECONNRESET' || !socket.writable;
    if (isHungUp || this.answered.has(socket)) socket.destroy();
    else answerOnce(socket, statusOf(error));
  }
}

/** CONNECT is for proxies. */
export function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  answerOnce(socket, 501);
}

function answerOnce(socket: Duplex, status: number): void {
  socket.on('error', () => undefined); // The client need not wait for it.
  socket.end(rawAnswer(status));
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

function rawAnswer(status: number): string {
  const problem = httpProblem(status, DETAILS[status] ?? '');
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
