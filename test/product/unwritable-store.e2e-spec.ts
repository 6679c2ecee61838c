import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { NOBODY, OtherUser } from '../support/other-user';
import { freePort } from '../support/free-port';
import { runKis } from '../support/product';

const TOKENS = '~/KIS/tokens';
const isRoot = process.getuid?.() === 0;

describe('Where no token can be stored', () => {
  let simulator: Simulator;
  let env: Record<string, string>;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings: { sameTokenSeconds: 0 } });
  });

  afterAll(() => simulator.stop());

  beforeEach(() => {
    env = { ...freshAccountEnv(simulator), KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '1' };
  });

  const issues = () => simulator.issuesOf(env['KIS_APP_KEY'] ?? '').length;

  it.each([['get'], ['refresh']])('because it is memory, `kis token %s` requests none', async (command) => {
    const { code, stdout, stderr } = await runKis(['token', command], {
      env: { ...env, KIS_TOKEN_STORE: 'memory' },
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/No token is requested.*KIS_TOKEN_STORE/),
    });
    expect(issues()).toBe(0);
  });

  (isRoot ? describe : describe.skip)('because the directory is read-only', () => {
    let user: OtherUser;

    beforeEach(() => {
      user = new OtherUser();
      mkdirSync(user.home.locate(TOKENS), { recursive: true });
      for (const path of ['~/KIS', TOKENS]) chownSync(user.home.locate(path), NOBODY, NOBODY);
      chmodSync(user.home.locate(TOKENS), 0o500);
    });

    it('`kis token refresh` requests none', async () => {
      const { code, stdout, stderr } = await user.kis(['token', 'refresh'], env);
      expect({ code, stdout, stderr }).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/No token is requested, because it could not be stored\..*chmod/),
      });
      expect(issues()).toBe(0);
    });

    it('`kis token get` prints the token, says that it is lost, and asks ever less often', async () => {
      const first = await user.kis(['token', 'get'], env);
      expect(first).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^\S{100,}\n$/),
        stderr: expect.stringMatching(/could not be stored, so it is lost when this command ends\..*chmod/),
      });
      // The interval is a second.
      const second = await user.kis(['token', 'get'], { ...env, KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '60' });
      expect(second).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/A token was issued that could not be stored/),
      });
      expect(issues()).toBe(1);
    });

    describe('and the claims can be kept nowhere either', () => {
      beforeEach(() => {
        chmodSync(user.home.locate('~/tmp'), 0o500);
      });

      it.each([[['token', 'get']], [['balance']]])('`kis %j` requests none', async (command) => {
        const { code, stdout, stderr } = await user.kis(command, env);
        expect({ code, stdout, stderr }).toEqual({
          code: 1,
          stdout: '',
          stderr: expect.stringMatching(
            /No token is requested, because the request cannot be recorded.*chmod/,
          ),
        });
        expect(issues()).toBe(0);
      });

      it('a service requests none before the longest claim of others has ended', async () => {
        const port = await freePort();
        const service = user.start('main.js', [], { ...env, PORT: String(port) });
        await service.untilAnswering(`http://127.0.0.1:${port}/health/live`);
        const answer = await fetch(`http://127.0.0.1:${port}/api/accounts/main/balance`);
        expect(answer.status).toBe(503);
        expect(await answer.json()).toMatchObject({
          code: 'TOKEN_STORE_FAILED',
          detail: expect.stringMatching(/chmod.*the next request is due in (90|8\d) s/),
        });
        expect(issues()).toBe(0);
        await service.stop();
      });
    });
  });
});
