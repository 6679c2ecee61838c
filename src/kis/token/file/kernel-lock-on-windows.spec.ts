import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WillingKisClock } from '../../testing/file-place';
import { LockBusyError, underKernelLock } from './kernel-lock';

/** How often Windows says that a lock is taken, before it grants it. */
let taken = 0;

jest.mock('fs-native-extensions', () => ({
  tryLock: () => {
    if ((taken -= 1) >= 0) throw Object.assign(new Error('resource busy or locked'), { code: 'EBUSY' });
    return true;
  },
}));

describe('underKernelLock, where the kernel is that of Windows', () => {
  const base = mkdtempSync(join(tmpdir(), 'kis-lock-'));
  const lockFile = join(base, '.lock');
  const clock = new WillingKisClock();

  const { platform } = process;

  afterEach(() => {
    taken = 0;
    runOn(platform);
  });

  afterAll(() => {
    rmSync(base, { recursive: true });
  });

  function runOn(value: NodeJS.Platform): void {
    Object.defineProperty(process, 'platform', { value });
  }

  /** Replaces a file that others have open at the first two attempts. */
  function replace(code: string): Promise<number> {
    let runs = 0;
    return underKernelLock(lockFile, clock, () => {
      runs += 1;
      if (runs < 3) throw Object.assign(new Error('the file is open elsewhere'), { code });
      return runs;
    });
  }

  it('waits for a lock that is taken, which it reports as an error', async () => {
    taken = 3;
    await expect(underKernelLock(lockFile, clock, () => 'inside')).resolves.toBe('inside');
    taken = Infinity;
    await expect(underKernelLock(lockFile, clock, () => 'inside')).rejects.toThrow(LockBusyError);
  });

  it.each(['EBUSY', 'EPERM', 'EACCES'])('tries again to replace a file that is open (%s)', async (code) => {
    runOn('win32');
    await expect(replace(code)).resolves.toBe(3);
  });

  it.each(['EPERM', 'EACCES'])('takes %s for a refusal everywhere else', async (code) => {
    runOn('darwin');
    await expect(replace(code)).rejects.toThrow('open elsewhere');
  });
});
