// Where the project is. Apart, so that a contender whose start is timed loads no more than it needs.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const benchRoot = fileURLToPath(new URL('../', import.meta.url));
/** Resolves as the project does: `./dist/…` and the project's own dependencies. */
export const fromProject = createRequire(new URL('../../package.json', import.meta.url));
/** Resolves what the benchmarks compare with, which has nothing of the project's. */
export const fromPeers = createRequire(new URL('../package.json', import.meta.url));
