import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { DEMO, Home, runKis, StartedProcess, type Outcome } from '../support/product';
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
        /six hours after its issue[^]*a KakaoTalk message[^]*Nothing was revoked/,
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

  it('import reads the file of the samples of KIS', async () => {
    await kis('token', 'get');
    const { access_token: token } = JSON.parse(home.read(FILE)) as { access_token: string };
    home = new Home();
    const until = new Date(Date.now() + 20 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    home.write('KIS20261128', `token: ${token}\nvalid-date: ${until}\n`);
    expect(await kis('import', home.locate('KIS20261128'))).toMatchObject({ code: 0, stderr: '' });
    expect(await kis('token', 'get')).toMatchObject({ code: 0, stdout: `${token}\n` });
  });

  it.each(['', ' ', ' null', ' ~', ' # none'])('import takes "token:%s" for no token', async (value) => {
    home.write('KIS20261128', `token:${value}\nvalid-date: 2036-11-28 09:00:00\n`);
    expect(await kis('import', home.locate('KIS20261128'))).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('it has no usable access_token'),
    });
    expect(home.has(FILE)).toBe(false);
  });

  it.each(['token status', 'balance', 'doctor'])(
    'ends when its start fails after it has opened a simulator of its own: %s',
    async (command) => {
      const outcome = await runKis(command.split(' '), { env: { ...DEMO, HOME: '' } });
      expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('no home directory') });
    },
  );
});
