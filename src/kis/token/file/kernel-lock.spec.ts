import { tryLock } from 'fs-native-extensions';
import { closeSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WillingKisClock } from '../../testing/file-place';
import { LockBusyError, underKernelLock } from './kernel-lock';

describe('underKernelLock', () => {
  let base: string;
  let lockFile: string;
  let clock: WillingKisClock;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'kis-lock-'));
    lockFile = join(base, '.lock');
    clock = new WillingKisClock();
  });

  afterEach(() => {
    rmSync(base, { recursive: true });
  });

  /** Somebody takes the lock and goes on standing there. */
  function hold(): () => void {
    const fd = openSync(lockFile, 'a+');
    expect(tryLock(fd)).toBe(true);
    return () => {
      closeSync(fd);
    };
  }

  it('gives what the section gives', async () => {
    await expect(underKernelLock(lockFile, clock, () => 42)).resolves.toBe(42);
    expect(statSync(lockFile).mode & 0o777).toBe(0o600);
  });

  it('throws what the section throws, and is free again', async () => {
    const failing = underKernelLock(lockFile, clock, () => {
      throw new Error('from within');
    });
    await expect(failing).rejects.toThrow('from within');
    await expect(underKernelLock(lockFile, clock, () => 'free')).resolves.toBe('free');
  });

  it('waits until the holder goes on', async () => {
    const release = hold();
    const waiting = underKernelLock(lockFile, clock, () => clock.monotonic());
    const began = clock.monotonic();
    clock.meanwhile = () => {
      if (clock.monotonic() - began >= 1000) release();
    };
    expect((await waiting) - began).toBeGreaterThanOrEqual(1000);
  });

  it('gives up after three seconds, without having begun', async () => {
    const release = hold();
    let begun = false;
    const began = clock.monotonic();
    const waiting = underKernelLock(lockFile, clock, () => {
      begun = true;
    });
    await expect(waiting).rejects.toThrow(LockBusyError);
    release();
    expect(begun).toBe(false);
    expect(clock.monotonic() - began).toBe(3000);
  });

  it('is not fooled by a lock file that was deleted while somebody held it', async () => {
    const releaseOld = hold();
    const waiting = underKernelLock(lockFile, clock, () => 'inside');
    let releaseNew = (): void => undefined;
    let rounds = 0;
    clock.meanwhile = () => {
      rounds += 1;
      if (rounds === 2) {
        rmSync(lockFile);
        releaseNew = hold();
        releaseOld();
      }
      if (rounds === 50) releaseNew();
    };
    await expect(waiting).resolves.toBe('inside');
    expect(rounds).toBeGreaterThanOrEqual(50);
  });

  it('runs the section again when a file that it replaces was open elsewhere', async () => {
    let runs = 0;
    const replace = underKernelLock(lockFile, clock, () => {
      runs += 1;
      if (runs < 4) throw Object.assign(new Error('busy'), { code: 'EBUSY' });
      return runs;
    });
    await expect(replace).resolves.toBe(4);
  });

  it('stops running it after three seconds, with its error', async () => {
    const replace = underKernelLock(lockFile, clock, () => {
      throw Object.assign(new Error('for ever'), { code: 'EBUSY' });
    });
    await expect(replace).rejects.toThrow('for ever');
  });
});
