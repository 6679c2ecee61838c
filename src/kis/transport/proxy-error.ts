import type { KisNamedOption } from '../option-names';

/** What messages call an option. */
export type OptionNames = (option: KisNamedOption) => string;

/** A proxy that was to be used made no connection. */
export class ProxyError extends Error {
  constructor(
    /** The proxy and what happened there; continues a sentence in parentheses. */
    readonly reason: string,
    /** What to do about it, in sentences that name options. */
    readonly advise: (nameOption: OptionNames) => string,
    cause?: Error,
  ) {
    super(reason, { cause });
    this.name = 'ProxyError';
  }
}
