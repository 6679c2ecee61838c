import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';

/** What an attempt to get a token is for. */
export interface TokenGoal {
  /** The token in hand, if any. */
  readonly held: KisToken | null;
  /** Fingerprint of a token that KIS has refused, as far as this process knows. */
  readonly refused: string | null;
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
