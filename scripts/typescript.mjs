// Lets a script of this project use its TypeScript as it is, tests included, without a build that could be stale.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Loads a module and all that it needs; the path is relative to this folder. */
export function load(path) {
  const { register, registerInThreads } = require('./typescript-hook.cjs');
  register();
  registerInThreads();
  return require(path);
}
