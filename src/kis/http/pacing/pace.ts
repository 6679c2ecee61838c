/**
 * Margin for the brokerage's clock, which does not run at the same speed as ours and may count in whole milliseconds.
 */
const MARGIN_MS = 5;

/** The rate limit of an app key: at most `calls` calls arrive within any `windowMs`. */
export interface Pace {
  readonly calls: number;
  readonly windowMs: number;
}

/** A fractional rate becomes a whole number of calls in a window that is shorter or longer than a second. */
export function paceOf(perSecond: number): Pace {
  const calls = Math.max(1, Math.floor(perSecond));
  return { calls, windowMs: (calls / perSecond) * 1000 + MARGIN_MS };
}

/**
 * The share of one of several processes that cannot see each other's calls. Whole calls only, so that together
 * they stay below the limit in every window; with more processes than calls they do so on average only.
 */
export function shareOf({ calls, windowMs }: Pace, processes: number): Pace {
  const share = calls / processes;
  return share >= 1 ? { calls: Math.floor(share), windowMs } : { calls: 1, windowMs: windowMs / share };
}
