/** A proxy that was to be used made no connection. */
export class ProxyError extends Error {
  constructor(
    /** The proxy and what happened there; continues a sentence in parentheses. */
    readonly reason: string,
    /** What to do about it: sentences. */
    readonly advice: string,
    cause?: Error,
  ) {
    super(`${reason}. ${advice}`, { cause });
    this.name = 'ProxyError';
  }
}
