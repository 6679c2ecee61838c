import { mkdirSync } from 'node:fs';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { GET_TOKEN } from '../support/library-scripts';
import { Home, Product, runKis, runScript } from '../support/product';

const WHOLE = JSON.stringify({
  access_token: 'a.b.c',
  token_type: 'Bearer',
  expires_in: 86400,
  issued_at: '2030-01-01T00:00:00.000000',
  expiry_datetime: '2030-01-02T00:00:00.000000',
});

const DAMAGES: readonly (readonly [string, string])[] = [
  ['is empty', ''],
  ['was cut off', WHOLE.slice(0, 60)],
  ['is full of NULs', '\0'.repeat(400)],
  ['holds null', 'null'],
];

describe.each(DAMAGES)('A token file that %s', (_, content) => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0 });
  });

  afterAll(() => simulator.stop());

  /** A new app key, and the damaged file where its token belongs. */
  function damaged() {
    const env = freshAccountEnv(simulator);
    const file = `token_${env['KIS_APP_KEY']?.slice(0, 10) ?? ''}_mock.json`;
    return { env, files: { [`~/KIS/tokens/${file}`]: content } };
  }

  it('does not keep the service from starting', async () => {
    const product = await Product.start(damaged());
    expect((await product.ask('/api/accounts/main/balance')).status).toBe(200);
    await product.stop();
  });

  it('leaves every command with an answer', async () => {
    const [get, status, doctor] = await Promise.all(
      [['token', 'get'], ['token', 'status'], ['doctor']].map((command) => runKis(command, damaged())),
    );
    expect(get).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+\.\S+\.\S+\n$/) });
    expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining('main') });
    expect(doctor).toMatchObject({
      code: expect.any(Number),
      stdout: expect.stringContaining('token of main'),
    });
  });

  it('leaves a script with its token', async () => {
    expect(await runScript(GET_TOKEN, damaged())).toMatchObject({ code: 0, stdout: 'a token\n' });
  });
});

describe('A token file that begins with a byte order mark, as PowerShell and Python (utf-8-sig) write it', () => {
  it('is used, and no token is requested', async () => {
    const simulator = await startSimulator({ realPort: null, mockPort: 0 });
    const env = freshAccountEnv(simulator);
    const home = new Home();
    await runKis(['token', 'get'], { env, home });
    const file = `~/KIS/tokens/token_${env['KIS_APP_KEY']?.slice(0, 10) ?? ''}_mock.json`;
    const own = home.read(file);
    const { access_token, token_type, expires_in, issued_at, expiry_datetime } = JSON.parse(own) as Record<
      string,
      unknown
    >;
    const five = JSON.stringify({ access_token, token_type, expires_in, issued_at, expiry_datetime });
    for (const text of [own, five]) {
      home.write(file, `\ufeff${text}`);
      expect(await runKis(['token', 'get'], { env, home })).toMatchObject({
        code: 0,
        stdout: `${String(access_token)}\n`,
        stderr: '',
      });
    }
    expect(simulator.issuesOf(env['KIS_APP_KEY'] ?? '')).toHaveLength(1);
    await simulator.stop();
  });
});

describe('A directory in the place of the token file', () => {
  it('is named in the status of the token, beside the request that was made and its interval', async () => {
    const simulator = await startSimulator({ realPort: null, mockPort: 0 });
    const env = freshAccountEnv(simulator);
    const home = new Home();
    const file = `~/KIS/tokens/token_${env['KIS_APP_KEY']?.slice(0, 10) ?? ''}_mock.json`;
    mkdirSync(home.locate(file), { recursive: true });
    const product = await Product.start({ env, home });
    expect((await product.ask('/api/accounts/main/balance')).status).toBe(200);
    const { body } = await product.ask('/api/tokens/main');
    await product.stop();
    await simulator.stop();

    expect(body).toMatchObject({
      status: 'fresh',
      cooldownUntil: expect.any(String),
      lastError: { code: 'TOKEN_STORE_FAILED', message: expect.stringContaining('Remove it') },
      issuedToday: 1,
    });
  });
});
