import type { KisPermit } from './kis-request-pacer';

/**
 * An older reserved permit is not used: its call could arrive at KIS after the log has stopped counting it. Together
 * with the delay that a log may have (300 ms) and the way to KIS this stays below `LATEST_ARRIVAL_MS`.
 */
export const RESERVED_FOR_MS = 300;

/** A call that waits for its permit. */
export interface Waiter {
  /** The id of the permit that is requested for it. */
  readonly id: string;
  readonly since: number;
  /** Gets its permit before all calls that are not urgent. */
  readonly isUrgent: boolean;
  admit: (permit: KisPermit) => void;
  refuse: (reason: Error) => void;
}

/** A permit that was requested before its call is ready. */
export interface Reserved {
  readonly waiter: Waiter;
  /** `null` while it waits for its turn. `at` is monotonic milliseconds. */
  granted: { readonly permit: KisPermit; readonly at: number } | null;
}

/** The waiting calls whose permits are requested next: orders before everything else, each in the order of arrival. */
export function firstInTurn(
  queue: Iterable<Waiter>,
  calls: number,
): { readonly candidates: readonly Waiter[]; readonly urgent: number } {
  const all = [...queue];
  const urgent = all.filter(({ isUrgent }) => isUrgent);
  if (urgent.length === 0) return { candidates: all.slice(0, calls), urgent: 0 };
  const others = all.filter(({ isUrgent }) => !isUrgent);
  return { candidates: [...urgent, ...others].slice(0, calls), urgent: urgent.length };
}
