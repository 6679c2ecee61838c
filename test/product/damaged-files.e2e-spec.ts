import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { Home, Product, runKis } from '../support/product';

/** What a crash, a full disk, an editor or a curious person makes of a file. */
const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  empty: (path) => {
    writeFileSync(path, '');
  },
  'cut off': (path) => {
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length / 2));
  },
  'full of NULs': (path) => {
    writeFileSync(path, Buffer.alloc(4096));
  },
  null: (path) => {
    writeFileSync(path, 'null');
  },
  'behind a byte order mark': (path) => {
    writeFileSync(path, Buffer.concat([Buffer.from('\ufeff'), readFileSync(path)]));
  },
  'something else': (path) => {
    writeFileSync(path, Buffer.from('\u0000{"until": 1e400, "a": [[[[{}]]]]}\ud83d'.repeat(50)));
  },
  'a directory': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
  'a socket': (path) => {
    rmSync(path);
    // One that ends in an orderly way would remove it.
    const bind =
      'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
    spawnSync(process.execPath, ['-e', bind, path]);
    if (!statSync(path).isSocket()) throw new Error('There is no socket.');
  },
  'a link to nowhere': (path) => {
    rmSync(path);
    symlinkSync('/nowhere/at/all', path);
  },
};

describe('A file of the token directory', () => {
  let simulator: Simulator;
  let env: Record<string, string>;
  let home: Home;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings: { mockPerSecond: 500 } });
    env = {
      ...freshAccountEnv(simulator),
      KIS_REQUESTS_PER_SECOND: '20', // Slow enough to be shared in a file.
      KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '600', // Longer than all of these tests.
    };
    home = new Home();
    expect(await runKis(['balance'], { env, home })).toMatchObject({ code: 0 });
  });

  afterAll(() => simulator.stop());

  const issues = () => simulator.issuesOf(env['KIS_APP_KEY'] ?? '').length;

  /** The home after a good start, with these files damaged. */
  function damagedCopy(damage: string, ...kinds: readonly string[]): Home {
    const copy = new Home();
    cpSync(home.path, copy.path, { recursive: true });
    for (const kind of kinds) {
      const file = copy.list('~/KIS/tokens').find((name) => name.startsWith(kind) || name.endsWith(kind));
      if (file === undefined) throw new Error(`There is no ${kind} file.`);
      DAMAGES[damage]?.(copy.locate(`~/KIS/tokens/${file}`));
    }
    return copy;
  }

  const damages = Object.keys(DAMAGES);
  const besideToken = [
    // Each has a thread of its own, so one start shows what becomes of both.
    ...damages.map((damage) => [damage, 'state.db and pace.db'] as const),
    // What is wrong with a journal SQLite finds out by itself, unless it is no file at all.
    ...damages
      .filter((damage) => /^(an? |something)/.test(damage))
      .map((damage) => [damage, 'state.db-journal'] as const),
  ];

  it.each(besideToken)('may be damaged beside a good token: %s, %s', async (damage, files) => {
    const copy = damagedCopy(damage, ...files.split(' and '));
    const { code, stdout, stderr } = await runKis(['balance'], { env, home: copy });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringContaining('삼성전자'),
      stderr: expect.not.stringMatching(/^\s+at /m),
    });
    expect(issues()).toBe(1);
  });

  it.each(['empty', 'cut off'])(
    'keeps the minute, and says why, when the claims are damaged and the token is gone: %s',
    async (damage) => {
      const copy = damagedCopy(damage, 'state.db');
      for (const name of copy.list('~/KIS/tokens').filter((each) => each.startsWith('token_')))
        rmSync(copy.locate(`~/KIS/tokens/${name}`));
      const { code, stderr } = await runKis(['balance'], { env, home: copy });
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(
          /record of the last token request was damaged.*next request is due in \d+ s/,
        ),
      });
      expect(issues()).toBe(1);
    },
  );

  it('answers a call at once with the time of the next request when claims and token are damaged', async () => {
    const copy = damagedCopy('cut off', 'state.db', 'pace.db', 'token_');
    const product = await Product.start({ env, home: copy });
    const { status, body } = await product.ask('/api/accounts/main/balance');
    const { code, retryAt } = body as { code: string; retryAt: string };
    expect([status, code]).toEqual([503, 'TOKEN_ISSUE_COOLDOWN']);
    // Far beyond the 20 s for which a call would wait.
    expect(Date.parse(retryAt) - Date.now()).toBeGreaterThan(60_000);
    await product.stop();
    expect(issues()).toBe(1);
  });

  it.each(damages)('keeps the minute when the token itself is damaged: %s', async (damage) => {
    const { code, stderr } = await runKis(['balance'], { env, home: damagedCopy(damage, 'token_') });
    expect(code === 0 || stderr.includes('The next request is due in')).toBe(true);
    expect(stderr).not.toMatch(/^\s+at |ENXIO/m);
    expect(issues()).toBe(1);
  });
});
