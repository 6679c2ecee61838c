import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

export interface KisExchangeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array | Readable | undefined;
  /** For the whole exchange, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}
