import { setTimeout } from 'node:timers/promises';
import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { DEMO, Home, Product, runKis } from '../support/product';

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - /;
const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/;

/** Lines without their time, level and request id. */
function told(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => TIME.test(line))
    .map((line) => line.replace(/^.*? - [A-Z]+ - /, '').replace(/ \(request [^)]*\)$/, ''));
}

describe('The log of a first start', () => {
  it('tells the story of the token literally, and ends with the addresses', async () => {
    const product = await Product.start({ env: { ...DEMO, LOG_LEVEL: 'info' } });
    await product.untilWritten('Simulator    http');
    const [, ...lines] = product.stdout
      .split('\n')
      .filter((line) => /TokenManager|KISClient|KIS API/.test(line));
    const at = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
    const story = [
      String.raw`\[TokenManager\] Token file: ~/KIS/tokens/token_PStoMm5NMd_mock\.json`,
      String.raw`\[KISClient\] Checking for cached token\.\.\.`,
      String.raw`\[TokenManager\] No token file found`,
      String.raw`\[KISClient\] No valid cached token, requesting new token\.\.\.`,
      String.raw`\[KIS API\] Requesting new access token`,
      String.raw`\[KIS API\] Response Status: 200`,
      String.raw`\[KIS API\] Access token obtained successfully`,
      String.raw`\[TokenManager\] Token saved successfully`,
      String.raw`\[TokenManager\]   - Issued at: ${at}`,
      String.raw`\[TokenManager\]   - Expires at: ${at}`,
      String.raw`\[TokenManager\]   - Valid for: 86400 seconds`,
    ];
    expect(lines).toEqual(story.map((line) => expect.stringMatching(new RegExp(`^${at} - INFO - ${line}$`))));
    expect(product.stdout).toMatch(/ - INFO - \[TokenManager\] Initialized for mock mode\n/);
    const last = told(product.stdout).slice(-4);
    expect(last.map((line) => line.slice(0, 18))).toEqual([
      '[App] Status page ',
      '[App] API docs    ',
      '[App] Try         ',
      '[App] Simulator   ',
    ]);
    await product.stop();
    expect(product.home.read('logs/app.log')).toBe(product.stdout);
  });

  it('does not wait long for KIS before it shows the addresses', async () => {
    const simulator = await startSimulator({ realPort: null, mockPort: 0, settings: { tokenFault: 'hang' } });
    const product = await Product.launch({ env: brokerageEnv(simulator, 'MOCK') });
    await product.untilWritten('Requesting new access token');
    await product.untilWritten('Status page', 8_000);
    await product.kill();
    await simulator.stop();
  });
});

describe('The log of several accounts', () => {
  let simulator: Simulator;
  let product: Product;

  beforeAll(async () => {
    simulator = await startSimulator({
      mockPort: 0,
      realPort: 0,
      settings: { mockPerSecond: 1000, realPerSecond: 1000 },
    });
    const real = Object.entries(brokerageEnv(simulator, 'REAL'));
    const live = Object.fromEntries(real.map(([name, value]) => [name.replace('KIS_', 'KIS_LIVE_'), value]));
    product = await Product.start({
      env: { ...brokerageEnv(simulator, 'MOCK'), ...live, KIS_PROFILES: 'live', LOG_LEVEL: 'debug' },
    });
    await product.untilWritten('[App] Try');
  });

  beforeEach(() => {
    simulator.reset();
  });

  afterAll(async () => {
    await product.stop();
    await simulator.stop();
  });

  /** The lines that one request leaves. */
  async function linesOf(path: string, init: RequestInit = {}): Promise<string[]> {
    const from = product.stdout.length;
    await product.ask(path, init);
    await product.untilWritten(new RegExp(String.raw`[^]{${from},}\[HTTP\] .* \d+ ms`));
    return told(product.stdout.slice(from));
  }

  it('names the account of every line that is about one', () => {
    const lines = told(product.stdout).filter((line) => /^\[(TokenManager|KISClient|KIS API)\]/.test(line));
    expect(lines.filter((line) => / \(main\)$/.test(line))).toHaveLength(12);
    expect(lines.filter((line) => / \(live\)$/.test(line))).toHaveLength(12);
    expect(lines.filter((line) => !/ \((main|live)\)$/.test(line))).toEqual([]);
  });

  it('shows a call that succeeded at the level debug', async () => {
    expect(await linesOf('/api/accounts/live/balance')).toEqual([
      expect.stringMatching(
        /^\[KIS API\] GET \/uapi\/.*\/inquire-balance \(TTTC8434R\): ok, HTTP 200 after \d+ ms \(live\)$/,
      ),
      expect.stringMatching(/^\[HTTP\] GET \/api\/accounts\/live\/balance 200 \d+ ms$/),
    ]);
  });

  it.each([
    ['a refusal', { refuseAll: 'IGW00002' }, '/api/accounts/live/balance', /account number/],
    ['a broken gateway', { apiFault: 'html502' }, '/api/accounts/live/balance', /Try again later/],
    [
      'an answer that lacks its list',
      { omitFields: ['output1'] },
      '/api/accounts/live/balance',
      /needs an update/,
    ],
    ['a refused token', { refuseAll: 'EGW00121' }, '/api/accounts/live/balance', /check that the app key/],
  ] as const)('reports %s once, with a remedy', async (_, fault, path, remedy) => {
    simulator.update(fault);
    const warnings = (await linesOf(path)).filter(
      (line) => !/ after \d+ ms| \d+ ms$|is sent again/.test(line),
    );
    expect(warnings).toEqual([expect.stringMatching(remedy)]);
  });

  it('names its request in every line, and takes over the id of the caller when it is sane', async () => {
    simulator.update({ refuseAll: 'IGW00002' });
    const ids = ['trade-1128.7', 'a-'.repeat(64), `${'a-'.repeat(64)}b`, 'two words', '"quoted"', ''];
    for (const id of ids) {
      const from = product.stdout.length;
      const { headers } = await product.ask('/api/quotes/005930', { headers: { 'X-Request-Id': id } });
      const used = headers.get('x-request-id') ?? '';
      expect(used).toMatch(/^[\w.-]{1,128}$/);
      expect(used === id).toBe(id === ids[0] || id === ids[1]);
      if (used !== id) expect(used).toMatch(new RegExp(`^${UUID.source}$`));
      await product.untilWritten(`[HTTP] GET /api/quotes/005930 422`);
      await product.untilWritten(new RegExp(String.raw`[^]{${from},}\[HTTP\] .* \d+ ms`));
      const lines = product.stdout
        .slice(from)
        .split('\n')
        .filter((line) => TIME.test(line));
      expect(lines.length).toBeGreaterThanOrEqual(3);
      for (const line of lines) expect(line.endsWith(` (request ${used})`)).toBe(true);
    }
  });
});

