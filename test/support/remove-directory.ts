import { rmSync } from 'node:fs';

const ATTEMPTS = 20;

/**
 * Removes a directory and everything in it, also while a process that is just ending still writes there. (Node's own
 * `maxRetries` repeats only the removal of the directory, so a file that appeared meanwhile makes it fail for good.)
 */
export function removeDirectory(path: string): void {
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 * attempt);
    }
  }
  rmSync(path, { recursive: true, force: true });
}
