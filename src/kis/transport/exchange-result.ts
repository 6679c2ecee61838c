import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, unzip } from 'node:zlib';
import { ProxyError } from './proxy-error';

/** The result of an exchange with KIS: a complete answer, or how the exchange failed. */

const unpackZip = promisify(unzip);
/** The encodings that this library requests; a response to another program is passed on unchanged. */
const UNPACK = new Map([
  ['gzip', unpackZip],
  ['x-gzip', unpackZip],
  ['deflate', unpackZip],
  ['br', promisify(brotliDecompress)],
]);
const utf8 = new TextDecoder();
/** Deepest nesting that is accepted; KIS's answers are records of lists of records: three levels. */
const DEEPEST = 20;

export interface KisExchangeAnswer {
  readonly kind: 'answered';
  readonly status: number;
  /** Decoded on first use, because a response that is only passed on is never read. */
  readonly text: string;
  /** The same, undecoded. */
  readonly bytes: Uint8Array;
  /** Names in lower case; built on first use, like the text. */
  readonly headers: IncomingHttpHeaders;
  readonly wire: WireResponse;
}

/** A response as it came over the wire, for a caller that passes it on. */
export interface WireResponse {
  readonly status: number;
  /** Alternating names and values, in their original spelling. */
  readonly rawHeaders: readonly string[];
  /** Still compressed, if the response was. */
  readonly bytes: Uint8Array;
}

/**
 * How an exchange ended. A failure is a result, so that the caller words the error.
 *
 * `sent` is false only if it is certain that not a byte of the request left: no connection was established (refused,
 * name not found, TLS not completed), or only after the request had timed out. A request that may have left counts as
 * sent; `answered` and `broken` always were.
 */
export type KisExchangeResult =
  | KisExchangeAnswer
  | { readonly kind: 'timeout'; readonly sent: boolean }
  | {
      readonly kind: 'unreachable';
      readonly sent: boolean;
      readonly cause: Error;
      /** The code of the failure, such as `ECONNREFUSED`, or words that continue a sentence in parentheses. */
      readonly reason: string;
    }
  | { readonly kind: 'broken'; readonly cause: Error };

/**
 * Reads a response to its end. One that breaks off, is too long or cannot be decompressed is `broken`.
 */
export function readAnswer(
  response: IncomingMessage,
  maxBytes: number,
  settle: (result: KisExchangeResult) => void,
): void {
  const parts: Buffer[] = [];
  let size = 0;
  const fail = (cause: Error): void => {
    settle({ kind: 'broken', cause });
  };
  response.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= maxBytes) parts.push(part);
    else response.destroy(new Error(`The answer is longer than ${maxBytes} bytes.`));
  });
  response.on('error', fail);
  response.on('end', () => {
    const [only] = parts;
    const bytes = only && parts.length === 1 ? only : Buffer.concat(parts, size);
    const unpack = UNPACK.get(headerIn(response.rawHeaders, 'content-encoding')?.toLowerCase() ?? 'identity');
    if (!unpack || bytes.length === 0) settle(new Answered(response, bytes, bytes));
    else
      unpack(bytes, { maxOutputLength: maxBytes }).then((plain) => {
        settle(new Answered(response, bytes, plain));
      }, fail);
  });
}

/** A failure after the headers, or while reading them, is a damaged answer; before them there was no answer. */
export function failureFrom(
  cause: Error,
  seen: { readonly sent: boolean; readonly answering: boolean },
): KisExchangeResult {
  const { sent, answering } = seen;
  const reason =
    cause instanceof ProxyError ? cause.reason : ((cause as NodeJS.ErrnoException).code ?? cause.name);
  return answering || reason.startsWith('HPE_')
    ? { kind: 'broken', cause }
    : { kind: 'unreachable', sent, cause, reason };
}

/** A class, because object literals with getters are slow to create. */
class Answered implements KisExchangeAnswer {
  readonly kind = 'answered';
  readonly status: number;
  readonly wire: WireResponse;

  /** @param packed the bytes as received. */
  constructor(
    private readonly response: IncomingMessage,
    packed: Uint8Array,
    readonly bytes: Uint8Array,
  ) {
    const { statusCode = 0, rawHeaders } = response;
    this.status = statusCode;
    this.wire = { status: statusCode, rawHeaders, bytes: packed };
  }

  get text(): string {
    return utf8.decode(this.bytes);
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }
}

/** The value of the first header with this name, which is in lower case. */
export function headerIn(rawHeaders: readonly string[], name: string): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const each = rawHeaders[index] ?? '';
    if (each.length === name.length && each.toLowerCase() === name) return rawHeaders[index + 1];
  }
  return undefined;
}

/**
 * A body as a JSON object; `null` when it is not one, or is nested so deeply that recursive code could overflow the
 * stack.
 */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) && !Array.isArray(body) && !isTooDeep(body) ? body : null;
  } catch {
    return null;
  }
}

function isTooDeep(body: object): boolean {
  let level: object[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((each) => Object.values(each).filter(isObject));
  }
  return false;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
