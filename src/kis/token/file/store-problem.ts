import { KisTokenStoreError } from '../../kis.errors';

const REMEDIES: Readonly<Record<string, string>> = {
  EROFS: 'the file system is read-only. Mount it writable, or set KIS_TOKEN_DIR to a directory that is',
  ENOSPC: 'the disk is full. Free some space; the token is saved then by itself',
  EDQUOT: 'your disk quota is used up. Free some space; the token is saved then by itself',
  EACCES: 'this user may not write there. Change the owner (chown) or set KIS_TOKEN_DIR to a directory of this user',
  EPERM: 'this user may not change it. Change the owner (chown) or set KIS_TOKEN_DIR to a directory of this user',
  ENOTDIR: 'a part of the path is a file. Remove it or set KIS_TOKEN_DIR to another directory',
  ELOOP: 'it is a symbolic link, which is refused. Replace it by a file, or set KIS_TOKEN_DIR to where it points',
  EISDIR: 'there is a directory of that name. Remove it',
  EMFILE: 'this process has too many open files. Raise the limit (ulimit -n)',
};

/** An error of the file system in plain words: where, why, what to do. */
export function storeProblem(place: string, error: unknown): KisTokenStoreError {
  if (error instanceof KisTokenStoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const why = (code !== undefined && REMEDIES[code]) ?? message;
  return new KisTokenStoreError(`${place} cannot be used: ${why || message}.`, { cause: error });
}
