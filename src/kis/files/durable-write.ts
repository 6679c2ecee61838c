import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fstatSync, fsyncSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './careful-open';

/** Writes files durably and atomically, readable by this user only. */

/** The names of temporary files begin with this; a killed writer leaves one behind. */
export const TEMPORARY_PREFIX = '.token_tmp_';

/** Features that a file system may lack without making a write fail. */
export type Lacking = 'permissions' | 'sync';

/** Called when the file system does not support such a feature. */
export type OnLacking = (what: Lacking, error: unknown) => void;

/** WSL and CIFS refuse `chmod` with EPERM, other file systems with one of the rest. */
const NO_PERMISSIONS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'];
const NO_SYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** A path in the directory that no other writer uses. */
function temporaryIn(directory: string): string {
  return join(directory, `${TEMPORARY_PREFIX}${randomBytes(12).toString('hex')}`);
}

/**
 * Writes a temporary file, mode 0600 whatever the umask, and forces it to the disk. A rename then puts it in place as a
 * whole: readers see the old file or the new one, never a part of one.
 *
 * @returns its path and owner. Nothing is left behind when it throws.
 */
export function writeTemporary(
  directory: string,
  content: string | Uint8Array,
  onLacking: OnLacking,
): { readonly path: string; readonly owner: number } {
  const path = temporaryIn(directory);
  try {
    const fd = openSync(path, 'wx', 0o600);
    try {
      makePrivate(() => {
        fchmodSync(fd, 0o600);
      }, onLacking);
      writeFileSync(fd, content);
      syncNow(fd, onLacking);
      const { size, uid: owner } = fstatSync(fd);
      if (size !== Buffer.byteLength(content)) throw new Error(`only ${size} bytes of the file were written`);
      return { path, owner };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    removeQuietly(path);
    throw error;
  }
}

/**
 * Removes the permissions of other users. On a file system without permissions that is impossible and not an error.
 * @returns whether it was possible.
 */
export function makePrivate(chmod: () => void, onLacking: OnLacking): boolean {
  try {
    chmod();
    return true;
  } catch (error) {
    if (!NO_PERMISSIONS.includes(codeOf(error) ?? '')) throw error;
    onLacking('permissions', error);
    return false;
  }
}

/** Makes renames in a directory survive a loss of power. Windows cannot and need not. */
export function syncDirectory(directory: string, onLacking: OnLacking): void {
  if (process.platform === 'win32') return;
  const fd = openSync(directory, 'r');
  try {
    syncNow(fd, onLacking);
  } finally {
    closeSync(fd);
  }
}

/** Removes a file if it is there. Not `rmSync`: since Node.js 24 its errors lack the code that says what is wrong. */
export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It no longer exists, or the directory cannot be changed; the next start removes it.
  }
}

function syncNow(fd: number, onLacking: OnLacking): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!NO_SYNC.includes(codeOf(error) ?? '')) throw error;
    onLacking('sync', error);
  }
}
