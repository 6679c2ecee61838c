import { chownSync } from 'node:fs';
import { freePort } from '../support/free-port';
import { Home, Product, runKis, StartedProcess, type Outcome } from '../support/product';
import { built } from '../support/project';

const KEY = 'PSabcdefghij0123456789ABCDEFGHIJ0123';
const SECRET = 'Zx9+'.repeat(45);
/** Settings of a user with an account, pointed at an address where nothing listens. */
const MINE = [
  '# 모의투자',
  'KIS_SIMULATOR=false',
  `KIS_APP_KEY=${KEY}`,
  `KIS_APP_SECRET=${SECRET}`,
  'KIS_ACCOUNT_NUMBER=12345678-01',
  'KIS_BASE_URL=http://127.0.0.1:9',
  '',
].join('\r\n');
const CP949_COMMENT = Buffer.from([0x23, 0xb8, 0xf0, 0xc0, 0xc7, 0x0d, 0x0a]);

function utf16(text: string): Buffer {
  return Buffer.from(`\uFEFF${text}`, 'utf16le');
}

function privately(content: string | Uint8Array): { content: string | Uint8Array; mode: number } {
  return { content, mode: 0o600 };
}

function settled(local: string | Uint8Array): Home {
  return new Home({ shippedEnv: true, files: { '.env.local': privately(local) } });
}

describe('The settings of the built product', () => {
  it('are those of a UTF-16 file, not invented figures, also for the service', async () => {
    const product = await Product.start({ home: settled(utf16(MINE)) });
    expect((await product.ask('/api/accounts')).body).toEqual([
      { alias: 'main', mode: 'MOCK', accountNumber: '1234****-01', simulated: false },
    ]);
    await product.stop();
  });

  it.each([
    ['with a byte order mark', `\uFEFF${MINE}`],
    ['in UTF-16 with the bytes the other way round', utf16(MINE).swap16()],
  ])('are read from a file %s', async (_, local) => {
    const { code, stdout, stderr } = await runKis(['accounts', '--json'], { home: settled(local) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject([{ accountNumber: '1234****-01', simulated: false }]);
  });

  it.each([
    ['CP949', Buffer.concat([CP949_COMMENT, Buffer.from(MINE.slice(MINE.indexOf('KIS_')))])],
    ['UTF-16 without a byte order mark', Buffer.from(MINE, 'utf16le')],
  ])('are refused in %s, with the cure and without a start', async (_, local) => {
    const home = settled(local);
    const service = await (await Product.launch({ home })).outcome();
    expect({ code: service.code, stdout: service.stdout }).toEqual({ code: 1, stdout: '' });
    expect(service.stderr).toMatch(/\.env\.local: .*save it as UTF-8/);
    expect((await runKis(['accounts'], { home })).stderr).toBe(service.stderr);
  });

  it.each([
    ['set KIS_SIMULATOR=false\n$env:PORT="4000"\n', 'lines 1, 2 set no variable'],
    ['', 'sets no variable'],
  ])('say so once at the start when a file sets nothing, and go on: %j', async (text, expected) => {
    const home = settled('');
    home.write('.env.local', { content: text, mode: 0o644 });
    const product = await Product.start({ home, env: { SIMULATOR_MOCK_PORT: '0' } });
    const warnings = product.stdout.split('\n').filter((line) => line.includes('WARNING'));
    expect(warnings).toEqual([expect.stringContaining(`[Config] .env.local: ${expected}`)]);
    await product.stop();
  });

  it('may come from the official samples, in whatever encoding Windows saved them', async () => {
    const yaml = `my_app: "YOUR_APP_KEY"\npaper_app: "${KEY}"\npaper_sec: "${SECRET}"\nmy_paper_stock: "12345678"\n`;
    const env = { KIS_CONFIG_FILE: '~/kis_devlp.yaml' };
    const read = await runKis(['accounts', '--json'], {
      env,
      files: { '~/kis_devlp.yaml': privately(utf16(`# 앱키\n${yaml}`)) },
    });
    expect(read).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(read.stdout)).toMatchObject([{ alias: 'mock', accountNumber: '1234****-01' }]);
    const refused = await runKis(['accounts'], {
      env,
      files: { '~/kis_devlp.yaml': privately(Buffer.concat([CP949_COMMENT, Buffer.from(yaml)])) },
    });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/KIS_CONFIG_FILE: names a file that .*save it as UTF-8/);
  });

  it('may name files with the secrets, as Docker and systemd hand them over', async () => {
    const home = new Home({
      files: { '~/key': privately(`${KEY}\n`), '~/secret': privately(`${SECRET}\r\n`) },
    });
    const env = {
      KIS_APP_KEY_FILE: home.locate('~/key'),
      KIS_APP_SECRET_FILE: '~/secret',
      KIS_ACCOUNT_NUMBER: '12345678',
    };
    expect(await runKis(['accounts'], { home, env })).toMatchObject({ code: 0, stderr: '' });
    const both = await runKis(['accounts'], { home, env: { ...env, KIS_APP_KEY: KEY } });
    expect(both).toMatchObject({ code: 1, stdout: '' });
    expect(both.stderr).toContain('KIS_APP_KEY_FILE: is set together with KIS_APP_KEY');
  });

  it('are reported, at the start and by the doctor, when others can read or change them', async () => {
    const home = settled(MINE);
    home.write('.env.local', { content: MINE, mode: 0o644 });
    const product = await Product.start({ home });
    expect(product.stdout).toMatch(
      /WARNING - \[Config\] \.env\.local: can be read by other users .*chmod 600/,
    );
    await product.stop();
    expect((await runKis(['doctor'], { home })).stdout).toMatch(/NOTE .*\.env\.local: can be read by other/);
    if (process.geteuid?.() !== 0) return;
    chownSync(home.locate('.env.local'), 12345, 12345);
    expect((await runKis(['doctor'], { home })).stdout).toMatch(
      /NOTE .*\.env\.local: belongs to another user/,
    );
  });

  it.each(['main.js', 'main.simulator.js'])('are what %s is set by: it takes no arguments', async (main) => {
    const home = settled('');
    const run = (argument: string): Promise<Outcome> =>
      StartedProcess.start(process.execPath, [built(main), argument], { home }).outcome();
    const help = await run('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: npm .*\n[^]*Settings are read from the environment/);
    const refused = await run('--port=3000');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toBe(`This command takes no arguments.\n${help.stdout}`);
  });

  it('count for the simulator in a process of its own', async () => {
    const port = await freePort();
    const home = settled(`SIMULATOR_MOCK_PORT=${port}\nSIMULATOR_REAL_PORT=0\n`);
    const simulator = StartedProcess.start(process.execPath, [built('main.simulator.js')], { home });
    await simulator.untilWritten('Stop with Ctrl+C');
    expect(simulator.stdout).toContain(`http://127.0.0.1:${port}`);
    await simulator.stop();
    home.write('.env.local', utf16(MINE).subarray(2));
    const refused = StartedProcess.start(process.execPath, [built('main.simulator.js')], { home });
    expect(await refused.outcome()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('save it as UTF-8'),
    });
  });
});
