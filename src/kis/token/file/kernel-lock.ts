import { closeSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs';
import type { KisClock } from '../../clock';
import { carefully, codeOf } from './careful-open';

/** What is done under the lock takes a millisecond; only a stopped process keeps it longer. */
const USUAL_PATIENCE_MS = 3000;
const RETRY_MS = 5;

/** Another process holds the lock and does not go on. */
export class LockBusyError extends Error {}

/**
 * Runs `section` while no other process or caller is in a section of the same lock file. The lock is the kernel's: it
 * is free within milliseconds when its holder is killed, and cannot be taken from a holder that merely stands still.
 * `section` is synchronous, so that a busy event loop cannot prolong it. It runs again when a file that it wanted to
 * replace was open elsewhere, so it must do nothing twice that may be done once only. It may use the open lock file.
 *
 * @throws LockBusyError when the lock is not to be had within `patienceMs`; see {@link hasKernelLock} too.
 */
export async function underKernelLock<T>(
  lockFile: string,
  clock: KisClock,
  section: (fd: number) => T,
  patienceMs = USUAL_PATIENCE_MS,
): Promise<T> {
  const { tryLock } = await import('fs-native-extensions');
  const until = clock.monotonic() + patienceMs;
  for (;;) {
    const last = clock.monotonic() >= until;
    const turn = attempt(lockFile, tryLock, section, last);
    if (turn) return turn.result;
    if (last) throw new LockBusyError(`${lockFile} is locked`);
    await clock.sleep(RETRY_MS);
  }
}

type TryLock = (fd: number) => boolean;

/** Whether the native part loads here; it is prebuilt for the usual platforms only. */
export async function hasKernelLock(): Promise<boolean> {
  try {
    await import('fs-native-extensions');
    return true;
  } catch {
    return false;
  }
}

/** `null` when it is not our turn yet. The file is opened each time: somebody may have deleted it. */
function attempt<T>(
  lockFile: string,
  tryLock: TryLock,
  section: (fd: number) => T,
  last: boolean,
): { result: T } | null {
  const fd = openLockFile(lockFile);
  try {
    if (!isGranted(fd, tryLock)) return null;
    return { result: section(fd) };
  } catch (error) {
    if (isOpenElsewhere(error) && !last) return null;
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Mode 0600 whatever the umask. */
function openLockFile(lockFile: string): number {
  const fd = openSync(lockFile, carefully(constants.O_RDWR | constants.O_CREAT), 0o600);
  const { mode, uid } = fstatSync(fd);
  if ((mode & 0o777) !== 0o600 && uid === process.getuid?.()) fchmodSync(fd, 0o600);
  return fd;
}

/** Windows reports a lock that is taken as EBUSY. */
function isGranted(fd: number, tryLock: TryLock): boolean {
  try {
    return tryLock(fd);
  } catch (error) {
    if (codeOf(error) === 'EBUSY') return false;
    throw error;
  }
}

/** Windows does not replace a file that another process has open, as readers do for a moment. */
function isOpenElsewhere(error: unknown): boolean {
  const codes = process.platform === 'win32' ? ['EBUSY', 'EPERM', 'EACCES'] : ['EBUSY'];
  return codes.includes(codeOf(error) ?? '');
}
