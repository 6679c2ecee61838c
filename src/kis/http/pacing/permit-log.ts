import type { KisCredential } from '../../kis-credential';
import type { Pace } from './pace';

/** A permit whose call has been answered. */
export interface AnsweredPermit {
  readonly id: string;
  /** How long ago. */
  readonly agoMs: number;
}

/** What a process tells the log, and what it wants of it. */
export interface PermitRequest {
  /** Who asks; the same for all requests of a process. */
  readonly owner: string;
  /** Ids for the permits that are wanted, which nobody has used before. */
  readonly wanted: readonly string[];
  /**
   * How many calls of this process wait that must not wait for reads: orders; none unless given. They are the first of
   * `wanted`. As many permits as cannot be granted to them now are withheld from the reads of all other processes until this
   * one requests again.
   */
  readonly urgent?: number;
  readonly answered: readonly AnsweredPermit[];
}

export interface PermitAnswer {
  /** So many of the wanted permits are given, the first ones. */
  readonly given: number;
  /** Before this has passed no more are to be had. */
  readonly waitMs: number;
  /** How many processes have lately asked for permits of this credential. */
  readonly sharers: number;
}

/** Where the permits of all who share an app key are written down, as a port. */
export abstract class PermitLog {
  /**
   * Takes note of answers and gives permits, as one step among all who use the log. An answer to a permit that the log
   * does not know changes nothing.
   *
   * Rejects when the log is not to be had.
   */
  abstract look(credential: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer>;

  /** As {@link look}, for a log in this process; `null` where the one for this pace is not, and then nothing is noted. */
  lookHere?(credential: KisCredential, pace: Pace, request: PermitRequest): PermitAnswer | null;
}
