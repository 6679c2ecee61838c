import { once } from 'node:events';
import { closeSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../support/free-port';
import { Home, Product, runKis, startKis } from '../support/product';
import { PROJECT } from '../support/project';

const DEMO = { KIS_SIMULATOR: 'true' };
const ACCOUNT = {
  KIS_APP_KEY: 'PSabcdefghij0123456789ABCDEFGHIJ0123',
  KIS_APP_SECRET: 'Zx9+'.repeat(45),
  KIS_ACCOUNT_NUMBER: '12345678',
};

function privately(content: string): { content: string; mode: number } {
  return { content, mode: 0o600 };
}

interface Balance {
  readonly summary: { readonly deposit: string };
  readonly holdings: readonly unknown[];
}

describe('The command line of the built product', () => {
  it('names its version', async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await runKis(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('keeps a mistake in sight instead of scrolling it away', async () => {
    const { code, stdout, stderr } = await runKis(['token', 'steal']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^There is no command "token steal"\.\n/);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(4);
  });

  it('says outside the project that there are no settings, and leaves nothing behind', async () => {
    const home = new Home();
    const { code, stderr } = await runKis(['accounts'], { home });
    expect(code).toBe(1);
    expect(stderr).toContain(`There is no .env or .env.local in the current directory (${home.cwd}).`);
    // A command that has something to log: its token directory is a file.
    const env = { ...ACCOUNT, KIS_TOKEN_DIR: home.locate('file') };
    home.write('file', '');
    expect((await runKis(['token', 'status'], { home, env })).stderr).toContain('WARNING');
    expect(home.list('.')).toEqual(['file']);
  });

  it('writes the log file that the settings name, in the home directory too', async () => {
    const home = new Home({ files: { '.env.local': privately('LOG_FILE=~/logs/own.log\n'), file: '' } });
    await runKis(['token', 'status'], { home, env: { ...ACCOUNT, KIS_TOKEN_DIR: home.locate('file') } });
    expect(home.read('~/logs/own.log')).toContain('WARNING');
    expect(home.list('.')).toEqual(['.env.local', 'file']);
  });

  it('shows the figures of the running service in the demo, and says so', async () => {
    const service = await Product.start({ env: { ...DEMO, SIMULATOR_MOCK_PORT: '0' } });
    const simulator = (await service.ask<{ url: string }>('/simulator')).body.url;
    await fetch(`${simulator}/__sim/settings`, { method: 'PATCH', body: '{"holdings": 30}' });
    const env = { ...DEMO, PORT: String(service.port) };
    const { home } = service;
    const { code, stdout } = await runKis(['balance', '--json'], { home, env });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Balance).holdings).toHaveLength(30);
    expect((await runKis(['accounts'], { home, env })).stderr).toBe(
      `Simulated: the figures are those of the running service (${simulator}).\n`,
    );
    await service.stop();
    const alone = await runKis(['balance'], { home, env });
    expect(alone).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Simulated: no service runs .* a simulator of its own\.\n/),
    });
  });

  it.each([
    ['another program', 200, '<html>', {}],
    ['an address elsewhere', 200, '{"url": "http://192.0.2.1:80"}', {}],
    ['a redirect', 302, '', { location: 'http://192.0.2.1/' }],
  ])('is not led astray in the demo by %s on the port of the service', async (_, status, body, headers) => {
    const other = createServer((_request, response) => response.writeHead(status, headers).end(body));
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await runKis(['accounts'], { env: { ...DEMO, PORT: String(port) } })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('a simulator of its own'),
    });
    other.close();
    await once(other, 'close');
  });

  it('gives errors as JSON on standard error when JSON is wanted', async () => {
    const env = { ...DEMO, PORT: String(await freePort()) };
    const { code, stdout, stderr } = await runKis(['token', 'status', 'nobody', '--json'], { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      code: 'ACCOUNT_NOT_FOUND',
      detail: 'There is no account "nobody". Configured: main.',
    });
  });

  it('ends without a message, but not as a success, when its reader leaves early', async () => {
    const started = startKis(['balance'], { env: { ...DEMO, PORT: String(await freePort()) } });
    started.stopReading('stdout');
    expect(await started.outcome()).toMatchObject({ code: 1, stderr: expect.not.stringContaining('EPIPE') });
  });

  it('fails when its answer cannot be written', async () => {
    const full = openSync('/dev/full', 'w');
    const started = startKis(['--version'], { stdio: ['ignore', full, 'pipe'] });
    expect(await started.outcome()).toMatchObject({ code: 1 });
    closeSync(full);
  });

  it('does not call a token file in order that it cannot open', async () => {
    const home = new Home({ files: { '~/KIS/tokens/other': '' } });
    symlinkSync('other', home.locate('~/KIS/tokens/token_PSabcdefgh_mock.json'));
    const { code, stdout } = await runKis(['doctor'], { home, env: ACCOUNT });
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAULT +token of main: .*symbolic link/);
    expect(stdout).toMatch(/NOTE +clock: .*not compared; kis doctor --online compares it with KIS/);
  });
});
