import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';

/** Opens files that another user may have put in place: follows no links and waits for no pipes. */

/** Default limit for reading: most of our files are shorter, and only the beginning of a longer one is read. */
export const USUAL_BYTES = 65_536;
/** Windows has neither flag. */
const { O_NOFOLLOW, O_NONBLOCK } = constants as { O_NOFOLLOW?: number; O_NONBLOCK?: number };

/** The content of a file when it was read. */
export interface FoundFile {
  readonly bytes: Buffer;
  /** Modification time, epoch milliseconds. */
  readonly changedAt: number;
}

/**
 * Reads an ordinary file that another user may have put there: follows no link, waits for no pipe, and reads at most
 * `mostBytes`. `null` when there is none.
 * @param inspect is called before anything is read, and may throw.
 * @throws an error with the code ELOOP, EISDIR or EFTYPE for a link, a directory or anything else.
 */
export function readCarefully(
  path: string,
  inspect: (fd: number, stats: Stats) => void = () => undefined,
  mostBytes = USUAL_BYTES,
): FoundFile | null {
  refuseLink(path);
  let fd: number;
  try {
    fd = openSync(path, carefully(constants.O_RDONLY));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const stats = fstatSync(fd);
    refuseExtraordinary(stats);
    inspect(fd, stats);
    const room = Buffer.alloc(Math.min(stats.size, mostBytes));
    const length = readSync(fd, room, 0, room.length, 0);
    return { bytes: room.subarray(0, length), changedAt: stats.mtimeMs };
  } finally {
    closeSync(fd);
  }
}

/** Flags for a file that another user may have put there: no link is followed, no pipe is waited for. */
function carefully(flags: number): number {
  return flags | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
}

/** @throws an error with the code EISDIR or EFTYPE for anything but an ordinary file. */
export function refuseExtraordinary(stats: Pick<Stats, 'isSymbolicLink' | 'isDirectory' | 'isFile'>): void {
  if (stats.isSymbolicLink()) throw fault('ELOOP', 'symbolic link');
  if (stats.isDirectory()) throw fault('EISDIR', 'a directory');
  if (!stats.isFile()) throw fault('EFTYPE', 'not an ordinary file');
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** An error of the kind that file system calls throw. */
export function fault(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Refuses a symbolic link where the flags of `open` cannot. */
function refuseLink(path: string): void {
  if (O_NOFOLLOW !== undefined) return;
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw fault('ELOOP', 'symbolic link');
}
