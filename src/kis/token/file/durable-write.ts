import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

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
export async function writeTemporary(directory: string, text: string): Promise<string> {
  const path = temporaryIn(directory);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text, 'utf8');
    await file.sync();
    const { size } = await file.stat();
    if (size !== Buffer.byteLength(text)) throw new Error(`only ${size} bytes of a token file were written`);
  } catch (error) {
    await file.close();
    await unlink(path).catch(() => undefined);
    throw error;
  }
  await file.close();
  return path;
}

/**
 * Puts a small file in place, for use under a lock. Not forced to the disk: it outlives every death of a process, and
 * after a loss of power more time has passed than it speaks of.
 */
export function replaceNow(directory: string, target: string, text: string): void {
  const path = temporaryIn(directory);
  try {
    const fd = openSync(path, 'wx', 0o600);
    try {
      writeFileSync(fd, text, 'utf8');
    } finally {
      closeSync(fd);
    }
    renameSync(path, target);
  } catch (error) {
    removeQuietly(path);
    throw error;
  }
}

/** Makes renames in a directory survive a loss of power. Windows cannot and need not. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

export function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already, or the directory cannot be changed; the next start sweeps it.
  }
}
