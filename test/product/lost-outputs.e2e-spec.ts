import { spawnSync } from 'node:child_process';
import { chownSync, closeSync, copyFileSync, lchownSync, mkdirSync, openSync, symlinkSync } from 'node:fs';
import { NOBODY } from '../support/other-user';
import { freePort } from '../support/free-port';
import { DEMO, Home, Product, runKis, StartedProcess } from '../support/product';
import { built } from '../support/project';

const BALANCE = '/api/accounts/main/balance';

/** Writes a line to every log: on the console, in the file. */
async function makeItLog(product: Product): Promise<void> {
  expect((await product.ask('/api/tokens/main', { method: 'DELETE' })).status).toBe(204);
}

/** A device that is always full, as a disk may be. */
function fullDisk(): number {
  return openSync('/dev/full', 'w');
}

describe('The API whose output is lost', () => {
  it.each(['stdout', 'stderr'] as const)('goes on when nobody reads its %s any more', async (output) => {
    const noise = `setInterval(() => process.emitWarning('a warning of the platform'), 20);`;
    const home = new Home({ files: { 'noise.cjs': noise } });
    const env = { ...DEMO, NODE_OPTIONS: `--require ${home.locate('noise.cjs')}` };
    const product = await Product.start({ env, home });
    product.process.stopReading(output);
    for (let time = 0; time < 3; time += 1) {
      await makeItLog(product);
    }
    expect(await product.stop()).toMatchObject({ signal: 'SIGTERM' });
    if (output === 'stdout')
      expect(home.read('logs/app.log')).toContain('standard output cannot be written (EPIPE)');
  });

  it('goes on while there is no space behind its outputs', async () => {
    const full = fullDisk();
    const product = await Product.start({
      env: { ...DEMO, LOG_FILE: '/dev/full' },
      stdio: ['ignore', full, full],
    });
    closeSync(full);
    expect((await product.ask(BALANCE)).status).toBe(200);
    await makeItLog(product);
    expect(await product.stop()).toMatchObject({ signal: 'SIGTERM' });
  });

  it.each([
    ['a FIFO that nobody reads', (path: string) => spawnSync('mkfifo', [path])],
    [
      'a directory',
      (path: string) => {
        mkdirSync(path);
      },
    ],
  ])('starts although LOG_FILE is %s, and says so', async (_, make) => {
    const home = new Home();
    make(home.locate('app.log'));
    const product = await Product.start({ env: { ...DEMO, LOG_FILE: 'app.log' }, home });
    expect(product.stdout).toMatch(/WARNING - \[Log\] The log file cannot be written .*LOG_FILE/);
    expect((await product.ask(BALANCE)).status).toBe(200);
    await product.stop();
  });

  (process.getuid?.() === 0 ? it : it.skip).each([
    [
      'a link of another user',
      (path: string, target: string) => {
        symlinkSync(target, path);
      },
      lchownSync,
    ],
    [
      'a file of another user',
      (path: string, target: string) => {
        copyFileSync(target, path);
      },
      chownSync,
    ],
  ])('writes no log into %s, and says so', async (_, make, give) => {
    const home = new Home({ files: { 'target.txt': 'not a log\n' } });
    const path = home.locate('app.log');
    make(path, home.locate('target.txt'));
    give(path, NOBODY, NOBODY);
    const product = await Product.start({ env: { ...DEMO, LOG_FILE: 'app.log' }, home });
    expect(product.stdout).toMatch(
      /WARNING - \[Log\] The log file cannot be written .*another user.*LOG_FILE/,
    );
    await product.stop();
    expect([home.read('target.txt'), home.read('app.log')]).toEqual(['not a log\n', 'not a log\n']);
  });

  it('writes into a link of its own user', async () => {
    const home = new Home();
    symlinkSync(home.locate('target.txt'), home.locate('app.log'));
    const product = await Product.start({ env: { ...DEMO, LOG_FILE: 'app.log' }, home });
    await product.stop();
    expect(home.read('target.txt')).toContain('Checking for cached token');
  });

  it('writes into a FIFO that is read', async () => {
    const home = new Home();
    spawnSync('mkfifo', [home.locate('app.log')]);
    const reader = StartedProcess.start('cat', ['app.log'], { home });
    const product = await Product.start({ env: { ...DEMO, LOG_FILE: 'app.log' }, home });
    await reader.untilWritten('Status page');
    await product.stop();
    expect((await reader.outcome()).code).toBe(0);
  });
});

describe('A command whose answer is lost', () => {
  it('fails and says so when there is no space for it', async () => {
    const full = fullDisk();
    const { code, stderr } = await runKis(['accounts'], { env: DEMO, stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ENOSPC') });
  });

  it.each(['accounts', 'token get'])('fails quietly when its reader is gone: kis %s', async (words) => {
    const command = `"${process.execPath}" "${built('main.cli.js')}" ${words} | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await StartedProcess.start('bash', ['-c', command], { env: DEMO }).outcome();
    expect(stdout).toBe('1\n');
    expect(stderr).not.toMatch(/EPIPE|^\s+at /m);
  });
});

describe('The simulator whose output is lost', () => {
  it('goes on', async () => {
    const full = fullDisk();
    const [real, mock] = [await freePort(), await freePort()];
    const env = { SIMULATOR_REAL_PORT: String(real), SIMULATOR_MOCK_PORT: String(mock) };
    const stdio = ['ignore', full, full] as const;
    const simulator = StartedProcess.start(process.execPath, [built('main.simulator.js')], {
      env,
      stdio: [...stdio],
    });
    closeSync(full);
    await simulator.untilAnswering(`http://127.0.0.1:${mock}/__sim`);
    simulator.signal('SIGTERM');
    expect(await simulator.outcome()).toMatchObject({ code: 0 });
  });
});
