import { rmSync } from 'node:fs';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { describeWithPython } from '../support/python';
import { Home, Product, runKis, StartedProcess, type ProcessOptions } from '../support/product';

const TOKENS = '~/KIS/tokens';
/** Waiting for the lock takes three seconds. */
const MUCH_LONGER_MS = 1_500;
const LOCK = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute('BEGIN EXCLUSIVE')
print('locked', flush=True)
sys.stdin.read()
`;

describeWithPython('While another program has the database with the claims locked', () => {
  let simulator: Simulator;
  let env: Record<string, string>;
  let home: Home;
  let holder: StartedProcess;
  let other: ProcessOptions;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings: { mockPerSecond: 500 } });
    env = { ...freshAccountEnv(simulator), KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '600' };
    home = new Home();
    expect(await runKis(['token', 'get'], { env, home })).toMatchObject({ code: 0 });
    other = { env: freshAccountEnv(simulator), home: new Home() };
    expect(await runKis(['token', 'get'], other)).toMatchObject({ code: 0 });
    const database = home.locate(`${TOKENS}/.token_state.db`);
    holder = StartedProcess.start('python3', ['-c', LOCK, database], { home });
    await holder.untilWritten('locked');
  });

  afterAll(async () => {
    holder.endInput();
    await holder.outcome();
    await simulator.stop();
  });

  it.each([
    ['token get', ['token', 'get'], /^\S{100,}\n$/],
    ['token status', ['token', 'status'], /status +fresh/],
    ['balance', ['balance'], /삼성전자/],
  ])('the stored token serves `kis %s` at once', async (_, args, answer) => {
    // Beside the same command of another account, whose claims are free: what a busy machine adds, it adds to both.
    const timed = async (options: ProcessOptions): Promise<number> => {
      const began = performance.now();
      const { code, stdout, stderr } = await runKis(args, options);
      expect({ code, stdout, stderr }).toEqual({
        code: 0,
        stdout: expect.stringMatching(answer),
        stderr: '',
      });
      return performance.now() - began;
    };
    let longerMs = Infinity;
    for (let attempt = 0; attempt < 5 && longerMs >= MUCH_LONGER_MS; attempt += 1) {
      const [locked, free] = await Promise.all([timed({ env, home }), timed(other)]);
      longerMs = locked - free;
    }
    expect(longerMs).toBeLessThan(MUCH_LONGER_MS);
  });

  it('it serves a service that starts', async () => {
    const product = await Product.start({ env, home });
    expect((await product.ask('/health/ready')).status).toBe(200);
    expect((await product.ask('/api/accounts/main/balance')).status).toBe(200);
    await product.stop();
  });

  it('no token is requested without one, and the reason is told', async () => {
    for (const name of home.list(TOKENS).filter((each) => each.startsWith('token_')))
      rmSync(home.locate(`${TOKENS}/${name}`));
    const { code, stderr } = await runKis(['token', 'get'], {
      env: { ...env, KIS_REQUEST_TIMEOUT_MS: '2000' },
      home,
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/holds its lock/) });
    expect(stderr).not.toMatch(/the one in memory is used|The request continues/);
    expect(simulator.issuesOf(env['KIS_APP_KEY'] ?? '')).toHaveLength(1);
  });
});
