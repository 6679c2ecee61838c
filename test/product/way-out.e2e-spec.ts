import { LocalProxy } from '../support/local-proxy';
import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { freePort } from '../support/free-port';
import { DEMO, Product, runKis, runScript } from '../support/product';
import { SecureBrokerage } from '../support/secure-brokerage';

const BALANCE = '/api/accounts/main/balance';
const PASSWORD = 'hidden-proxy-password';

interface ProblemBody {
  readonly code: string;
  readonly detail: string;
}

describe('The built product on its way to KIS', () => {
  let simulator: Simulator;
  let kis: SecureBrokerage;
  let proxy: LocalProxy;
  let env: Record<string, string>;

  beforeAll(async () => {
    simulator = await startSimulator({ mockPort: 0, realPort: 0, settings: { mockPerSecond: 500 } });
    kis = await SecureBrokerage.start(simulator.mockUrl ?? '');
  });

  afterAll(async () => {
    await kis.stop();
    await simulator.stop();
  });

  beforeEach(async () => {
    proxy = await LocalProxy.start();
    simulator.reset();
    kis.connections = 0;
    env = {
      ...brokerageEnv(simulator, 'MOCK'),
      KIS_BASE_URL: kis.url,
      NODE_EXTRA_CA_CERTS: kis.certificate,
      HTTPS_PROXY: proxy.url.replace('//', `//me:${PASSWORD}@`),
      // Where Node has a switch of its own, it must change nothing.
      NODE_USE_ENV_PROXY: '1',
    };
  });

  afterEach(() => proxy.stop());

  it('goes through the proxy, says so, and shows its password nowhere', async () => {
    const product = await Product.start({ env });
    expect((await product.ask(BALANCE)).status).toBe(200);
    const doctor = await runKis(['doctor', '--online'], { env, home: product.home });
    const balance = await runKis(['balance'], { env, home: product.home });
    await product.stop();

    expect(product.stdout).toContain(`Calls go to  ${kis.url} for main, through the proxy ${proxy.url}\n`);
    expect([doctor.code, balance.code]).toEqual([0, 0]);
    expect(doctor.stdout).toContain(`destination: ${kis.url} for main, through the proxy ${proxy.url}\n`);
    expect(doctor.stdout).toMatch(/OK +connection to https:\S+: answered/);
    // Token, balance, doctor, balance of the command: each over a tunnel, none past the proxy.
    expect(proxy.requests).toEqual(Array(4).fill(`CONNECT ${new URL(kis.url).host}`));
    expect(kis.connections).toBe(4);
    const login = Buffer.from(`me:${PASSWORD}`).toString('base64');
    const everything = [
      product.stdout,
      product.stderr,
      product.home.read('logs/app.log'),
      doctor.stdout,
      doctor.stderr,
    ];
    for (const secret of [PASSWORD, login]) expect(everything.join('\n')).not.toContain(secret);
  });

  it('goes past it where NO_PROXY says so, the doctor too', async () => {
    const direct = { ...env, NO_PROXY: 'localhost,127.0.0.0/8' };
    const product = await Product.start({ env: direct });
    expect((await product.ask(BALANCE)).status).toBe(200);
    const doctor = await runKis(['doctor', '--online'], { env: direct, home: product.home });
    await product.stop();
    expect(doctor.stdout).toContain(`destination: ${kis.url} for main, directly\n`);
    expect(doctor.code).toBe(0);
    expect(proxy.requests).toEqual([]);
  });

  it('names a proxy that does not listen, and counts no token request', async () => {
    await proxy.stop();
    const product = await Product.start({ env });
    const { status, body } = await product.ask<ProblemBody>(BALANCE);
    expect({ status, body }).toMatchObject({ status: 502, body: { code: 'KIS_UNAVAILABLE' } });
    expect(body.detail).toContain(`the proxy ${proxy.url} cannot be used: ECONNREFUSED`);
    expect((await product.ask('/api/tokens/main')).body).toMatchObject({ issuedToday: 0 });
    await product.stop();
    proxy = await LocalProxy.start();
  });

  it('does not start without the check of certificates', async () => {
    const unchecked = { ...env, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const product = await Product.launch({ env: unchecked });
    const { code, stderr, stdout } = await product.outcome();
    expect(code).not.toBe(0);
    expect(stderr + stdout).toContain('NODE_TLS_REJECT_UNAUTHORIZED: must not be 0');
    expect((await runKis(['balance'], { env: unchecked })).code).toBe(1);
    expect(kis.connections).toBe(0);
  });

  it('checks certificates in a script that uses the library, whatever Node is told', async () => {
    const script = `
      const { KisRedis, ProxyRules, reachKis, RedisAddress } = require('./kis');
      const { url, redisUrl } = JSON.parse(process.env.ADDRESSES);
      reachKis(url, new ProxyRules()).then(() => console.log('TRUSTED'), ({ message }) => console.log(message));
      KisRedis.open(new RedisAddress({ url: redisUrl })).then(async (redis) => {
        await redis.run('return 1', []).then(() => console.log('TRUSTED'), ({ message }) => console.log(message));
        redis.onApplicationShutdown();
      });`;
    const addresses = { url: kis.url, redisUrl: kis.url.replace('https:', 'rediss:') };
    const { stdout } = await runScript(script, {
      env: { NODE_TLS_REJECT_UNAUTHORIZED: '0', ADDRESSES: JSON.stringify(addresses) },
    });
    expect(stdout).not.toContain('TRUSTED');
    for (const address of Object.values(addresses)) {
      const { host } = new URL(address);
      expect(stdout).toMatch(
        new RegExp(`${host} cannot be (reached|used) \\(DEPTH_ZERO_SELF_SIGNED_CERT\\)`),
      );
    }
  });

  it('takes no address for keys of the environment from a settings file of the directory', async () => {
    const { KIS_BASE_URL, ...keys } = env;
    const files = { '.env': `KIS_BASE_URL=${KIS_BASE_URL ?? ''}\n` };
    const product = await Product.launch({ env: keys, files });
    const { code, stderr, stdout } = await product.outcome();
    expect(code).not.toBe(0);
    expect(stderr + stdout).toContain(
      'KIS_BASE_URL: is set in line 1 of .env, but KIS_APP_KEY is set in the environment',
    );
    const token = await runKis(['token', 'get'], { env: keys, files });
    expect(token).toMatchObject({ code: 1, stdout: '' });
    expect([kis.connections, proxy.requests.length]).toEqual([0, 0]);
  });

  it('asks no proxy for the simulator of a running service', async () => {
    const demo = { ...DEMO, PORT: String(await freePort()), HTTP_PROXY: proxy.url, NODE_USE_ENV_PROXY: '1' };
    const product = await Product.start({ env: demo });
    const { stderr } = await runKis(['balance'], { env: demo, home: product.home });
    await product.stop();
    expect(stderr).toContain('the figures are those of the running service');
    expect(proxy.requests).toEqual([]);
  });
});
