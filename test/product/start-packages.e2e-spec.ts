import { Home, Product, DEMO } from '../support/product';

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
