import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';

/** What an attempt to get a token is for. */
export interface TokenGoal {
  /** The token in hand, if any. */
  readonly held: KisToken | null;
  /** There is no token in hand because KIS has refused the last one. */
  readonly lost: boolean;
  /** The token in hand is still good for a while: nobody suffers when nothing comes of the attempt. */
  readonly relaxed: boolean;
  /** Whether KIS has refused this token, as far as this process knows by now. */
  readonly refused: (token: KisToken) => boolean;
  /** Whether the token that turns up in the store ends the attempt; asked only when there is one. */
  readonly wanted: (token: KisToken, stored: StoredToken) => boolean;
}

export interface ObtainedToken {
  readonly token: KisToken;
  /** `adopted` from the store, `refreshed` by KIS, or `unchanged`: KIS answered with the token in hand. */
  readonly outcome: 'adopted' | 'refreshed' | 'unchanged';
}

/** The token in the store when it is what the attempt wants. */
export function adoptable(found: StoredToken | null, goal: TokenGoal): ObtainedToken | null {
  if (!found?.token || !goal.wanted(found.token, found)) return null;
  return { token: found.token, outcome: 'adopted' };
}
