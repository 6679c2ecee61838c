import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';

/** The context of HTTP requests, by which log lines name the request they belong to. */

const requests = new AsyncLocalStorage<string>();

/** Responses whose requests have a context of their own; it lasts until they close. */
const open = new Set<ServerResponse>();

/** Runs `work` in the context of an HTTP request: its log lines, also asynchronous ones, name the request. */
export function inRequest<T>(requestId: string, work: () => T): T {
  try {
    return requests.run(requestId, work);
  } finally {
    endUnused();
  }
}

/**
 * Keeps the context of a request until its response closes. Node.js 20 and 22 hook into every promise and socket of the
 * process while any context is in use, which costs more than passing a request on to KIS; so none is in use between
 * requests.
 */
export function keepContext(response: ServerResponse): void {
  open.add(response);
  response.once('close', () => {
    leaveContext(response);
  });
}

/** Ends the context of a request before its response closes, such as one that is written to for hours. */
export function leaveContext(response: ServerResponse): void {
  if (open.delete(response)) endUnused();
}

/** The HTTP request in whose context this runs; `undefined` outside of requests. */
export function currentRequestId(): string | undefined {
  return requests.getStore();
}

function endUnused(): void {
  // A response that was still waiting for its turn on a connection (pipelining) does not close with it.
  for (const response of open) if (response.req.socket.destroyed) open.delete(response);
  if (open.size === 0) requests.disable();
}
