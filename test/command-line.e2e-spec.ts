import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../src/cli/run-cli';
import { loadConfig } from '../src/config/load-config';
import { startSimulator, type Simulator } from '../src/simulator';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('The command line', () => {
  let simulator: Simulator;
  let home: string;
  let env: Record<string, string>;

  beforeEach(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0 });
    home = await mkdtemp(join(tmpdir(), 'kis-cli-'));
    const { appKey, appSecret, accountNumber } = simulator.demo.mock;
    env = {
      KIS_APP_KEY: appKey,
      KIS_APP_SECRET: appSecret,
      KIS_ACCOUNT_NUMBER: accountNumber,
      KIS_BASE_URL: simulator.mockUrl ?? '',
      KIS_TOKEN_DIR: home,
      LOG_FILE: '',
    };
  });

  afterEach(async () => {
    await simulator.stop();
    await rm(home, { recursive: true, force: true });
  });

  async function kis(...args: string[]): Promise<Run> {
    const said = { out: '', err: '' };
    const io = {
      out: (text: string) => void (said.out += text),
      err: (text: string) => void (said.err += text),
    };
    const code = await runCli(args, () => loadConfig(env), io);
    return { code, ...said };
  }

  const issued = (): number => simulator.issuesOf(simulator.demo.mock.appKey).length;

  it('prints a valid token and nothing else, and asks KIS for it once', async () => {
    const first = await kis('token', 'get');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect((await kis('token', 'get')).out).toBe(first.out);
    expect(issued()).toBe(1);
  });

  it('tells the status without the token', async () => {
    const token = (await kis('token', 'get')).out.trim();
    const { code, out } = await kis('token', 'status', 'main', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ alias: 'main', status: 'fresh', store: 'file', issuedToday: 1 });
    expect(out + (await kis('token', 'status')).out).not.toContain(token);
  });

  it('obeys the minute of another process, says when it ends, and exits with 1', async () => {
    await kis('token', 'get');
    const { code, err } = await kis('token', 'refresh');
    expect(code).toBe(1);
    expect(err).toMatch(/one token a minute[\s\S]*Try again after \d{4}-/);
    expect(issued()).toBe(1);
  });

  it('forgets and revokes', async () => {
    const token = (await kis('token', 'get')).out.trim();
    expect((await kis('token', 'revoke')).code).toBe(0);
    expect((await readdir(home)).filter((name) => name.startsWith('token_'))).toEqual([]);
    const answer = await fetch(`${simulator.mockUrl ?? ''}/uapi/domestic-stock/v1/quotations/inquire-price`, {
      headers: {
        authorization: `Bearer ${token}`,
        appkey: env['KIS_APP_KEY'] ?? '',
        appsecret: env['KIS_APP_SECRET'] ?? '',
        tr_id: 'FHKST01010100',
      },
    });
    expect(await answer.text()).toContain('EGW00121');
  });

  it('takes over the token of a Python program and of the official samples', async () => {
    const token = (await kis('token', 'get')).out.trim();
    const [name = ''] = (await readdir(home)).filter((each) => each.startsWith('token_'));
    const five = Object.fromEntries(
      Object.entries(JSON.parse(await readFile(join(home, name), 'utf8')) as object).slice(0, 5),
    );
    const files = {
      'theirs.json': JSON.stringify(five),
      KIS20261122: `token: ${token}\nvalid-date: 2030-01-01 00:00:00\n`,
    };
    for (const [file, text] of Object.entries(files)) {
      await kis('token', 'delete');
      await writeFile(join(home, file), text);
      expect(await kis('import', join(home, file))).toMatchObject({ code: 0, err: '' });
      expect((await kis('token', 'get')).out.trim()).toBe(token);
    }
    expect(issued()).toBe(1);
  });

  it('refuses a file that is no token, and changes nothing', async () => {
    await writeFile(join(home, 'other.txt'), 'hello');
    expect(await kis('import', join(home, 'other.txt'))).toMatchObject({ code: 1, out: '' });
  });

  it('shows accounts and a balance', async () => {
    expect((await kis('accounts')).out).toContain('5011****-01');
    const { out } = await kis('balance');
    expect(out).toContain('삼성전자');
    expect(JSON.parse((await kis('balance', '--json')).out)).toMatchObject({
      alias: 'main',
      holdings: expect.any(Array),
    });
  });

  it('examines the machine without asking KIS for a token', async () => {
    const { code, out } = await kis('doctor', '--online');
    expect(code).toBe(0);
    expect(out).toMatch(/OK +token store/);
    expect(out).toMatch(/OK +way to http:\/\/127\.0\.0\.1/);
    expect(issued()).toBe(0);
    await simulator.stop();
    const sick = await kis('doctor', '--online', '--json');
    expect(sick.code).toBe(1);
    expect(JSON.parse(sick.out)).toContainEqual(expect.objectContaining({ result: 'fault' }));
  });

  it.each([
    [['nonsense'], 'no command'],
    [['token', 'get', 'main', 'more'], 'does not take'],
    [['import'], 'needs a file'],
    [['--loud'], 'loud'],
  ])('answers %j with its usage and exit code 2', async (args, words) => {
    const { code, out, err } = await kis(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(words);
    expect(err).toContain('kis token status');
  });

  it('names an unknown account with those that exist', async () => {
    expect(await kis('token', 'status', 'savings')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Configured: main'),
    });
  });

  it('lists every fault of the configuration', async () => {
    env = { KIS_APP_KEY: 'x', KIS_TRADING_MODE: 'MAYBE' };
    const { code, err } = await kis('accounts');
    expect(code).toBe(1);
    expect(err).toMatch(/KIS_TRADING_MODE[\s\S]*KIS_APP_SECRET|KIS_APP_SECRET[\s\S]*KIS_TRADING_MODE/);
  });
});
