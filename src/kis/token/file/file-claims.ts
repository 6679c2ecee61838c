import { lstatSync } from 'node:fs';
import type { ClaimView, KisClaim } from '../claim';
import { codeOf, type FoundFile } from './careful-open';
import type { FileNames } from './file-names';
import type { TokenDirectory } from './token-directory';

/** A claim as it is to be written, and how long it is to hold from then on. */
interface ClaimChange {
  readonly claim: KisClaim;
  readonly lengthMs: number;
}

/** What somebody makes of the claim that stands; `change` is `null` when it is to stay. */
export interface ClaimStep<T> {
  readonly answer: T;
  readonly change: ClaimChange | null;
}

/** The claims of a directory, and how the processes that share it take turns at changing things in it. */
export abstract class FileClaims {
  abstract read(names: FileNames): Promise<ClaimView>;

  /**
   * Changes a claim as one step among all processes: of all that saw the same claim, one changes it.
   * @param decide may be called again with a newer claim; only the last answer counts.
   * @param usualHoldMs how long the caller's own claims hold: a damaged one is taken to be no shorter.
   */
  abstract change<T>(
    names: FileNames,
    decide: (before: ClaimView) => ClaimStep<T>,
    usualHoldMs?: number,
  ): Promise<T>;

  /** Runs `section` in turn with all others that change the token of these names. */
  abstract inTurn<T>(names: FileNames, section: (claim: KisClaim) => T): Promise<T>;

  /** Forces the claim that stands to the disk. */
  abstract keep(names: FileNames): Promise<void>;
}

/** Lasting reasons why something in place of a claim cannot be read; others pass, and the claim is read then. */
const UNREADABLE = ['EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'EFTYPE'];

/** What cannot be read at all may have been a claim: it is obeyed like a damaged one. */
export function unreadableClaim(directory: TokenDirectory, name: string, error: unknown): FoundFile {
  const lasting = UNREADABLE.includes(codeOf(error) ?? '');
  const stats = lasting ? lstatSync(directory.file(name), { throwIfNoEntry: false }) : undefined;
  if (!stats) throw error;
  return { bytes: Buffer.alloc(0), changedAt: stats.mtimeMs };
}
