/** An option of the library that messages name as the one to change. */
export type KisNamedOption =
  | 'tokenDir'
  | 'tokenStore'
  | 'stateDir'
  | 'symbolFilesUrl'
  | 'settleSeconds'
  | 'tokenCipher'
  | 'redis'
  | 'proxy'
  | 'proxy.except'
  | 'baseUrl'
  | 'requestTimeoutMs'
  | 'requestsPerSecond'
  | 'htsId'
  /** No option, but how a person records the outcome of an order. */
  | 'settlement';

/**
 * Returns the name by which the users of an application know an option, for example an environment variable. The result
 * continues a sentence such as "Set … to a directory of this user".
 *
 * @param alias the account, for `baseUrl`, `requestTimeoutMs`, `requestsPerSecond` and `htsId`; otherwise `null`.
 */
export type KisOptionNaming = (option: KisNamedOption, alias: string | null) => string;

/** The names of the library's own documentation. */
export const nameAsOption: KisOptionNaming = (option) =>
  option === 'settlement' ? '`KisManualSettlement.settle`' : `the option "${option}"`;
