import { spawnSync } from 'node:child_process';
import { env } from 'node:process';

/** Python, for tests with programs made for KIS; without it they are skipped. */

/** Debian's own, for which apt packages bring modules, whichever other one is on the path. */
export const DEBIAN_PYTHON = '/usr/bin/python3';

/**
 * `describe`, for what needs Python, or modules of Debian's Python. Where they are missing the suite is skipped and
 * says so in its name; in CI it fails instead, because a skipped test would go unnoticed.
 */
export function describeWithPython(
  name: string,
  suite: () => void,
  { modules = [] }: { readonly modules?: readonly string[] } = {},
): void {
  const program = modules.length === 0 ? 'python3' : DEBIAN_PYTHON;
  const isThere =
    spawnSync(program, ['-c', modules.map((module) => `import ${module}`).join('\n')]).status === 0;
  if (isThere || env['CI']) describe(name, suite);
  else describe.skip(`${name} [needs ${[program, ...modules].join(', ')}]`, suite);
}
