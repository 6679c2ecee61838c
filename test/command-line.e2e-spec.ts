import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
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
  let confirm: ((question: string) => Promise<boolean>) | null;

  beforeEach(async () => {
    confirm = null;
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
      ...(confirm && { confirm }),
    };
    const code = await runCli(args, () => loadConfig(env), io);
    return { code, ...said };
  }

  async function control(name: string, body: object): Promise<void> {
    const init = { method: 'POST', body: JSON.stringify(body) };
    expect((await fetch(`${simulator.mockUrl ?? ''}/__sim/${name}`, init)).status).toBe(200);
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
    const asJson = await kis('token', 'refresh', '--json');
    expect(asJson).toMatchObject({ code: 1, out: '' });
    expect(JSON.parse(asJson.err)).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      retryAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
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

  it('says that there is nothing to revoke or to delete, and fails where something was to be revoked', async () => {
    expect(await kis('token', 'revoke')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('no token'),
    });
    expect(await kis('token', 'delete')).toMatchObject({
      code: 0,
      out: 'There was no token of main to delete.\n',
    });
    expect(JSON.parse((await kis('token', 'delete', '--json')).out)).toEqual({
      alias: 'main',
      deleted: false,
    });
    expect(simulator.requests.length).toBe(0);
  });

  it.each([
    [false, [], 1, 'Nothing was revoked', 1],
    [true, [], 0, '', 1],
    [false, ['--yes'], 0, '', 0],
  ])('asks on a terminal before it revokes (answer %s, %j)', async (answer, options, exit, words, asked) => {
    await kis('token', 'get');
    const questions: string[] = [];
    confirm = (question) => {
      questions.push(question);
      return Promise.resolve(answer);
    };
    const { code, err } = await kis('token', 'revoke', ...options);
    expect({ code, err }).toEqual({ code: exit, err: expect.stringContaining(words) });
    expect(questions).toHaveLength(asked);
    for (const question of questions) expect(question).toMatch(/six hours[^]*a KakaoTalk message/);
    expect((await readdir(home)).some((name) => name.startsWith('token_'))).toBe(exit === 1);
  });

  it('says whether an import has stored something', async () => {
    const token = (await kis('token', 'get')).out.trim();
    await writeFile(join(home, 'same'), `token: ${token}\nvalid-date: 2030-01-01 00:00:00\n`);
    expect(await kis('import', join(home, 'same'))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The token in this file is already stored for main\./),
    });
    await writeFile(
      join(home, 'older'),
      JSON.stringify({ access_token: 'x', expiry_datetime: inLocalTime(3600) }),
    );
    const older = await kis('import', join(home, 'older'));
    expect(older).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^Nothing was stored: .* expires later/),
    });
    expect((await kis('token', 'get')).out.trim()).toBe(token);

    await kis('token', 'delete');
    await writeFile(
      join(home, 'ended'),
      JSON.stringify({ access_token: 'x', expiry_datetime: inLocalTime(-60) }),
    );
    const ended = await kis('import', join(home, 'ended'));
    expect(ended).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/expired at .*was not stored/),
    });
    expect((await readdir(home)).filter((name) => name.startsWith('token_'))).toEqual([]);

    expect(await kis('import', join(home, 'older'))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^The token is stored for main\./),
    });
    expect((await kis('token', 'get')).out).toBe('x\n');
  });

  it('imports no token that was revoked', async () => {
    const token = (await kis('token', 'get')).out.trim();
    await writeFile(join(home, 'copy'), `token: ${token}\nvalid-date: 2030-01-01 00:00:00\n`);
    await kis('token', 'revoke');
    expect(await kis('import', join(home, 'copy'))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/refused or revoked/),
    });
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

  it('shows prices', async () => {
    simulator.update({ mockPerSecond: 1000 });
    const { code, out } = await kis('quote', '005930');
    expect(code).toBe(0);
    expect(out).toMatch(/^symbol +price [^\n]*\n005930 +[\d,]+ +[-+]?[\d,]+ /);
    const several = await kis('quote', 'A005930,NAS:AAPL', 'main', '--json');
    expect(JSON.parse(several.out)).toMatchObject([{ symbol: '005930' }, { symbol: 'NAS:AAPL', open: null }]);
    expect(await kis('quote', '999999')).toMatchObject({ code: 1, out: '' });
    expect(await kis('quote')).toMatchObject({ code: 2, err: expect.stringContaining('needs <symbol>') });
  });

  it('shows candles, and says which are missing', async () => {
    simulator.update({ mockPerSecond: 1000 });
    const range = ['--from', '2026-01-01', '--to', '2026-01-08'];
    const { code, out, err } = await kis('candles', '005930', ...range);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'time',
      ...['02', '05', '06', '07', '08'].map((day) => `2026-01-${day}`),
      '',
    ]);
    const asJson = await kis('candles', '005930', '--interval', '1w', '--json', ...range);
    expect(JSON.parse(asJson.out)).toMatchObject({ interval: '1w', truncated: null });
    const older = await kis(
      'candles',
      '005930',
      '--interval',
      '1y',
      '--from',
      '1950-01-01',
      '--to',
      '1960-01-01',
    );
    expect(older).toMatchObject({ code: 0, err: expect.stringContaining('what is before that is missing') });
    expect(await kis('candles', '005930', '--interval', '2h')).toMatchObject({ code: 2, out: '' });
  });

  it('examines the machine without requesting a token from KIS', async () => {
    const alone = await kis('doctor');
    expect(alone).toMatchObject({ code: 0, err: '' });
    expect(alone.out).toMatch(/NOTE +clock: .* not compared; kis doctor --online compares/);
    const { code, out } = await kis('doctor', '--online');
    expect(code).toBe(0);
    expect(out).toMatch(/OK +token store/);
    expect(out).toMatch(/OK +connection to http:\/\/127\.0\.0\.1/);
    expect(out).toMatch(/OK +clock: agrees with KIS/);
    expect(issued()).toBe(0);
  });

  it('finds out when the clock is wrong, and in which direction', async () => {
    await control('clock', { advanceSeconds: 3600 });
    const { code, out } = await kis('doctor', '--online');
    expect(code).toBe(1);
    expect(out).toMatch(/FAULT +clock: 3(600|599|601) s behind KIS; set the clock/);
  });

  it('reports that KIS cannot be reached', async () => {
    await simulator.stop();
    const { code, out } = await kis('doctor', '--online', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({ check: expect.stringContaining('connection'), result: 'fault' }),
    );
  });

  it.each([
    ['a directory', 'fault', (path: string) => mkdir(path)],
    ['a symbolic link', 'fault', (path: string) => symlink('/etc/hostname', path)],
    ['half a token', 'note', (path: string) => writeFile(path, '{"access_token": "ey')],
  ])('does not call a token file in order that is %s', async (_, result, damage) => {
    await kis('token', 'get');
    const [name = ''] = (await readdir(home)).filter((each) => each.startsWith('token_'));
    await rm(join(home, name));
    await damage(join(home, name));
    const { code, out } = await kis('doctor', '--json');
    expect(code).toBe(result === 'fault' ? 1 : 0);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ check: 'token of main', result }));
  });

  it('shows the status of every account, unless one is named', async () => {
    const { KIS_APP_KEY = '', KIS_APP_SECRET = '' } = env;
    env = {
      ...env,
      KIS_PROFILES: 'pension',
      KIS_PENSION_APP_KEY: KIS_APP_KEY.replace(/^PS/, 'PP'),
      KIS_PENSION_APP_SECRET: KIS_APP_SECRET,
      KIS_PENSION_ACCOUNT_NUMBER: '50112346',
    };
    const all = await kis('token', 'status');
    expect(all.out).toMatch(/account +main \(MOCK[\s\S]*\n\naccount +pension \(MOCK/);
    expect(JSON.parse((await kis('token', 'status', '--json')).out)).toMatchObject([
      { alias: 'main' },
      { alias: 'pension' },
    ]);
    for (const named of [['pension'], ['--account', 'pension'], ['pension', '--account=pension']]) {
      expect(JSON.parse((await kis('token', 'status', '--json', ...named)).out)).toMatchObject({
        alias: 'pension',
      });
    }
  });

  it.each([
    [['nonsense'], 'There is no command "nonsense".', 'Commands: token status, token get'],
    [['token'], '"token" needs a second word.', 'Commands: token status'],
    [['token', 'steal'], 'There is no command "token steal".', 'Commands: token status'],
    [['constructor'], 'There is no command "constructor".', 'Commands: token status'],
    [['token', 'get', 'main', 'more'], 'takes one account', 'Usage: kis token get [alias]'],
    [['balance', 'main', '--account', 'more'], 'takes one account', 'Usage: kis balance [alias]'],
    [['accounts', 'main'], 'does not take "main"', 'Usage: kis accounts'],
    [['balance', '--online'], 'does not take --online', 'Usage: kis balance [alias]'],
    [['import'], 'needs a file', 'Usage: kis import <file> [alias]'],
    [['--loud'], "Unknown option '--loud'", 'Commands: token status'],
    [['balance', '--account'], '--account', 'Usage: kis balance [alias]'],
    [['candles', '005930', '--interval', '2d'], '--interval: one of 1m, 1d', 'Usage: kis candles <symbol>'],
    [['candles', '005930', '--from', 'yesterday'], 'from must be a date', 'Usage: kis candles <symbol>'],
    [
      ['candles', '005930', '--from', '2026-11-02', '--to', '2026-11-01'],
      'from is after to',
      'Usage: kis candles <symbol>',
    ],
    [['quote', '1'], '"1" is not the symbol of a stock', 'Usage: kis quote <symbol>'],
    [['stream', 'rumours:005930'], 'is not a channel', 'Usage: kis stream <channel>'],
    [['orders', '--from', '2026-02-31'], 'from: a day such as', 'Usage: kis orders [alias]'],
    [['orders', '--from', '2026-11-02', '--to', '2026-11-01'], 'must not be after', 'Usage: kis orders'],
    [['order', 'place', 'buy', '005930', 'ten', '--price', '70000'], 'quantity: a', 'Usage: kis order place'],
    [
      ['order', 'place', 'buy', '005930', '1', '--price', 'low'],
      'price: a decimal',
      'Usage: kis order place',
    ],
    [['order', 'cancel', 'first', '--quantity', '0'], 'quantity: a whole', 'Usage: kis order cancel <id>'],
    [['orders', '--status', 'lost'], '--status: one of open, closed', 'Usage: kis orders [alias]'],
    [
      ['order', 'place', 'hold', '005930', '1'],
      '<buy|sell>: one of buy, sell.',
      'Usage: kis order place <buy',
    ],
    [['order', 'place', 'buy', '005930', '-1'], "Unknown option '-1'", 'Usage: kis order place <buy|sell>'],
    [['gateway', 'key', 'add', 'a b'], 'A program is named', 'Usage: kis gateway key add <program>'],
  ])('answers %j with the mistake, one line of usage and exit code 2', async (args, mistake, usage) => {
    const { code, out, err } = await kis(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    const [first, second, third, ...others] = err.split('\n');
    expect(first).toContain(mistake);
    expect(second).toContain(usage);
    expect([third, ...others]).toEqual(['kis --help describes all commands.', '']);
    const asJson = await kis(...args, '--json');
    expect(asJson).toMatchObject({ code: 2, out: '' });
    expect(JSON.parse(asJson.err)).toEqual({ code: 'WRONG_USAGE', detail: expect.any(String) });
  });

  it.each([[['--help']], [['-h']], [['help']], [[]], [['token', 'get', '--help']]])(
    'helps with %j',
    async (args) => {
      const { code, out, err } = await kis(...args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('kis token status [alias]');
    },
  );

  it('names an unknown account with those that exist', async () => {
    expect(await kis('token', 'status', 'savings')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Configured: main'),
    });
    const { code, out, err } = await kis('token', 'status', 'savings', '--json');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(err)).toEqual({
      code: 'ACCOUNT_NOT_FOUND',
      detail: expect.stringContaining('savings'),
    });
  });

  it('lists every fault of the configuration', async () => {
    env = { KIS_APP_KEY: 'x', KIS_TRADING_MODE: 'MAYBE' };
    const { code, err } = await kis('accounts');
    expect(code).toBe(1);
    expect(err).toMatch(/KIS_TRADING_MODE[\s\S]*KIS_APP_SECRET|KIS_APP_SECRET[\s\S]*KIS_TRADING_MODE/);
    expect(JSON.parse((await kis('accounts', '--json')).err)).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      problems: expect.arrayContaining([expect.stringContaining('KIS_TRADING_MODE')]),
    });
  });
});

/** As Python's `datetime.isoformat()` writes a moment some seconds from now. */
function inLocalTime(seconds: number): string {
  const at = new Date(Date.now() + seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 23).concat('000');
}
