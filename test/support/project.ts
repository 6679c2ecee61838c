import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The root of this checkout. */
export const PROJECT = join(__dirname, '..', '..');

let checked = false;

/** The path of a built file. Builds first when the build is missing or older than the sources; `npm test` has done that. */
export function built(file: string): string {
  if (!checked) build();
  checked = true;
  return join(PROJECT, 'dist', file);
}

function build(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/prepare.mjs', '--build', '--quiet'], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The product could not be built, so it cannot be tested:\n${stderr}`);
}
