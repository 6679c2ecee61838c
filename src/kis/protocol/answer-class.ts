/**
 * What an answer code of KIS means for the caller.
 *
 * - `success`: done.
 * - `transient`: KIS could not handle the call just now. Safe to repeat for a read; whether an order was executed is
 *   not known.
 * - `pages-changed`: the data changed while it was being read page by page. Nothing was executed; pages read before
 *   and after the change must not be combined.
 * - `outcome-unknown`: KIS timed out internally and requests that the last order be checked.
 * - `rate-limited`: too many calls a second. Nothing was executed.
 * - `issued-too-often`: one token a minute for an app key.
 * - `token-refused`: another token is needed. Nothing was executed.
 * - `credentials-refused`: app key or secret is wrong. Permanent.
 * - `not-permitted`: the key is right, but may not be used for this, or not from this address. Permanent.
 * - `misconfigured`: key, host, trading mode, TR id or account do not belong together. Permanent.
 * - `malformed`: the request does not have the form that KIS documents: the fault of the program that built it.
 * - `invalid-input`: a value of the request is wrong: the fault of the caller.
 * - `refused`: KIS understood the call and refused it for a reason of its business, such as closing hours.
 */
export type KisAnswerClass =
  | 'success'
  | 'transient'
  | 'pages-changed'
  | 'outcome-unknown'
  | 'rate-limited'
  | 'issued-too-often'
  | 'token-refused'
  | 'credentials-refused'
  | 'not-permitted'
  | 'misconfigured'
  | 'malformed'
  | 'invalid-input'
  | 'refused';

/** Codes by class, each with the literal words of KIS; empty where no source quotes them. */
export type AnswerCodes = Readonly<Partial<Record<KisAnswerClass, Readonly<Record<string, string>>>>>;
