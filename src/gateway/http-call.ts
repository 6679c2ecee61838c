import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KisTradingMode, WireResponse } from '../kis';

/** A request of a program, read completely, with the response to write to. */
export interface HttpCall {
  readonly mode: KisTradingMode;
  readonly method: string;
  /** Path and query as at KIS, byte for byte. */
  readonly path: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** Aborts when the program hangs up before it has received its response. */
  readonly signal: AbortSignal;
  readonly response: ServerResponse;
}

/** Names and values in turn. */
type Headers = readonly string[];

/** Reads a request; `null` when its body is too long. Returns at once when there is no body. */
export function receive(
  request: IncomingMessage,
  response: ServerResponse,
  mode: KisTradingMode,
  path: string,
): HttpCall | null | Promise<HttpCall | null> {
  const hangUp = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) hangUp.abort(new DOMException('The program hung up.', 'AbortError'));
  });
  const { method = 'GET', rawHeaders } = request;
  const { signal } = hangUp;
  const withBody = (body: Buffer | null): HttpCall | null =>
    body && { mode, method, path, rawHeaders, body, signal, response };
  const body = bodyOf(request);
  return body instanceof Promise ? body.then(withBody) : withBody(body);
}

/** The value of a header, empty when missing; `null` when it occurs more than once. */
function headerOf(headers: Headers, name: string): string | null {
  let found: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== name) continue;
    if (found !== undefined) return null;
    found = headers[index + 1]?.trim();
  }
  return found ?? '';
}

/** Passes a response of KIS on: status, headers with their case, and body are as KIS sent them. */
export function sendOn(response: ServerResponse, { status, rawHeaders, bytes }: WireResponse): void {
  if (response.destroyed) return;
  const headers: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!OF_CONNECTION.has(name.toLowerCase())) headers.push(name, rawHeaders[index + 1] ?? '');
  }
  const length = headerOf(rawHeaders, 'content-length');
  headers.push('Content-Length', bytes.length === 0 && length ? length : String(bytes.length));
  response.sendDate = false;
  response.writeHead(status, headers);
  response.end(bytes);
}

/** Sends JSON of our own. Header names are spelled as KIS spells them, on which the official client depends. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed) return;
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

const NOTHING = Buffer.alloc(0);

/** Rejects when the program hangs up in the middle of its request. */
function bodyOf(request: IncomingMessage): Promise<Buffer | null> | Buffer {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return NOTHING;
  const parts: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (part: Buffer) => {
      length += part.length;
      // Read on to the end, so that the response reaches a client that sends everything first.
      if (length <= LONGEST_BODY) parts.push(part);
      else if (length > 10 * LONGEST_BODY) request.destroy();
    });
    request.once('end', () => {
      resolve(length > LONGEST_BODY ? null : Buffer.concat(parts));
    });
    request.once('error', reject);
    request.once('close', () => {
      resolve(null);
    });
  });
}

/** Longest body in bytes: orders have a few hundred. */
const LONGEST_BODY = 100_000;

/** Headers of one connection, which are not passed on. */
const OF_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'content-length',
]);
