import { closeSync, constants, openSync } from 'node:fs';
import { tryLock } from 'fs-native-extensions';
import type { KisClock } from '../../clock';

/** What is done under the lock takes a millisecond; only a stopped process keeps it longer. */
const PATIENCE_MS = 3000;
const RETRY_MS = 5;

/** Another process holds the lock and does not go on. */
export class LockBusyError extends Error {}

/**
 * Runs `section` while no other process or caller is in a section of the same lock file. The lock is the kernel's: it
 * is free within milliseconds when its holder is killed, and cannot be taken from a holder that merely stands still.
 * `section` is synchronous, so that a busy event loop cannot prolong it.
 *
 * @throws LockBusyError when the lock is not to be had within three seconds.
 */
export async function underKernelLock<T>(lockFile: string, clock: KisClock, section: () => T): Promise<T> {
  const fd = openSync(lockFile, constants.O_RDWR | constants.O_CREAT | noFollow(), 0o600);
  try {
    const until = clock.monotonic() + PATIENCE_MS;
    while (!tryLock(fd)) {
      if (clock.monotonic() >= until) throw new LockBusyError(`${lockFile} is locked`);
      await clock.sleep(RETRY_MS);
    }
    return section();
  } finally {
    closeSync(fd);
  }
}

/** Windows has no such flag, and no symbolic links for ordinary users either. */
export function noFollow(): number {
  return (constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;
}
