import { Home, Product, runKis, type ProcessOptions } from '../support/product';

const KEY = 'PSabcdefghij0123456789ABCDEFGHIJ0123';
const ACCOUNT = { KIS_APP_KEY: KEY, KIS_APP_SECRET: 'Zx9+'.repeat(45), KIS_ACCOUNT_NUMBER: '12345678' };

/** The names in the list of problems that a start with these settings ends with. */
async function namesOfProblems(options: ProcessOptions): Promise<string[]> {
  const { code, stdout, stderr } = await runKis(['accounts'], options);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  return [...stderr.matchAll(/^ {2}- (\w+)[^:]*:/gm)].map(([, name]) => name ?? '');
}

describe('Wrong settings of the built product', () => {
  it('are refused for the account too while the simulator runs, and the next start names the line to add', async () => {
    const wrong = 'KIS_TRADING_MODE=PAPER\nKIS_ACCOUNT_NUMBER=12\nKIS_ACCOUNT_CODE=x\n';
    const files = { '.env.local': { content: wrong, mode: 0o600 } };
    const refused = await (await Product.launch({ shippedEnv: true, files })).outcome();
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('The configuration has 3 problems');
    const right = 'KIS_TRADING_MODE=MOCK\nKIS_ACCOUNT_NUMBER=12345678\nKIS_ACCOUNT_CODE=22\n';
    const product = await Product.start({
      shippedEnv: true,
      files: { '.env.local': { content: right, mode: 0o600 } },
      env: { SIMULATOR_MOCK_PORT: '0' },
    });
    expect(product.stdout).toMatch(/WARNING .*KIS_ACCOUNT_NUMBER: .*KIS_SIMULATOR=false/);
    await product.stop();
  });

  it.each([
    ['KIS_SIMULATOR', 'yes', {}],
    ['KIS_PROFILES', 'my pension', {}],
    ['HOST', 'my host', ACCOUNT],
    ['API_KEY_FILE', '/nowhere', { ...ACCOUNT, HOST: '0.0.0.0' }],
    ['KIS_APP_KEY_FILE', '/nowhere', { ...ACCOUNT, KIS_APP_KEY: '' }],
    ['KIS_TRADING_MODE', 'PAPER', { KIS_PROFILES: 'one', ...profileOf('ONE') }],
  ])('are reported without what merely follows from them: %s=%s', async (name, value, others) => {
    expect(await namesOfProblems({ env: { ...others, [name]: value } })).toEqual([name]);
  });

  it('are reported with what may explain them: names that are not known, lines that set nothing', async () => {
    const content = `KIS_SIMULATOR=false\nset KIS_APP_KEY=${KEY}\nKIS_APPSECRET=abc\nKIS_ACCOUNT_NUMBER=12345678\n`;
    const files = { '.env.local': { content, mode: 0o600 } };
    const { code, stdout, stderr } = await (await Product.launch({ shippedEnv: true, files })).outcome();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const beginnings = stderr.split('\n').map((line) => line.replace(/(;| and) .*/, ''));
    expect(beginnings).toEqual([
      'The configuration has 2 problems:',
      '  - KIS_APP_KEY: is missing',
      '  - KIS_APP_SECRET: is missing',
      'Also noticed:',
      '  * .env.local: line 2 sets no variable',
      '  * KIS_APPSECRET: is not known',
      '',
    ]);
    expect(stderr).not.toContain(KEY);
  });

  it('are reported without a stack trace where the user has no home directory', async () => {
    const env = { ...ACCOUNT, HOME: '' };
    const sentence = /^The directory ~\/KIS\/tokens cannot be found: .*Set KIS_TOKEN_DIR .*\n$/;
    const inTheDemo = { KIS_SIMULATOR: 'true', SIMULATOR_MOCK_PORT: '0', HOME: '' };
    for (const settings of [env, inTheDemo]) {
      const service = await (await Product.launch({ env: settings })).outcome();
      expect(service).toEqual({ code: 1, signal: null, stdout: '', stderr: expect.stringMatching(sentence) });
    }
    const command = await runKis(['token', 'status'], { env: inTheDemo });
    expect(command).toMatchObject({ code: 1, stdout: '' });
    expect(command.stderr.split('\n').slice(1).join('\n')).toMatch(sentence);
    expect(await namesOfProblems({ env: { ...env, LOG_FILE: '~/app.log' } })).toEqual(['LOG_FILE']);
  });
});

describe('The path of a token file', () => {
  it('is shown below ~ with its slash, also where the home directory is the root', async () => {
    const home = new Home();
    const env = {
      ...ACCOUNT,
      KIS_BASE_URL: 'http://127.0.0.1:9',
      HOME: '/',
      KIS_TOKEN_DIR: home.locate('t'),
    };
    const { stdout } = await runKis(['token', 'status', '--json'], { home, env });
    expect(JSON.parse(stdout)).toMatchObject([
      { filePath: `~${home.locate('t')}/token_PSabcdefgh_mock.json` },
    ]);
  });
});

function profileOf(name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ACCOUNT).map(([variable, value]) => [variable.replace('KIS_', `KIS_${name}_`), value]),
  );
}
