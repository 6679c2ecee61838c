import { startSimulator, type Simulator, type SimulatorSettings } from '../../src/simulator';
import { ProductOutputs } from '../support/product-outputs';
import { libraryScript } from '../support/library-scripts';
import { type Home, Product, runKis, runScript } from '../support/product';

/** What KIS may repeat, in whole and in parts; each fits into a message of KIS. */
const ECHOES = [
  '{account} {account}{product} {account}-{product} {account:0:4}-{account:4}-{product} 00{account}',
  '{appkey} {appkey:5:25} {appkey:-20}',
  '{appsecret}',
  '{appsecret:0:60} and {appsecret:-60} and {appsecret:60:120}',
  '{token:0:60} and {token:-60} and {token:100:160}',
  '{token}',
  'first\nsecond\r\u001b[31mred\u0007\u009b31m\u007f\u2028\u2029\u202eevil\u2066\u200b\ufeff\ud83d',
];

/** How KIS comes to speak of a call: it refuses it, it cannot handle it just now, or it answers with names. */
const REFUSED = { refuseAll: 'IGW00002' };
const TRANSIENT = { refuseAll: 'EGW00316' };
const EXECUTED = { refuseAll: null };

const ROUTES = [
  'GET /api/accounts/main/balance',
  'GET /api/accounts/live/balance',
  'GET /api/accounts/main/overseas-balance',
  'GET /api/accounts/live/assets',
  'GET /api/accounts/main/buying-power?symbol=005930',
  'GET /api/quotes/005930',
  'POST /api/tokens/live/refresh',
  'GET /api/tokens',
  'GET /health/ready',
  'GET /metrics',
];

const COMMANDS = [
  ['balance'],
  ['balance', '--json'],
  ['token', 'refresh', 'live'],
  ['doctor'],
  ['token', 'status', '--json'],
];

/** A program over the library that prints all that an error says. */
const FAILED_CALL = libraryScript(`
  const { inspect } = require('node:util');
  const error = await price(kis, '005930').catch((reason) => reason);
  console.log(String(error), error.stack, JSON.stringify(error), JSON.stringify(error.kis));
  console.log(inspect(error, { depth: 9 }));
`);

describe('What KIS repeats in its words', () => {
  let simulator: Simulator;
  let outputs: ProductOutputs;
  let home: Home;

  beforeAll(async () => {
    simulator = await startSimulator({
      mockPort: 0,
      realPort: 0,
      settings: { mockPerSecond: 1000, realPerSecond: 1000 },
    });
    outputs = new ProductOutputs([simulator.demo.mock, simulator.demo.real]);
    await askEverything('text', [
      ...ECHOES.flatMap((echo) => [
        { ...REFUSED, echo },
        { ...EXECUTED, echo },
      ]),
      { ...TRANSIENT, echo: ECHOES[3] ?? '' },
    ]);
    await askEverything('json', [
      { ...REFUSED, echo: ECHOES[3] ?? '' },
      { ...REFUSED, echo: ECHOES.at(-1) ?? '' },
    ]);
    for (const echo of ECHOES.slice(1, 4)) await startWithoutToken(echo);
    await runCommands();
    for (const { headers } of simulator.requests.all) {
      const [, value = ''] = headers.find(([name]) => name.toLowerCase() === 'authorization') ?? [];
      outputs.addSecret(value.replace(/^Bearer /, ''));
    }
  });

  afterAll(() => simulator.stop());

  function env(): Record<string, string> {
    const { mock, real } = simulator.demo;
    return {
      KIS_APP_KEY: mock.appKey,
      KIS_APP_SECRET: mock.appSecret,
      KIS_ACCOUNT_NUMBER: mock.accountNumber,
      KIS_BASE_URL: simulator.mockUrl ?? '',
      KIS_REQUESTS_PER_SECOND: '1000',
      KIS_PROFILES: 'live',
      KIS_LIVE_TRADING_MODE: 'REAL',
      KIS_LIVE_APP_KEY: real.appKey,
      KIS_LIVE_APP_SECRET: real.appSecret,
      KIS_LIVE_ACCOUNT_NUMBER: real.accountNumber,
      KIS_LIVE_BASE_URL: simulator.realUrl ?? '',
      KIS_LIVE_REQUESTS_PER_SECOND: '1000',
      LOG_LEVEL: 'debug',
    };
  }

  async function askEverything(
    format: string,
    occasions: readonly Partial<SimulatorSettings>[],
  ): Promise<void> {
    simulator.reset();
    const product = await Product.start({ env: { ...env(), LOG_FORMAT: format } });
    home = product.home;
    for (const occasion of occasions) {
      simulator.update(occasion);
      await Promise.all(ROUTES.map((route) => askFor(product, route)));
    }
    await collect(product);
  }

  async function startWithoutToken(echo: string): Promise<void> {
    simulator.reset();
    simulator.update({ tokenRefusal: 'EGW00105', echo });
    const product = await Product.start({ env: env() });
    for (const route of ROUTES) await askFor(product, route);
    await collect(product);
  }

  async function collect(product: Product): Promise<void> {
    const { stdout, stderr } = await product.stop();
    outputs.texts.push(stdout, stderr, product.home.read('logs/app.log'));
  }

  async function askFor(product: Product, route: string): Promise<void> {
    const [method = '', path = ''] = route.split(' ');
    const { text, headers } = await product.ask(path, { method });
    outputs.texts.push(text, JSON.stringify([...headers]));
  }

  async function runCommands(): Promise<void> {
    const parts = ['{account}-{product}', '{token:20:50} {appsecret:-30}', '{appkey:-15}\u001b[31m\u202e\n'];
    simulator.reset();
    for (const occasion of [EXECUTED, REFUSED]) {
      simulator.update({ ...occasion, echo: parts.join(' ') });
      for (const command of COMMANDS) {
        const { stdout, stderr } = await runKis(command, { home, env: env() });
        outputs.texts.push(stdout, stderr);
      }
    }
    const { code, stdout, stderr } = await runScript(FAILED_CALL, { env: env() });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/IGW00002.*\[secret\]/) });
    outputs.texts.push(stdout, stderr);
    outputs.texts.push(home.read('logs/app.log'));
  }

  it('was heard at every exit', () => {
    const all = outputs.texts.join('');
    const times = (form: RegExp): number => all.match(form)?.length ?? 0;
    expect(times(/\[secret\]/g)).toBeGreaterThan(100);
    expect(times(/\[token\]/g)).toBeGreaterThan(30);
    expect(times(/50\d\d\*\*\*\*/g)).toBeGreaterThan(50);
    expect(times(/\\u202eevil/g)).toBeGreaterThan(5);
    for (const code of ['IGW00002', 'EGW00316', 'EGW00105'])
      expect([code, all.includes(code)]).toEqual([code, true]);
  });

  it('never brings out a secret, a part of one, or an account number', () => {
    expect(outputs.leaks).toEqual([]);
  });

  it('never brings out characters that a terminal obeys', () => {
    expect(outputs.controls).toEqual([]);
  });
});
