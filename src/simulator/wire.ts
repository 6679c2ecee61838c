import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Loss } from './faults';
import { Fields, type HeaderPair, type IncomingCall, type KisHost, type Reply } from './message';

/** Reads requests from and writes answers to connections. */

/** Maximum body size; requests made for KIS have less than two thousand bytes. */
const LONGEST_BODY = 65_536;

/** A request has a longer body than any call of KIS. */
export class BodyTooLongError extends Error {
  constructor() {
    super(`The body of a request may have ${LONGEST_BODY} bytes.`);
  }
}

/** Reads a request to its end. @throws BodyTooLongError, without keeping an oversized body. */
export async function receive(
  request: IncomingMessage,
  host: KisHost,
  now: () => number,
): Promise<IncomingCall> {
  const body = await bodyOf(request);
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const queryString = mark < 0 ? '' : target.slice(mark + 1);
  const rawHeaders = pairs(request.rawHeaders);
  return {
    host,
    at: now(),
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    queryString,
    query: new Fields(new URLSearchParams(queryString)),
    headers: new Fields(rawHeaders),
    rawHeaders,
    body,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Reads to the end, so that the answer reaches a client that sends everything first.
    if (length <= LONGEST_BODY) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > LONGEST_BODY) throw new BodyTooLongError();
  return Buffer.concat(chunks).toString('utf8');
}

/** Sends a response, or loses it as the fault says. Header names keep their letter case. */
export function transmit(response: ServerResponse, reply: Reply, now: number, loss: Loss = null): void {
  if (response.destroyed || loss === 'hang') return;
  if (loss === 'drop') {
    response.destroy();
    return;
  }
  const body = Buffer.from(reply.body);
  response.sendDate = false;
  response.statusCode = reply.status;
  for (const [name, value] of reply.headers) response.setHeader(name, value);
  response.setHeader('Date', new Date(now).toUTCString());
  response.setHeader('Content-Length', body.length);
  if (loss === null) response.end(body);
  else response.write(body.subarray(0, body.length / 2), () => response.destroy());
}

function pairs(flat: readonly string[]): HeaderPair[] {
  const names = flat.filter((_, index) => index % 2 === 0);
  return names.map((name, index) => [name, flat[2 * index + 1] ?? '']);
}
