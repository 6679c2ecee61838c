import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { DEMO_ACCOUNTS, startSimulator } from '../../src/simulator';
import { Home, Product, runKis, StartedProcess } from '../support/product';
import { built } from '../support/project';
import { describeWithPython } from '../support/python';
import { codeBlock } from '../support/manual';

const DEMO = { KIS_SIMULATOR: 'true', SIMULATOR_MOCK_PORT: '0', PORT: '1' };
const TOKEN_FILE = '~/KIS/tokens/token_PStoMm5NMd_mock.json';
const MINUTES_MS = 60_000;

/** What the manual has people type, tried as it stands there. The code is the same in both languages. */
describe('What the manual says', () => {
  it.each(['english', 'korean'] as const)(
    'about .env.local (%s) never becomes an account before it is filled in',
    async (name) => {
      const local = codeBlock(name, 'ini', 'KIS_APP_KEY');
      const files = { '.env.local': { content: local, mode: 0o600 } };
      const { code, stderr } = await runKis(['accounts'], { shippedEnv: true, files });
      expect(code).toBe(1);
      expect(stderr.match(/^ {2}- .*$/gm)).toEqual([
        expect.stringContaining('KIS_APP_KEY: is still a placeholder'),
        expect.stringContaining('KIS_APP_SECRET: is still a placeholder'),
      ]);
    },
  );

  it('about encrypting tokens does it', async () => {
    const home = new Home({ shippedEnv: true });
    execFileSync('bash', ['-c', codeBlock('english', 'bash', 'KIS_TOKEN_ENCRYPTION_KEY')], {
      cwd: home.cwd,
    });
    expect((await runKis(['token', 'get'], { home, env: DEMO })).code).toBe(0);
    expect(JSON.parse(home.read(TOKEN_FILE))).toMatchObject({ encryption: 'AES-256-GCM' });
  });

  describeWithPython('about Python', () => {
    /** The snippet, with the built command line instead of `npm run`, which works in the project's directory only. */
    const snippet = codeBlock('english', 'python', 'def kis_token').replace(
      '["npm", "run", "-s", "kis", "--",',
      `["${process.execPath}", "${built('main.cli.js')}",`,
    );

    const functions = snippet.slice(0, snippet.indexOf('\ntoken = '));

    function python(home: Home, call: string, env: Record<string, string> = {}): string {
      const { PATH = '' } = process.env;
      const program = `${call === 'token' ? snippet : functions}\nprint(${call})`;
      return execFileSync('python3', ['-c', program], {
        cwd: home.cwd,
        env: { PATH, HOME: home.path, ...DEMO, ...env },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    }

    it('gets a token by the command line, then the same one from the file, in whatever time zone', () => {
      const home = new Home();
      const token = python(home, 'token');
      expect(token).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(python(home, 'kis_token("PStoMm5NMd")', { TZ: 'America/New_York' })).toBe(token);
      expect(python(home, 'kis_token("PStoMm5NMd", buffer=timedelta(days=2))')).toBe('None');
    });

    it('reads a file of another Python program, and leaves an encrypted or damaged one alone', async () => {
      const home = new Home();
      const hour = new Date(Date.now() + 60 * MINUTES_MS);
      const local = new Date(hour.getTime() - hour.getTimezoneOffset() * MINUTES_MS);
      const expiry_datetime = local.toISOString().replace('Z', '000');
      home.write(TOKEN_FILE, JSON.stringify({ access_token: 'theirs', expiry_datetime }));
      expect(python(home, 'kis_token("PStoMm5NMd")')).toBe('theirs');
      home.write(TOKEN_FILE, '{"access_token": "ey');
      expect(python(home, 'kis_token("PStoMm5NMd")')).toBe('None');
      const env = { ...DEMO, KIS_TOKEN_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
      const { stdout } = await runKis(['token', 'get'], { home, env });
      expect(python(home, 'kis_token("PStoMm5NMd")', env)).toBe('None');
      expect(python(home, 'token', env)).toBe(stdout.trim());
    });
  });

  it('about the simulator in a process of its own is what it prints', async () => {
    const env = { SIMULATOR_REAL_PORT: '0', SIMULATOR_MOCK_PORT: '0' };
    const simulator = StartedProcess.start(process.execPath, [built('main.simulator.js')], { env });
    await simulator.untilWritten('Stop with Ctrl+C');
    const { stdout } = simulator;
    const local = stdout.match(/^ {2}(KIS_\w+=.*)$/gm)?.map((line) => line.trim()) ?? [];
    const yaml = stdout.match(/^ {2}(\w+: ".*")$/gm)?.map((line) => line.trim()) ?? [];
    expect([local.length, yaml.length]).toEqual([7, 12]);
    const files = { '.env.local': { content: local.join('\n'), mode: 0o600 } };
    const own = await runKis(['balance', '--json'], { shippedEnv: true, files });
    expect(JSON.parse(own.stdout)).toMatchObject({ simulated: false, holdings: expect.any(Array) });
    const official = { '~/KIS/config/kis_devlp.yaml': { content: yaml.join('\n'), mode: 0o600 } };
    const KIS_CONFIG_FILE = '~/KIS/config/kis_devlp.yaml';
    const both = await runKis(['accounts', '--json'], { files: official, env: { KIS_CONFIG_FILE } });
    expect(JSON.parse(both.stdout)).toMatchObject([{ alias: 'mock' }, { alias: 'real', mode: 'REAL' }]);
    await simulator.stop();
  });

  it('to try with the simulator works, and a token of another program is taken over before', async () => {
    const home = new Home();
    const other = await startSimulator({ realPort: null, mockPort: 0 });
    home.write(TOKEN_FILE, await issuedMinutesAgo(20, other.mockUrl ?? ''));
    await other.stop();
    const env = { KIS_SIMULATOR: 'true', SIMULATOR_MOCK_PORT: '0', KIS_TOKEN_SWEEP_SECONDS: '1' };
    const product = await Product.start({ home, env });
    const simulator = (await product.ask<{ url: string }>('/simulator')).body.url;
    // One that is younger than a minute would not be replaced.
    home.write('~/KIS/tokens/temporary', await issuedMinutesAgo(10, simulator));
    renameSync(home.locate('~/KIS/tokens/temporary'), home.locate(TOKEN_FILE));
    await product.untilWritten('"main": adopted');
    const commands = codeBlock('english', 'bash', '"holdings": 30')
      .replaceAll('http://127.0.0.1:29443', simulator)
      .replaceAll('http://127.0.0.1:3000', product.url)
      .replaceAll('curl ', 'curl -fsS ');
    const output = execFileSync('bash', ['-e', '-c', commands], { encoding: 'utf8' });
    const balance = JSON.parse(output.slice(output.lastIndexOf('{"account"'))) as { holdings: unknown[] };
    expect(balance.holdings).toHaveLength(30);
    await product.untilWritten(/EGW00121[\s\S]*Access token obtained successfully/);
    await product.stop();
  });
});

/** What a Python program would have stored after it was issued a token some minutes ago. */
async function issuedMinutesAgo(minutes: number, simulator: string): Promise<string> {
  const post = (path: string, body: object): Promise<Response> =>
    fetch(simulator + path, { method: 'POST', body: JSON.stringify(body) });
  await post('/__sim/clock', { offsetSeconds: -60 * minutes });
  const { appKey: appkey, appSecret: appsecret } = DEMO_ACCOUNTS.mock;
  const answer = await post('/oauth2/tokenP', { grant_type: 'client_credentials', appkey, appsecret });
  await post('/__sim/clock', { offsetSeconds: 0 });
  return answer.text();
}
