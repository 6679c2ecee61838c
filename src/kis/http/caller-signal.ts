import type { CancelToken, GenericAbortSignal } from 'axios';
import { onAbort } from '../abort-listeners';

/** The two ways in which axios lets a caller cancel: a signal, and the cancel token that every Observable has. */
interface Cancellable {
  readonly signal?: GenericAbortSignal;
  readonly cancelToken?: CancelToken | undefined;
}

export interface CallerSignal {
  readonly signal: AbortSignal | undefined;
  /** Removes the listener from the caller's own signal, which may live long. */
  readonly release: () => void;
}

/** One signal for both ways; the caller's own signal where it is the only one. */
export function callerSignal(config: Cancellable): CallerSignal {
  const { signal, cancelToken } = config;
  if (!cancelToken && (signal === undefined || signal instanceof AbortSignal)) {
    return { signal, release: () => undefined };
  }
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(abortReason(config));
  };
  if (signal?.aborted) abort();
  void cancelToken?.promise.then(abort);
  return { signal: controller.signal, release: listen(signal, abort) };
}

function listen(signal: GenericAbortSignal | undefined, abort: () => void): () => void {
  if (signal instanceof AbortSignal) return onAbort(signal, abort);
  signal?.addEventListener?.('abort', abort);
  return () => signal?.removeEventListener?.('abort', abort) as unknown;
}

/** The error for a caller that has cancelled: the reason of its own signal. */
export function abortReason({ signal }: Cancellable): Error {
  if (signal instanceof AbortSignal && signal.aborted) return signal.reason as Error;
  return new DOMException('The caller cancelled the call.', 'AbortError');
}
