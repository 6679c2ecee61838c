import { KisTokenStoreError } from '../kis.errors';

/** Error code for a lock that another process holds and does not release. */
export const LOCK_BUSY = 'ELOCKBUSY';

type Remedy = (setting: string) => string;

const noAccess: Remedy = (setting) =>
  `this user may not read or change it. Change the owner (chown) or the permissions (chmod u+rwX), or set ${setting} ` +
  'to a directory of this user';
const FULL = 'Free some space; the token is then saved automatically';

const REMEDIES: Readonly<Record<string, Remedy>> = {
  EROFS: (setting) =>
    `the file system is read-only. Mount it writable, or set ${setting} to a directory that is`,
  ENOSPC: () => `the disk is full. ${FULL}`,
  EDQUOT: () => `your disk quota is used up. ${FULL}`,
  EACCES: noAccess,
  EPERM: noAccess,
  ENOENT: () => 'the directory is gone. It is created again at the next attempt',
  EDANGLING: (setting) =>
    'a link in its path leads to a directory that does not exist. Mount or create that directory, or set ' +
    `${setting} to another one`,
  ENOTDIR: (setting) => `a part of the path is a file. Remove it or set ${setting} to another directory`,
  ELOOP: (setting) =>
    `it is a symbolic link, which is refused. Replace it by a file, or set ${setting} to where it points`,
  EISDIR: () => 'there is a directory of that name. Remove it',
  EFTYPE: () => 'it is not a regular file. Remove it',
  ENXIO: () => 'it is a socket or a device and not a regular file. Remove it',
  EBUSY: () =>
    'another program has the file open, or it is a mount of its own. Mount its directory instead of the file',
  EMFILE: () => 'this process has too many open files. Raise the limit (ulimit -n)',
  ENOLCK: (setting) =>
    `the file system does not support locks. Set ${setting} to a directory on a local disk, or mount this one with locks`,
  [LOCK_BUSY]: () =>
    'another process holds its lock and makes no progress. ' +
    'If it happens repeatedly, look for a stopped process (ps, state T) that uses the same directory',
};

/** Explains a file system error: what it means, and what to do. */
export function remedyFor(error: unknown, setting: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EOWNER')
    return `${message}. Make this user its owner (chown), run as its owner, or set ${setting} to a directory of this user`;
  return REMEDIES[code ?? '']?.(setting) ?? message;
}

/** An error of the file system, explained: where, why, what to do. */
export function storeProblem(place: string, setting: string, error: unknown): KisTokenStoreError {
  if (error instanceof KisTokenStoreError) return error;
  return new KisTokenStoreError(`${place} cannot be used: ${remedyFor(error, setting)}.`, { cause: error });
}
