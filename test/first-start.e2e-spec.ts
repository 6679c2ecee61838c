import type { BalanceDto } from '../src/accounts/balance.dto';
import { startSimulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

const BALANCE = '/api/accounts/main/balance';

describe('the API with its own simulator', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let api: RunningApi;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    api = await RunningApi.start({ env: embeddedEnv(directory.path) });
  });

  afterEach(async () => {
    await api.close();
    directory.remove();
  });

  function issues(): number {
    return api.simulator.issuesOf(api.simulator.demo.mock.appKey).length;
  }

  function balanceCalls(): number {
    return api.simulator.requests.withTrId('VTTC8434R').length;
  }

  it('asks for one token on its first start and answers with a balance that is marked as simulated', async () => {
    const { status, body } = await api.ask<BalanceDto>(BALANCE);
    expect(status).toBe(200);
    expect(body.account).toEqual({
      alias: 'main',
      mode: 'MOCK',
      accountNumber: '5011****-01',
      simulated: true,
    });
    expect(Object.keys(body)).toEqual(['account', 'asOf', 'summary', 'holdings']);
    expect(new Date(body.asOf).toISOString()).toBe(body.asOf);
    expect(Object.keys(body.summary)).toEqual([
      ...['deposit', 'depositD1', 'depositD2', 'purchaseAmount', 'stockValuation', 'profitLoss'],
      ...['totalValuation', 'netAssets', 'previousTotalValuation', 'assetChange'],
    ]);
    expect(body.holdings).toHaveLength(3);
    expect(body.holdings[0]).toEqual({
      symbol: expect.stringMatching(/^\d{6}$/),
      name: expect.any(String),
      tradeType: '현금',
      ...Object.fromEntries(
        ['quantity', 'orderableQuantity', 'averagePrice', 'currentPrice', 'purchaseAmount', 'valuation']
          .concat('profitLoss', 'profitLossRate', 'changeRate')
          .map((name) => [name, expect.stringMatching(/^-?\d+(\.\d+)?$/)]),
      ),
    });
    expect(issues()).toBe(1);
  });

  it('tells the story of the first token in the log', async () => {
    await api.ask(BALANCE);
    // The answer does not wait for the token to be saved.
    await api.untilLogged('Valid for');
    const story = api.log
      .map((line) => /\[(?:TokenManager|KISClient|KIS API)\].*/.exec(line)?.[0])
      .filter(Boolean);
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
    const expected = [
      'Initialized for mock mode',
      'Token file: .*token_PStoMm5NMd_mock.json',
      'Checking for cached token...',
      'No token file found',
      'No valid cached token, requesting new token...',
      'Requesting new access token',
      'Response Status: 200',
      'Access token obtained successfully',
      'Token saved successfully',
      `  - Issued at: ${time}`,
      `  - Expires at: ${time}`,
      '  - Valid for: 86400 seconds',
    ];
    // The request that comes first may be the one that asks for the token, and is named then.
    const told = story.map((line) => line?.replace(/^\[[^\]]+\] /, '').replace(/ \(request [^)]+\)$/, ''));
    expect(told.slice(0, expected.length)).toEqual(
      expected.map((line) => expect.stringMatching(new RegExp(`^${line}$`))),
    );
  });

  it('goes on with the stored token after a restart, without asking for another', async () => {
    const before = await api.ask(BALANCE);
    await api.close();
    api = await RunningApi.start({ env: embeddedEnv(directory.path) });
    const ready = await api.ask('/health/ready');
    const after = await api.ask(BALANCE);
    expect([before.status, ready.status, after.status]).toEqual([200, 200, 200]);
    expect(issues()).toBe(0);
  });

  it('puts the pages of a long balance together', async () => {
    api.simulator.update({ holdings: 25, soldOut: 2 });
    const { body } = await api.ask<BalanceDto>(BALANCE);
    expect(body.holdings).toHaveLength(25);
    expect(new Set(body.holdings.map(({ symbol }) => symbol)).size).toBe(25);
    expect(balanceCalls()).toBe(2);
  });

  it('answers 500 callers at one time with one token and few calls', async () => {
    const answers = await Promise.all(Array.from({ length: 500 }, () => api.ask(BALANCE)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(issues()).toBe(1);
    expect(balanceCalls()).toBeLessThan(250);
  });

  it('serves every other route of the account and quotes too', async () => {
    const accounts = await api.ask('/api/accounts');
    const account = await api.ask('/api/accounts/main');
    expect(accounts.body).toEqual([account.body]);
    const power = await api.ask('/api/accounts/main/buying-power?symbol=005930&price=70000');
    expect(power.body).toMatchObject({
      symbol: '005930',
      price: '70000',
      withoutCredit: { quantity: expect.any(String) },
    });
    const amounts = await api.ask('/api/accounts/main/buying-power');
    expect(amounts.body).toMatchObject({ symbol: null, price: null, cash: expect.stringMatching(/^\d+$/) });
    const overseas = await api.ask('/api/accounts/main/overseas-balance');
    expect(overseas.body).toMatchObject({ exchange: 'NASD', currency: 'USD', account: account.body });
    const hongKong = await api.ask('/api/accounts/main/overseas-balance?exchange=SEHK');
    expect(hongKong.body).toMatchObject({ exchange: 'SEHK', currency: 'HKD' });
    const quote = await api.ask('/api/quotes/005930');
    expect(quote.body).toMatchObject({ symbol: '005930', price: expect.stringMatching(/^\d+$/) });
  });

  it('goes on for the others when one caller goes away, and makes no noise about it', async () => {
    await api.ask(BALANCE);
    api.simulator.update({ latencyMs: 200 });
    const before = balanceCalls();
    const leaving = new AbortController();
    const gone = api
      .ask(BALANCE, { signal: leaving.signal })
      .catch((error: unknown) => (error as Error).name);
    const staying = api.ask(BALANCE);
    while (balanceCalls() === before) await new Promise(setImmediate);
    leaving.abort();
    expect(await gone).toBe('AbortError');
    expect((await staying).status).toBe(200);
    expect(balanceCalls() - before).toBeLessThanOrEqual(2);
    expect(api.log.filter((line) => /WARNING|ERROR/.test(line))).toEqual([]);
  });

  it('finishes and keeps a token that is being issued when it is told to stop', async () => {
    await api.close();
    directory.remove();
    directory = await temporaryDirectory();
    const simulator = await startSimulator({
      mockPort: 0,
      realPort: null,
      settings: { tokenLatencyMs: 300 },
    });
    const env = brokerageEnv(simulator, 'MOCK', directory.path);
    const issued = () => simulator.issuesOf(simulator.demo.mock.appKey).length;

    const first = await RunningApi.start({ env });
    while (issued() === 0) await new Promise(setImmediate);
    await first.close();

    api = await RunningApi.start({ env });
    expect((await api.ask(BALANCE)).status).toBe(200);
    expect(issued()).toBe(1);
    await simulator.stop();
  });

  it('answers what is under way when it is told to stop', async () => {
    await api.ask(BALANCE);
    api.simulator.update({ latencyMs: 300 });
    const asking = api.ask(BALANCE);
    while (api.simulator.requests.all.filter(({ path }) => path.endsWith('/inquire-balance')).length < 2) {
      await new Promise(setImmediate);
    }
    await api.close();
    expect((await asking).status).toBe(200);
  });
});
