import type { KisNamedOption } from '../option-names';

/** The name of an option, for messages. */
export type OptionNames = (option: KisNamedOption) => string;

/** The proxy for a connection did not establish it. */
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
