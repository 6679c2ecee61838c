import type { CachedToken } from './cached-token';
import type { TokenState } from './token-state';

/** One attempt to get a token, with how things stood when the wish for it arose. */
export interface TokenAttempt {
  readonly state: TokenState;
  /** The token in hand then, if any. */
  readonly since: CachedToken | null;
  /** There was no token in hand because KIS had refused the last one. */
  readonly lost: boolean;
  /** The token in hand was still good for a while: nobody suffers when nothing comes of the attempt. */
  readonly relaxed: boolean;
  /** A person wants a token from KIS now: only the one-a-minute rule holds. */
  readonly forced: boolean;
}
