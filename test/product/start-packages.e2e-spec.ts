import { relative } from 'node:path';
import { Home, Product, DEMO, runKis } from '../support/product';
import { PROJECT } from '../support/project';

/** Writes the name of each package of the main thread to a file before it is loaded. */
const RECORDER = `
  const { appendFileSync } = require('node:fs');
  const Module = require('node:module');
  const load = Module._load;
  if (require('node:worker_threads').isMainThread)
    Module._load = function (name, ...rest) {
      if (/^[@a-z]/.test(name)) appendFileSync('packages.txt', name + '\\n');
      return load.call(this, name, ...rest);
    };
`;

describe('The start of the built product', () => {
  it('loads no package that only the API docs, symbol files, the official YAML file or Redis need', async () => {
    const home = new Home({ files: { 'record.cjs': RECORDER } });
    const env = { ...DEMO, NODE_OPTIONS: '--require ./record.cjs' };
    const product = await Product.start({ env, home });
    expect((await product.ask('/api/accounts/main/balance')).status).toBe(200);
    const atStart = home.read('packages.txt').split('\n');
    expect((await product.ask('/docs-json')).status).toBe(200);
    const withDocs = home.read('packages.txt').split('\n');
    await product.stop();

    const onDemand = ['@nestjs/swagger', 'js-yaml', 'lodash', 'yaml', 'fflate', 'iconv-lite', 'ioredis'];
    expect(atStart).toContain('fastify');
    expect(onDemand.filter((name) => atStart.includes(name))).toEqual([]);
    expect(withDocs).toContain('@nestjs/swagger');
  });
});

/** Writes the names of all modules to a file when the process ends. */
const LISTING = `
  process.on('exit', () => {
    require('node:fs').writeFileSync('loaded.json', JSON.stringify(Object.keys(require.cache)));
  });
`;

async function loadedBy(...args: string[]): Promise<{ code: number | null; files: string[] }> {
  const home = new Home({ files: { 'list.cjs': LISTING } });
  const { code } = await runKis(args, { env: { ...DEMO, NODE_OPTIONS: '--require ./list.cjs' }, home });
  const all = JSON.parse(home.read('loaded.json')) as string[];
  return { code, files: all.map((file) => relative(PROJECT, file)) };
}

describe('The command kis of the built product', () => {
  it.each([
    [0, ['--help']],
    [0, ['token', 'get', '--help']],
    [0, ['--version']],
    [2, ['token', 'steal']],
    [2, ['balance', '--online', '--json']],
  ])('ends with %d for %j without Nest and the library', async (expected, args) => {
    const { code, files } = await loadedBy(...args);
    expect(code).toBe(expected);
    expect(files).toContain('dist/cli/help.js');
    expect(files.filter((file) => file.startsWith('node_modules/'))).toEqual([]);
    expect(files.filter((file) => file.startsWith('dist/kis/')).sort()).toEqual([
      'dist/kis/escape-controls.js',
      'dist/kis/masking.js',
      'dist/kis/redaction/account-numbers.js',
      'dist/kis/redaction/redactor.js',
      'dist/kis/redaction/secret-parts.js',
      'dist/kis/redaction/secret-shapes.js',
    ]);
  });

  it('loads both for a command that is carried out', async () => {
    const { code, files } = await loadedBy('accounts');
    expect(code).toBe(0);
    expect(files).toContain('dist/kis/index.js');
    expect(files.some((file) => file.startsWith('node_modules/@nestjs/core/'))).toBe(true);
  });
});
