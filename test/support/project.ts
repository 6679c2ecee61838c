import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The root of this checkout. */
export const PROJECT = join(__dirname, '..', '..');

/** The path of a built file. */
export function built(file: string): string {
  return join(PROJECT, 'dist', file);
}

// Builds when the build is missing or older than the sources; in `npm test` that has been done already.
beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/prepare.mjs', '--build', '--quiet'], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The product could not be built, so it cannot be tested:\n${stderr}`);
}, 300_000);