describe('The log of a token that is not to be had', () => {
  it('reports the failure once, with its remedy, however many callers ask', async () => {
    const simulator = await startSimulator({
      realPort: null,
      mockPort: 0,
      settings: { tokenRefusal: 'EGW00105' },
    });
    const product = await Product.start({ env: brokerageEnv(simulator, 'MOCK') });
    await product.untilWritten('Status page');
    for (let call = 0; call < 5; call += 1) {
      await product.ask('/api/accounts/main/balance');
      await setTimeout(300); // Longer than callers share one error.
    }
    await product.stop();
    await simulator.stop();
    const failures = told(product.stdout).filter((line) => line.includes('EGW00105'));
    expect(failures).toEqual([
      expect.stringMatching(
        /^\[KIS API\] Access token not obtained: .*EGW00105.* Compare the configured app secret/,
      ),
    ]);
    expect(product.stdout).toMatch(/INFO - \[TokenManager\] The next request for a token is due at \d{4}-/);
    expect(product.stdout).not.toMatch(/answered 503/);
  });
});

describe('The log of the command line', () => {
  it('has the story of a token that a command requested, and nothing of a command that found one', async () => {
    const simulator = await startSimulator({ realPort: null, mockPort: 0 });
    const home = new Home({ files: { '.env': 'LOG_FILE=logs/app.log\n' } });
    const env = brokerageEnv(simulator, 'MOCK');
    const first = await runKis(['token', 'get'], { home, env });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const story = told(home.read('logs/app.log'));
    expect(story).toContain('[TokenManager] No token file found');
    expect(story).toContain('[KIS API] Access token obtained successfully');
    expect(story).toContain('[TokenManager] Token saved successfully');
    expect(story.filter((line) => !/^\[(TokenManager|KISClient|KIS API)\]/.test(line))).toEqual([]);

    expect((await runKis(['token', 'get'], { home, env })).stdout).toBe(first.stdout);
    expect((await runKis(['token', 'status'], { home, env })).code).toBe(0);
    expect(told(home.read('logs/app.log'))).toEqual(story);
    await simulator.stop();
  });

  it('shows a failure once on the terminal, and keeps it in the log file', async () => {
    const simulator = await startSimulator({
      realPort: null,
      mockPort: 0,
      settings: { tokenRefusal: 'EGW00105' },
    });
    const home = new Home({ files: { '.env': 'LOG_FILE=logs/app.log\n' } });
    const { code, stderr } = await runKis(['token', 'get'], { home, env: brokerageEnv(simulator, 'MOCK') });
    await simulator.stop();
    expect(code).toBe(1);
    expect(stderr.match(/EGW00105/g)).toHaveLength(1);
    expect(home.read('logs/app.log').match(/EGW00105/g)).toHaveLength(1);
  });
});
