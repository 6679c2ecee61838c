import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { Home, runKis, StartedProcess, type Outcome } from '../support/product';
import { built } from '../support/project';

const FILE = '~/KIS/tokens/token_PStoMm5NMd_mock.json';

describe('kis token, built', () => {
  let simulator: Simulator;
  let home: Home;

  beforeEach(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0 });
    home = new Home();
  });

  afterEach(() => simulator.stop());

  const kis = (...args: string[]): Promise<Outcome> =>
    runKis(args, { env: brokerageEnv(simulator, 'MOCK'), home });

  const revoked = (): number =>
    simulator.requests.length - simulator.issuesOf(simulator.demo.mock.appKey).length;

  /** At a terminal, where a person answers. */
  async function kisAtTerminal(answer: string, ...args: string[]): Promise<Outcome> {
    const command = [process.execPath, built('main.cli.js'), ...args].join(' ');
    const terminal = StartedProcess.start('script', ['-qec', command, '/dev/null'], {
      env: brokerageEnv(simulator, 'MOCK'),
      home,
    });
    await terminal.untilWritten('[y/N]');
    terminal.write(answer);
    return terminal.outcome();
  }

  it('revoke fails and says so where there is no token', async () => {
    expect(await kis('token', 'revoke')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('There is no token of "main" to revoke'),
    });
  });

  it.each([
    ['n\r', 'no'],
    ['\x04', 'the end of the input'],
    ['\x03', 'Ctrl+C'],
  ])('revoke names the price at a terminal and takes %j (%s) for a no', async (answer) => {
    await kis('token', 'get');
    const { code, stdout } = await kisAtTerminal(answer, 'token', 'revoke');
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringMatching(
        /six hours after its issue[^]*one KakaoTalk message[^]*Nothing was revoked/,
      ),
    });
    expect([home.has(FILE), revoked()]).toEqual([true, 0]);
  });

  it('revoke goes on after a yes at a terminal, and in a script without a question', async () => {
    await kis('token', 'get');
    expect(await kisAtTerminal('y\r', 'token', 'revoke')).toMatchObject({ code: 0 });
    expect([home.has(FILE), revoked()]).toEqual([false, 1]);
    home = new Home();
    simulator.reset();
    await kis('token', 'get');
    expect(await kis('token', 'revoke')).toMatchObject({ code: 0, stderr: '' });
    expect(home.has(FILE)).toBe(false);
  });

  it('import of a file that has ended stores nothing, and says so', async () => {
    home.write('ended.json', '{"access_token":"x","expiry_datetime":"2025-11-03T19:45:30.123456"}');
    expect(await kis('import', home.locate('ended.json'))).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/expired at 2025-11-03 19:45:30.*was not stored/),
    });
    expect(home.has(FILE)).toBe(false);
  });
});
