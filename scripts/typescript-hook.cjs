// Lets Node load the TypeScript of this project as it is, in threads too: without a build that could be stale.
// To be required, or preloaded (`--require`), where sources run themselves: scripts, tests, their threads.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const threads = require('node:worker_threads');

/** Makes `require` understand TypeScript. */
function register() {
  const { transformFileSync } = require('@swc/core');
  const { $schema, ...swc } = JSON.parse(readFileSync(join(__dirname, '../.swcrc'), 'utf8'));
  require.extensions['.ts'] = (module, file) => {
    module._compile(transformFileSync(file, { ...swc, swcrc: false, sourceMaps: 'inline' }).code, file);
  };
}

/** Makes threads whose file is TypeScript load this file first. */
function registerInThreads() {
  if (threads.Worker.understandsTypeScript) return;
  threads.Worker = class extends threads.Worker {
    static understandsTypeScript = true;

    constructor(file, options) {
      const isSource = String(file).endsWith('.ts');
      super(file, isSource ? { ...options, execArgv: ['--require', __filename] } : options);
    }
  };
}

if (!threads.isMainThread) register();
module.exports = { register, registerInThreads };
