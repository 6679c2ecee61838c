import type { KisPermit } from './kis-request-pacer';

/**
 * A reserved permit that is older is not used: its call could arrive when the log no longer counts it. Together with the
 * delay that a log may have (300 ms) and the way to KIS it stays within `LATEST_ARRIVAL_MS`.
 */
export const RESERVED_FOR_MS = 300;

/** A call that waits for its permit. */
export interface Waiter {
  /** Of the permit that it is to get. */
  readonly id: string;
  readonly since: number;
  /** Goes before all that are not. */
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
): { readonly asking: readonly Waiter[]; readonly urgent: number } {
  const all = [...queue];
  const urgent = all.filter(({ isUrgent }) => isUrgent);
  if (urgent.length === 0) return { asking: all.slice(0, calls), urgent: 0 };
  const others = all.filter(({ isUrgent }) => !isUrgent);
  return { asking: [...urgent, ...others].slice(0, calls), urgent: urgent.length };
}
