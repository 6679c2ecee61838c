import type { KisCredential } from '../../kis-credential';
import type { Pace } from './pace';

/** The log of the permits of all processes that share an app key, as a port. */
export abstract class PermitLog {
  /**
   * Notes answers and grants permits, as one step among all processes that use the log. An answer to a permit that is not
   * in the log changes nothing.
   *
   * Rejects when the log is not available.
   */
  abstract look(credential: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer>;

  /**
   * As {@link look}, for a log in this process; `null` when the log for this pace is elsewhere: then nothing is noted.
   */
  lookHere?(credential: KisCredential, pace: Pace, request: PermitRequest): PermitAnswer | null;
}

/** A permit whose call has been answered. */
export interface AnsweredPermit {
  readonly id: string;
  /** How long ago. */
  readonly agoMs: number;
}

/** A request of a process to the log: answers to note, permits to grant. */
export interface PermitRequest {
  /** Identifies the process; the same for all its requests. */
  readonly owner: string;
  /** Unique ids for the requested permits. */
  readonly wanted: readonly string[];
  /**
   * How many waiting calls of this process are orders, which take precedence over reads; default 0. They come first in
   * `wanted`. As many permits as cannot be granted to them now are withheld from the reads of all other processes until
   * this one requests again.
   */
  readonly urgent?: number;
  readonly answered: readonly AnsweredPermit[];
}

export interface PermitAnswer {
  /** How many of the requested permits are granted, counted from the first. */
  readonly given: number;
  /** No further permit is available before this has passed. */
  readonly waitMs: number;
  /** How many processes have recently requested permits for this credential. */
  readonly sharers: number;
}
