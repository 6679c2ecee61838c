import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { carefully, codeOf } from './careful-open';

/** What a killed writer leaves behind begins like this; see `sweepTemporaries`. */
export const TEMPORARY_PREFIX = '.token_tmp_';

function temporaryIn(directory: string): string {
  return join(directory, `${TEMPORARY_PREFIX}${randomBytes(12).toString('hex')}`);
}

/**
 * Writes a file that nobody sees yet, mode 0600 whatever the umask, and forces it to the disk. A rename then puts it
 * in place as a whole: readers see the old file or the new one, never half of one.
 *
 * @returns its path. Nothing is left behind when it rejects.
 */
export async function writeTemporary(directory: string, content: string | Uint8Array): Promise<string> {
  const path = temporaryIn(directory);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.chmod(0o600);
      await file.writeFile(content);
      await file.sync();
      const { size } = await file.stat();
      if (size !== Buffer.byteLength(content)) throw new Error(`only ${size} bytes of the file were written`);
    } finally {
      await file.close();
    }
    return path;
  } catch (error) {
    removeQuietly(path);
    throw error;
  }
}

/**
 * Puts a small file in place, for use under a lock; mode 0600 whatever the umask. Not forced to the disk: see
 * {@link syncFile}. On a full disk it is written over the file that is there, whose space is taken already.
 */
export function replaceNow(directory: string, target: string, text: string): void {
  const path = temporaryIn(directory);
  try {
    const fd = openSync(path, 'wx', 0o600);
    try {
      fchmodSync(fd, 0o600);
      writeFileSync(fd, text, 'utf8');
    } finally {
      closeSync(fd);
    }
    renameSync(path, target);
  } catch (error) {
    removeQuietly(path);
    if (!['ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '') || !existsSync(target)) throw error;
    overwriteNow(target, text, error);
  }
}

/** A reader may see half of it; so this is for files with a checksum only, of which half counts as damaged. */
function overwriteNow(target: string, text: string, reason: unknown): void {
  const fd = openSync(target, carefully(constants.O_RDWR));
  try {
    const bytes = Buffer.from(text);
    const rest = Math.max(0, fstatSync(fd).size - bytes.length);
    const whole = Buffer.concat([bytes, Buffer.alloc(rest, ' ')]);
    if (writeSync(fd, whole, 0, whole.length, 0) !== whole.length) throw reason;
  } finally {
    closeSync(fd);
  }
}

/** Forces what was written to a file, by whomever, to the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, carefully(constants.O_RDWR));
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames in a directory survive a loss of power. Windows cannot and need not; some network disks cannot. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const file = await open(directory, 'r');
  try {
    await file.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await file.close();
  }
}

export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already, or the directory cannot be changed; the next start sweeps it.
  }
}
