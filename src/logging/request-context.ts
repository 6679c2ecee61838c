import { AsyncLocalStorage } from 'node:async_hooks';

const requests = new AsyncLocalStorage<string>();

/** Runs `work` as a part of an HTTP request: whatever it logs, also later and asynchronously, names the request. */
export function inRequest<T>(requestId: string, work: () => T): T {
  return requests.run(requestId, work);
}

/** The request that the running code belongs to; `undefined` outside of requests. */
export function currentRequestId(): string | undefined {
  return requests.getStore();
}
