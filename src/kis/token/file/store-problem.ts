import { KisTokenStoreError } from '../../kis.errors';
import { LockBusyError } from './kernel-lock';

const NO_ACCESS =
  'this user may not read or change it. Change the owner (chown), or set KIS_TOKEN_DIR to a directory of this user';
const FULL = 'Free some space; the token is saved then by itself';

const REMEDIES: Readonly<Record<string, string>> = {
  EROFS: 'the file system is read-only. Mount it writable, or set KIS_TOKEN_DIR to a directory that is',
  ENOSPC: `the disk is full. ${FULL}`,
  EDQUOT: `your disk quota is used up. ${FULL}`,
  EACCES: NO_ACCESS,
  EPERM: NO_ACCESS,
  ENOENT: 'the directory is gone. It is made again with the next try',
  ENOTDIR: 'a part of the path is a file. Remove it or set KIS_TOKEN_DIR to another directory',
  ELOOP:
    'it is a symbolic link, which is refused. Replace it by a file, or set KIS_TOKEN_DIR to where it points',
  EISDIR: 'there is a directory of that name. Remove it',
  EFTYPE: 'it is no ordinary file. Remove it',
  EBUSY:
    'another program keeps the file, or it is a mount of its own. Mount its directory instead of the file',
  EMFILE: 'this process has too many open files. Raise the limit (ulimit -n)',
};

const STOPPED =
  'another process holds its lock and does not go on. ' +
  'If it repeats, look for a stopped process (ps, state T) that uses the same directory';

/** An error of the file system in plain words: where, why, what to do. */
export function storeProblem(place: string, error: unknown): KisTokenStoreError {
  if (error instanceof KisTokenStoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy = error instanceof LockBusyError ? STOPPED : REMEDIES[code ?? ''];
  return new KisTokenStoreError(`${place} cannot be used: ${remedy ?? message}.`, { cause: error });
}
