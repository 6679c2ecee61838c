import { CommandLineFixture } from './support/command-line-fixture';

describe('The command line', () => {
  let cli: CommandLineFixture;
  let kis: CommandLineFixture['kis'];

  beforeEach(async () => {
    cli = await CommandLineFixture.open();
    ({ kis } = cli);
  });

  afterEach(() => cli.close());

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
    cli.simulator.update({ mockPerSecond: 1000 });
    const { code, out } = await kis('quote', '005930');
    expect(code).toBe(0);
    expect(out).toMatch(/^symbol +price [^\n]*\n005930 +[\d,]+ +[-+]?[\d,]+ /);
    const several = await kis('quote', 'A005930,NAS:AAPL', 'main', '--json');
    expect(JSON.parse(several.out)).toMatchObject([{ symbol: '005930' }, { symbol: 'NAS:AAPL', open: null }]);
    expect(await kis('quote', '999999')).toMatchObject({ code: 1, out: '' });
    expect(await kis('quote')).toMatchObject({ code: 2, err: expect.stringContaining('needs <symbol>') });
  });

  it('shows candles, and says which ones are missing', async () => {
    cli.simulator.update({ mockPerSecond: 1000 });
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
    expect(older).toMatchObject({ code: 0, err: expect.stringContaining('anything earlier is missing') });
    expect(await kis('candles', '005930', '--interval', '2h')).toMatchObject({ code: 2, out: '' });
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
  ])('answers %j with the mistake, the usage and exit code 2', async (args, mistake, usage) => {
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
    'prints the help for %j',
    async (args) => {
      const { code, out, err } = await kis(...args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('kis token status [alias]');
    },
  );

  it('lists the configured accounts when asked for an unknown one', async () => {
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
    cli.env = { KIS_APP_KEY: 'x', KIS_TRADING_MODE: 'MAYBE' };
    const { code, err } = await kis('accounts');
    expect(code).toBe(1);
    expect(err).toMatch(/KIS_TRADING_MODE[\s\S]*KIS_APP_SECRET|KIS_APP_SECRET[\s\S]*KIS_TRADING_MODE/);
    expect(JSON.parse((await kis('accounts', '--json')).err)).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      problems: expect.arrayContaining([expect.stringContaining('KIS_TRADING_MODE')]),
    });
  });
});
