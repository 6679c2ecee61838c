import { startSimulator, type Simulator, type SimulatorSettings } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { GET_TOKEN, libraryScript, PLACE_ORDER } from '../support/library-scripts';
import { Home, runKis, runScript, startScript } from '../support/product';

const PRICES = (count: number) =>
  libraryScript(`
    const prices = Array.from({ length: ${count} }, (_, i) => price(kis, String(5930 + i).padStart(6, '0')));
    for (const each of prices) console.log((await each).status);
  `);

describe('A script with nothing else to do than to wait for the library', () => {
  let simulator: Simulator;
  let env: Record<string, string>;

  async function brokerage(settings: Partial<SimulatorSettings> = {}): Promise<void> {
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings });
    env = freshAccountEnv(simulator);
  }

  afterEach(() => simulator.stop());

  it('gets the answers of all its calls, a second apart, and ends then by itself', async () => {
    await brokerage();
    const { code, stdout } = await runScript(PRICES(5), { env: { ...env, KIS_REQUESTS_PER_SECOND: '1' } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '200\n'.repeat(5) });
  });

  it('ends although a session with KIS is open, which follows its orders', async () => {
    await brokerage({ sessions: 'open', fills: 'manual', mockPerSecond: 1000 });
    const { code, stdout } = await runScript(PLACE_ORDER, { env: { ...env, KIS_HTS_ID: 'someone' } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'accepted OPSP0000 3\n' });
  });

  it('gets the token that another script is requesting', async () => {
    await brokerage({ tokenLatencyMs: 700 });
    const home = new Home();
    const both = await Promise.all([1, 2].map(() => runScript(GET_TOKEN, { env, home })));
    expect(both.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
      [1, 2].map(() => ({ code: 0, stdout: 'a token\n' })),
    );
    expect(simulator.issuesOf(env['KIS_APP_KEY'] ?? '')).toHaveLength(1);
  });

  it('as a command gets the token that another command is requesting', async () => {
    await brokerage({ tokenLatencyMs: 700 });
    const home = new Home();
    const [first, second] = await Promise.all([1, 2].map(() => runKis(['token', 'get'], { env, home })));
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+\n$/), stderr: '' });
    expect(second).toEqual(first);
    expect(simulator.issuesOf(env['KIS_APP_KEY'] ?? '')).toHaveLength(1);
  });

  it('is told when another program has just used up the minute, and where its token is not to be found', async () => {
    await brokerage({ sameTokenSeconds: 0 });
    await runScript(GET_TOKEN, { env });
    const { code, stdout } = await runScript(GET_TOKEN, { env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'TOKEN_ISSUE_COOLDOWN\n' });
  });

  it('gets an answer although KIS counted too many calls at first', async () => {
    await brokerage({ refuseNext: 1, refuseNextCode: 'EGW00201' });
    const { code, stdout } = await runScript(PRICES(1), { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '200\n' });
  });

  it('is told when KIS does not answer in time', async () => {
    await brokerage({ tokenFault: 'hang' });
    const { code, stdout } = await runScript(GET_TOKEN, { env: { ...env, KIS_REQUEST_TIMEOUT_MS: '300' } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'KIS_TIMEOUT\n' });
  });

  it('ends as soon as it gives up waiting for its turn', async () => {
    await brokerage();
    const script = libraryScript(`
      const waiting = Array.from({ length: 20 }, () => price(kis, '005930', AbortSignal.timeout(500)));
      const results = await Promise.allSettled(waiting);
      console.log(results.filter(({ status }) => status === 'rejected').length > 0);
    `);
    const started = startScript(script, { env: { ...env, KIS_REQUESTS_PER_SECOND: '1' } });
    await started.untilWritten('true');
    expect(await started.outcome(5_000)).toMatchObject({ code: 0, stdout: 'true\n' });
  });
});
