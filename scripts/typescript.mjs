// Lets a script of this project use its TypeScript as it is, tests included, without a build that could be stale.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Loads a module and all that it needs; the path is relative to this folder. */
export function load(path) {
  const { transformFileSync } = require('@swc/core');
  const { $schema, ...swc } = JSON.parse(readFileSync(new URL('../.swcrc', import.meta.url), 'utf8'));
  require.extensions['.ts'] = (module, file) => {
    module._compile(transformFileSync(file, { ...swc, swcrc: false, sourceMaps: 'inline' }).code, file);
  };
  return require(path);
}
