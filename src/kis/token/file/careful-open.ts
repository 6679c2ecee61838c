import { constants, lstatSync, type Stats } from 'node:fs';

/** No file of ours is longer; of a longer one only the beginning is read. */
const LONGEST_BYTES = 65_536;
/** Windows has neither flag. */
const { O_NOFOLLOW, O_NONBLOCK } = constants as { O_NOFOLLOW?: number; O_NONBLOCK?: number };

/** What a file held when it was read. */
export interface FoundFile {
  readonly bytes: Buffer;
  /** Modification time, epoch milliseconds. */
  readonly changedAt: number;
}

/** Flags for a file that somebody else may have put there: no link is followed, no pipe is waited for. */
export function carefully(flags: number): number {
  return flags | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
}

/**
 * Where the flags cannot refuse a symbolic link, this does.
 * @throws an ELOOP error.
 */
export function refuseLink(path: string): void {
  if (O_NOFOLLOW !== undefined) return;
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw fault('ELOOP', 'symbolic link');
}

/**
 * Room for what is to be read of an open file.
 * @throws an EISDIR or EFTYPE error for anything but an ordinary file.
 */
export function roomFor(stats: Stats): Buffer {
  if (stats.isDirectory()) throw fault('EISDIR', 'a directory');
  if (!stats.isFile()) throw fault('EFTYPE', 'not an ordinary file');
  return Buffer.alloc(Math.min(stats.size, LONGEST_BYTES));
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function fault(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
