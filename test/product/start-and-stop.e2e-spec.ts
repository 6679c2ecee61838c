import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { freshKeyPair } from '../support/brokerage-env';
import { freePort } from '../support/free-port';
import { DEMO, Home, Product, runKis, runScript } from '../support/product';

const BALANCE = '/api/accounts/main/balance';

describe('The built product', () => {
  it('starts as it is shipped, answers, and ends by the signal that stops it, with nothing to complain of', async () => {
    const product = await Product.start({ shippedEnv: true, env: { SIMULATOR_MOCK_PORT: '0' } });
    const { status, body } = await product.ask(BALANCE);
    expect({ status, body }).toMatchObject({ status: 200, body: { account: { simulated: true } } });
    expect(await product.stop()).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
  });

  it('keeps token and directory to their owner, and the token over a restart', async () => {
    const first = await Product.start({ env: DEMO });
    expect((await first.ask(BALANCE)).status).toBe(200);
    await first.stop();
    const { home } = first;
    expect(home.mode('~/KIS/tokens')).toBe('700');
    expect(home.mode('~/KIS/tokens/token_PStoMm5NMd_mock.json')).toBe('600');

    const second = await Product.start({ env: DEMO, home });
    expect((await second.ask(BALANCE)).status).toBe(200);
    await second.stop();
    expect(home.read('logs/app.log').match(/Requesting new access token/g)).toHaveLength(1);
  });

  it('starts and takes orders although there is a pipe where the simulator keeps its orders', async () => {
    const home = new Home({ files: { '~/KIS/state/note': '' } });
    spawnSync('mkfifo', [home.locate('~/KIS/state/simulator-orders.jsonl')]);
    const product = await Product.start({ env: DEMO, home });
    const order = { symbol: '005930', side: 'buy', type: 'limit', quantity: '1', price: '70000' };
    const headers = { 'content-type': 'application/json' };
    const placed = { method: 'POST', headers, body: JSON.stringify(order) };
    expect((await product.ask('/api/accounts/main/orders', placed)).status).toBe(201);
    await product.stop();
  });

  it('has a command line that prints its answer on standard output', async () => {
    const { code, stdout } = await runKis(['accounts'], { env: DEMO });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('5011****-01') });
  });

  it('has a library that a script can load', async () => {
    const script = `const { KisTokenService } = require('./kis'); console.log(KisTokenService.name);`;
    expect(await runScript(script)).toEqual({
      code: 0,
      signal: null,
      stdout: 'KisTokenService\n',
      stderr: '',
    });
  });

  it('writes its log for its owner only, whatever the umask', async () => {
    // Threads have the umask of their process, and may not set it.
    const openToAll = "require('node:worker_threads').isMainThread && process.umask(0);";
    const home = new Home({ files: { 'umask.cjs': openToAll } });
    const product = await Product.start({ env: { ...DEMO, NODE_OPTIONS: '--require ./umask.cjs' }, home });
    await product.untilWritten('Token saved successfully');
    await product.stop();
    expect([home.mode('logs'), home.mode('logs/app.log')]).toEqual(['700', '600']);
    expect([
      home.mode('~/KIS/tokens'),
      home.list('~/KIS/tokens').map((name) => home.mode(`~/KIS/tokens/${name}`)),
    ]).toEqual(['700', home.list('~/KIS/tokens').map(() => '600')]);
  });

  it('refuses a port that is taken with exit code 1, and names another', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    const product = await Product.launch({ env: { ...DEMO, PORT: String(port) } });
    const { code, stderr } = await product.outcome();
    other.close();
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`PORT=${port + 1}`) });
    expect(product.home.list('~/KIS')).toEqual([]);
  });

  it('refuses wrong settings with exit code 1, all of them at once', async () => {
    const product = await Product.launch({ env: { PORT: 'many', KIS_TRADING_MODE: 'MAYBE' } });
    const { code, stdout, stderr } = await product.outcome();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const name of ['PORT', 'KIS_TRADING_MODE', 'KIS_APP_KEY']) expect(stderr).toContain(name);
  });

  it('never ends unfinished with exit code 0, even if a wait of its own kept nothing alive', async () => {
    const mistake = `const { setTimeout } = globalThis; globalThis.setTimeout = (...args) => setTimeout(...args).unref();`;
    const { appKey, appSecret } = freshKeyPair();
    const account = { KIS_APP_KEY: appKey, KIS_APP_SECRET: appSecret, KIS_ACCOUNT_NUMBER: '50112345' };
    const options = () => ({
      env: { ...account, KIS_BASE_URL: 'http://127.0.0.1:9', NODE_OPTIONS: '--require ./mistake.cjs' },
      files: { 'mistake.cjs': mistake, [`~/KIS/tokens/token_${appKey.slice(0, 10)}_mock.json`]: '' },
    });
    const unfinished = { code: 1, stderr: expect.stringContaining('Ended before the work was done') };
    expect(await runKis(['token', 'status'], options())).toMatchObject(unfinished);
    expect(await (await Product.launch(options())).outcome()).toMatchObject(unfinished);
  });
});
