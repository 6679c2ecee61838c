import { randomUUID } from 'node:crypto';
import { AccountLogger } from '../account-logger';
import type { IssuedToken } from '../auth/kis-auth.client';
import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import type { KisTokenEvents } from '../kis.events';
import { provenIssueTime } from './proven-issue-time';
import { CLOCK_TOLERANCE_MS } from './token-rules';

/**
 * The time at one host of the brokerage: the wall clock, corrected when the `Date` headers from there show that it is
 * wrong by seconds. The life of tokens is measured by it, so that a machine with a wrong date works, too.
 */
export class BrokerageClock {
  /** The boot that {@link monotonic} counts from; this process where the platform does not name one. */
  readonly bootId: string;
  private readonly logger = new AccountLogger('TokenManager');
  private correction: ClockCorrection = NO_CORRECTION;
  /** The skew of the last report. */
  private reportedMs = 0;

  constructor(
    private readonly clock: KisClock,
    private readonly events: KisTokenEvents,
  ) {
    this.bootId = clock.bootId ?? `process ${randomUUID()}`;
  }

  /** Milliseconds added to the wall clock. */
  get correctionMs(): number {
    return this.correction.byMs;
  }

  /** Whether no response contradicts the corrected time. */
  get isCertain(): boolean {
    return this.correction.pending === null;
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.clock.now() + this.correctionMs;
  }

  /** The wall clock as it is set; epoch milliseconds. */
  wall(): number {
    return this.clock.now();
  }

  /** Monotonic milliseconds, which need no correction. */
  monotonic(): number {
    return this.clock.monotonic();
  }

  /**
   * Takes the date of a response that has just arrived into account.
   *
   * @param credential of the request.
   * @param serverTime its `Date` header, epoch milliseconds.
   * @param tookMs how long the exchange took; the header was written within it.
   */
  compare(credential: KisCredential, serverTime: number | null, tookMs: number): void {
    const sample = sampleFrom(serverTime, tookMs, this.clock.now());
    if (sample) this.addSample(credential, sample, false);
  }

  /**
   * When a token that has just arrived was issued. Where the wall clock and the `Date` header contradict each other,
   * the dates of the token may prove one of them wrong; that does not make a wall clock certain, which may be wrong as
   * well.
   */
  timeOfIssue(credential: KisCredential, issued: IssuedToken, tookMs: number): IssueTime {
    const own = this.now();
    const sample = sampleFrom(issued.serverTime, tookMs, this.clock.now());
    if (!sample || !contradicts(sample, this.correctionMs)) {
      if (sample) this.addSample(credential, sample, false);
      return { at: own, isCertain: true };
    }
    const stated = this.clock.now() + sample.aheadMs;
    const proven = provenIssueTime({ own, stated, doubtMs: sample.doubtMs }, issued);
    if (proven === 'own') return { at: own, isCertain: false };
    this.addSample(credential, sample, proven === 'stated');
    const isLearned = proven === 'stated' || !contradicts(sample, this.correctionMs);
    // The header may be as old as the exchange, for example when the process was suspended. The whole exchange counts,
    // because a token that seems to end too early costs a request, and one that seems to end too late a failed call.
    return { at: isLearned ? stated + tookMs / 2 : own, isCertain: isLearned };
  }

  private addSample(credential: KisCredential, sample: ClockSample, isConfirmed: boolean): void {
    const before = this.correctionMs;
    this.correction = correctedBy(this.correction, sample, isConfirmed);
    if (this.correctionMs === before) return;
    const skewMs = this.correctionMs === 0 ? 0 : sample.aheadMs;
    if (Math.abs(skewMs - this.reportedMs) <= CLOCK_TOLERANCE_MS) return;
    this.reportedMs = skewMs;
    if (Math.abs(skewMs) > CLOCK_TOLERANCE_MS) this.report(credential, skewMs);
  }

  private report(credential: KisCredential, skewMs: number): void {
    this.events.emit('clockSkew', { credential, skewMs });
    const minutes = Math.round(Math.abs(skewMs) / 60_000);
    this.logger.warn(
      credential,
      `The clock of this machine is ${minutes} minutes ${skewMs > 0 ? 'behind' : 'ahead of'} the brokerage's. ` +
        "Tokens are kept by the brokerage's time; please set the clock (for example: timedatectl set-ntp true).",
    );
  }
}

/** When a token was issued. */
export interface IssueTime {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Nothing contradicts it. Otherwise the `Date` header does, and another response has to confirm which is right. */
  readonly isCertain: boolean;
}

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

/** How much two synchronized clocks may differ. */
const NOISE_MS = 2000;
/** `Date` headers are truncated to whole seconds: half a second on average. */
const HEADER_GRAIN_MS = 500;
/** The most that one correction changes the clock. Further samples that agree change it further. */
const LONGEST_STEP_MS = 12 * 3_600_000;

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
