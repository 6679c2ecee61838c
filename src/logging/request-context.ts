import { AsyncLocalStorage } from 'node:async_hooks';

const requests = new AsyncLocalStorage<string>();

/** Runs `work` in the context of an HTTP request: its log lines, also asynchronous ones, name the request. */
export function inRequest<T>(requestId: string, work: () => T): T {
  return requests.run(requestId, work);
}

/** The HTTP request in whose context this runs; `undefined` outside of requests. */
export function currentRequestId(): string | undefined {
  return requests.getStore();
}
