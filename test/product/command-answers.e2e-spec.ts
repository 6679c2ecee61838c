import { spawnSync } from 'node:child_process';
import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { Home, Product, runKis, type Outcome } from '../support/product';

describe('What the commands of the built product answer', () => {
  let simulator: Simulator;
  let home: Home;

  beforeEach(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0 });
    home = new Home();
  });

  afterEach(() => simulator.stop());

  const env = (): Record<string, string> => {
    const profile = Object.entries(brokerageEnv(simulator, 'MOCK')).map(([name, value]) => [
      name.replace('KIS_', 'KIS_PENSION_'),
      value,
    ]);
    return { KIS_PROFILES: 'pension', ...(Object.fromEntries(profile) as Record<string, string>) };
  };
  const kis = (...args: string[]): Promise<Outcome> => runKis(args, { home, env: env() });

  it.each([
    ['nowhere.json', 'does not exist', 'true'],
    ['folder', 'is not a regular file', 'mkdir folder'],
    ['pipe', 'is not a regular file', 'mkfifo pipe'],
    ['large', 'is larger than 64 kB', 'head -c 70000 /dev/zero > large'],
    ['latin1', 'is not UTF-8', "printf '{\\351\\351}' > latin1"],
  ])('import of %s says in words what is wrong and what to do', async (file, reason, making) => {
    expect(spawnSync('sh', ['-c', making], { cwd: home.cwd }).status).toBe(0);
    const { code, stdout, stderr } = await kis('import', file);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^The file ${file} ${reason}[^]*; .+\\.\\n$`));
  });

  it('import takes a path below ~ that no shell has expanded, and files with a byte order mark', async () => {
    const token = (await kis('token', 'get')).stdout.trim();
    home.write('~/KIS20261128', `\uFEFFtoken: ${token}\nvalid-date: 2030-01-01 00:00:00\n`);
    expect(await kis('import', '~/KIS20261128')).toMatchObject({ code: 0, stderr: '' });
  });

  it('names the account that was meant when none was named', async () => {
    await kis('token', 'get');
    home.write('same', home.read('~/KIS/tokens/token_PStoMm5NMd_mock.json'));
    expect((await kis('import', 'same')).stdout).toMatch(
      /^The token in this file is already stored for pension\.\n/,
    );
    expect((await kis('token', 'delete')).stdout).toBe('The token of pension is deleted.\n');
    expect((await kis('token', 'delete')).stdout).toBe('There was no token of pension to delete.\n');
    expect((await kis('import', 'same')).stdout).toMatch(/^The token is stored for pension\.\n/);
    expect((await kis('token', 'revoke')).stdout).toBe(
      'The token of pension is revoked at KIS and deleted here.\n',
    );
    expect((await kis('--help')).stdout).toMatch(/Without \[alias\].*"main", or the first/);
  });

  it('doctor says what a missing token means, and whether the running server is ready', async () => {
    await simulator.stop();
    expect((await kis('doctor')).stdout).toMatch(
      /OK +token of pension: none stored yet; the server requests one/,
    );
    const product = await Product.start({ home, env: env() });
    const { stdout } = await runKis(['doctor'], { home, env: { ...env(), PORT: String(product.port) } });
    expect(stdout).toMatch(
      /NOTE +server: .*:\d+ is running but not ready: no usable token for pension; .*api\/tokens/,
    );
    await product.stop();
  });

  it('doctor reports a server that is ready', async () => {
    const product = await Product.start({ home, env: env() });
    const { stdout } = await runKis(['doctor'], { home, env: { ...env(), PORT: String(product.port) } });
    expect(stdout).toMatch(/OK +server: http:\/\/127\.0\.0\.1:\d+ is running and ready/);
    await product.stop();
  });
});
