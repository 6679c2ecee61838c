import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { Home, runKis, StartedProcess, type Outcome } from '../support/product';
import { built } from '../support/project';

const BUY = ['order', 'place', 'buy', '005930', '2', '--price', '90000'];

describe('kis order, built', () => {
  let simulator: Simulator;
  let home: Home;

  beforeEach(async () => {
    const settings = { sessions: 'open', fills: 'manual', mockPerSecond: 1000, realPerSecond: 1000 } as const;
    simulator = await startSimulator({ realPort: 0, mockPort: 0, settings });
    home = new Home();
  });

  afterEach(() => simulator.stop());

  const env = (mode: 'REAL' | 'MOCK'): Record<string, string> => ({
    ...brokerageEnv(simulator, mode),
    API_KEY: 'an-api-key-of-the-test',
    KIS_ORDERS: 'true',
  });

  const kis = (mode: 'REAL' | 'MOCK', ...args: string[]): Promise<Outcome> =>
    runKis(args, { env: env(mode), home });

  it('places, shows, lists and cancels an order, and sends it once under its id', async () => {
    for (let times = 0; times < 2; times += 1) {
      const { code, stdout } = await kis('MOCK', ...BUY, '--id', 'first', '--json');
      expect({ code, order: JSON.parse(stdout) as unknown }).toMatchObject({
        code: 0,
        order: { clientOrderId: 'first', orderNumber: '0000000001', status: 'accepted' },
      });
    }
    expect(simulator.orders).toHaveLength(1);
    expect((await kis('MOCK', 'order', 'show', 'first')).stdout).toMatch(/first \(number 0000000001\)/);
    expect((await kis('MOCK', 'orders')).stdout).toMatch(
      /first +0000000001 +buy +005930 +2 +90,000 +0 +accepted/,
    );
    expect((await kis('MOCK', 'order', 'cancel', '1')).stdout).toMatch(/status +cancelled/);
    expect((await kis('MOCK', 'orders', '--status', 'open')).stdout).toBe('There are no orders.\n');
  });

  it('says what became of an order without an answer, and what not to do', async () => {
    simulator.update({ orderFault: 'drop', orderFaultNext: 1 });
    const { code, stdout, stderr } = await kis('MOCK', ...BUY, '--id', 'lost');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/status +unknown/) as string });
    expect(stderr).toContain('Do not place it again under another id; "kis order show lost" looks it up.');
  });

  it('wants a REAL order to be confirmed: by --yes in a script, by a person at a terminal', async () => {
    expect(await kis('REAL', ...BUY)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('needs --yes') as string,
    });
    expect(await atTerminal('n\r')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/REAL order for account "main"[^]*Nothing was sent/) as string,
    });
    expect(simulator.orders).toEqual([]);
    expect((await atTerminal('y\r')).code).toBe(0);
    expect((await kis('REAL', ...BUY, '--yes')).code).toBe(0);
    expect(simulator.orders).toHaveLength(2);
  });

  it('settles an unknown order by hand, for a REAL account with --yes, and sends nothing', async () => {
    simulator.update({ orderFault: 'drop', orderFaultNext: 1, orderListLagMs: 60_000 });
    await kis('REAL', ...BUY, '--id', 'lost', '--yes');
    // A program with a journal of its own.
    await runKis([...BUY, '--yes'], { env: { ...env('REAL'), KIS_STATE_DIR: '~/elsewhere' }, home });
    simulator.update({ orderListLagMs: 0 });
    expect(simulator.orders).toHaveLength(2);
    const settle = ['order', 'settle', 'lost', '--as'];
    expect(await kis('REAL', ...settle, '2')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('needs --yes') as string,
    });
    expect((await kis('REAL', ...settle, '2', '--yes')).stdout).toMatch(
      /lost \(number 0000000002\)[^]*accepted/,
    );
    expect(await kis('REAL', ...settle, 'not-placed', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it is accepted, number 0000000002') as string,
    });
    expect(simulator.orders).toHaveLength(2);
  });

  async function atTerminal(answer: string): Promise<Outcome> {
    const command = [process.execPath, built('main.cli.js'), ...BUY].join(' ');
    const terminal = StartedProcess.start('script', ['-qec', command, '/dev/null'], {
      env: env('REAL'),
      home,
    });
    await terminal.untilWritten('[y/N]');
    terminal.write(answer);
    return terminal.outcome();
  }

  it.each([
    [['order', 'place', 'buy', '005930'], 'needs <quantity>'],
    [['order', 'place', 'hold', '005930', '1', '--price', '1'], 'one of buy, sell'],
    [['order', 'place', 'buy', '005930', '1'], 'Give --price for a limit order'],
    [['order', 'show'], 'needs <id>'],
    [['order', 'settle', 'lost'], '--as: the number'],
    [['balance', '--price', '1'], 'does not take --price'],
  ])('does not understand %j', async (args, words) => {
    const { code, stderr } = await kis('MOCK', ...args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) as string });
  });

  it('gives every reason for a refusal in JSON', async () => {
    const { code, stderr } = await kis(
      'MOCK',
      'order',
      'place',
      'buy',
      '005930',
      '2',
      '--price',
      '90050',
      '--json',
    );
    expect({ code, failure: JSON.parse(stderr) as unknown }).toMatchObject({
      code: 1,
      failure: {
        code: 'ORDER_REFUSED',
        problems: [{ code: 'TICK_SIZE', nearestPrices: ['90000', '90100'] }],
      },
    });
  });
});
