/** How much two well-kept clocks may differ. */
const NOISE_MS = 2000;
/** `Date` headers are truncated to whole seconds: half a second on average. */
const HEADER_GRAIN_MS = 500;
/** The most that one correction changes the clock. Further samples that agree change it further. */
const LONGEST_STEP_MS = 12 * 3_600_000;

/** The difference between one `Date` header and the wall clock. */
export interface ClockSample {
  /** How far the brokerage is ahead of the wall clock. */
  readonly aheadMs: number;
  /** The error of this difference, provided that the header is right. */
  readonly doubtMs: number;
}

export interface ClockCorrection {
  /** Added to the wall clock; 0 unless it is known to be wrong. */
  readonly byMs: number;
  /** A sample that contradicts {@link byMs} and that no second one has confirmed yet. */
  readonly pending: ClockSample | null;
}

export const NO_CORRECTION: ClockCorrection = { byMs: 0, pending: null };

/**
 * The sample in a response that has just arrived; `null` when it has no date.
 *
 * @param serverTime its `Date` header, epoch milliseconds; written within the exchange.
 * @param tookMs how long the exchange took.
 * @param wall the wall clock now.
 */
export function sampleFrom(serverTime: number | null, tookMs: number, wall: number): ClockSample | null {
  if (serverTime === null || !Number.isFinite(serverTime)) return null;
  return {
    aheadMs: serverTime + HEADER_GRAIN_MS + tookMs / 2 - wall,
    doubtMs: HEADER_GRAIN_MS + tookMs / 2 + NOISE_MS,
  };
}

export function contradicts({ aheadMs, doubtMs }: ClockSample, byMs: number): boolean {
  return Math.abs(aheadMs - byMs) > doubtMs;
}

/**
 * The correction after one more sample. One sample changes nothing, because proxies and servers with a wrong clock
 * write headers, too. Two in a row that agree do, by a limited step.
 *
 * @param isConfirmed another source than a `Date` header agrees with the sample.
 */
export function correctedBy(
  before: ClockCorrection,
  sample: ClockSample,
  isConfirmed = false,
): ClockCorrection {
  const { byMs, pending } = before;
  if (!contradicts(sample, byMs)) return { byMs, pending: null };
  const agrees = pending !== null && agree(pending, sample);
  if (!agrees && !isConfirmed) return { byMs, pending: sample };
  const target = contradicts(sample, 0) ? sample.aheadMs : 0;
  const stepMs = Math.max(-LONGEST_STEP_MS, Math.min(LONGEST_STEP_MS, target - byMs));
  return { byMs: byMs + stepMs, pending: byMs + stepMs === target ? null : sample };
}

function agree(one: ClockSample, other: ClockSample): boolean {
  return Math.abs(one.aheadMs - other.aheadMs) <= one.doubtMs + other.doubtMs;
}
