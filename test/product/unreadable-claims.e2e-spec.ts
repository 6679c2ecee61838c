import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { NOBODY, OtherUser } from '../support/other-user';
import { freePort } from '../support/free-port';
import { runKis } from '../support/product';

const TOKENS = '~/KIS/tokens';
const DATABASE = `${TOKENS}/.token_state.db`;
const isRoot = process.getuid?.() === 0;

(isRoot ? describe : describe.skip)('Claims that exist but cannot be read', () => {
  let simulator: Simulator;
  let env: Record<string, string>;
  let user: OtherUser;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings: { sameTokenSeconds: 0 } });
  });

  afterAll(() => simulator.stop());

  beforeEach(() => {
    user = new OtherUser();
    // Longer than the test, so that a second request is always one too many.
    env = { ...freshAccountEnv(simulator), KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '600' };
  });

  const issues = () => simulator.issuesOf(env['KIS_APP_KEY'] ?? '').length;

  function removeTokens(): void {
    for (const name of user.home.list(TOKENS).filter((each) => each.startsWith('token_')))
      rmSync(user.home.locate(`${TOKENS}/${name}`));
  }

  async function expectNoSecondRequest(remedy: RegExp): Promise<void> {
    const { code, stdout, stderr } = await user.kis(['token', 'get'], env);
    expect({ code, stdout, stderr, issues: issues() }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(remedy),
      issues: 1,
    });
  }

  it('hold for a user in whose directory root has requested a token', async () => {
    mkdirSync(user.home.locate(TOKENS), { recursive: true, mode: 0o700 });
    for (const path of ['~/KIS', TOKENS]) chownSync(user.home.locate(path), NOBODY, NOBODY);
    expect(await runKis(['token', 'get'], { env, home: user.home })).toMatchObject({ code: 0 });
    await expectNoSecondRequest(/chown/);
  });

  it('hold when the database is closed to its owner and the token is gone', async () => {
    expect(await user.kis(['token', 'get'], env)).toMatchObject({ code: 0 });
    chmodSync(user.home.locate(DATABASE), 0);
    removeTokens();
    await expectNoSecondRequest(/\.token_state\.db.*chmod/);
  });

  it('hold when the whole directory is closed', async () => {
    expect(await user.kis(['token', 'get'], env)).toMatchObject({ code: 0 });
    chmodSync(user.home.locate(TOKENS), 0);
    await expectNoSecondRequest(/chmod/);
  });

  it('hold for root when the database belongs to another user', async () => {
    expect(await user.kis(['token', 'get'], env)).toMatchObject({ code: 0 });
    removeTokens();
    const { code, stderr } = await runKis(['token', 'get'], { env, home: user.home });
    expect({ code, stderr, issues: issues() }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/belongs to another user \(uid 65534\).*chown/),
      issues: 1,
    });
  });

  it('take no valid token away from a service that has it in memory', async () => {
    const port = await freePort();
    const service = user.start('main.js', [], { ...env, PORT: String(port), KIS_TOKEN_SWEEP_SECONDS: '1' });
    await service.untilAnswering(`http://127.0.0.1:${port}/health/live`);
    const status = async (path: string): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect(await status('/api/accounts/main/balance')).toBe(200);
    chmodSync(user.home.locate(DATABASE), 0);
    chmodSync(user.home.locate(TOKENS), 0);
    await service.untilWritten(/Tokens cannot be stored for now.*chmod/);
    expect(await status('/api/accounts/main/balance')).toBe(200);
    expect(await status('/health/ready')).toBe(200);
    expect(issues()).toBe(1);
    await service.stop();
  });
});
