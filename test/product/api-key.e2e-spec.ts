import { request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { DEMO, Product, runKis } from '../support/product';

const KEY = 'correct-horse-battery-staple';
const WRONG = 'correct-horse-battery-stapler';

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('The built product with an API key', () => {
  let product: Product;

  beforeEach(async () => {
    product = await Product.start({ env: { ...DEMO, API_KEY: KEY } });
  });

  afterEach(() => product.stop());

  /** One request that comes from this address of the machine. */
  async function askFrom(
    localAddress: string,
    headers: Record<string, string>,
    path = '/api/accounts',
  ): Promise<Reply> {
    const asking = request({
      host: '127.0.0.1',
      port: product.port,
      path,
      headers,
      localAddress,
      agent: false,
    });
    asking.end();
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
  }

  /** So many requests, one after the other; their statuses. */
  async function statuses(
    count: number,
    headers: Record<string, string>,
    address = '127.0.0.1',
  ): Promise<number[]> {
    const all: number[] = [];
    while (all.length < count) all.push((await askFrom(address, headers)).status);
    return all;
  }

  it('gives an address 429 for a minute after ten wrong keys, whichever loopback address it is', async () => {
    expect(await statuses(5, { 'X-API-Key': WRONG }, '127.0.0.2')).toEqual(Array(5).fill(401));
    expect(await statuses(5, { Authorization: `Bearer ${WRONG}` }, '127.0.0.3')).toEqual(Array(5).fill(401));
    const blocked = await askFrom('127.0.0.1', { 'X-API-Key': WRONG });
    expect([blocked.status, JSON.parse(blocked.body)]).toEqual([
      429,
      expect.objectContaining({ code: 'TOO_MANY_REQUESTS', retryAt: expect.any(String) }),
    ]);
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(50);
    expect(Number(blocked.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await askFrom('127.0.0.2', {}, '/health/live')).status).toBe(200);
  });

  it('lets the right key pass meanwhile, so that nobody can lock its owner out', async () => {
    await statuses(11, { 'X-API-Key': WRONG });
    expect((await askFrom('127.0.0.1', { 'X-API-Key': KEY })).status).toBe(200);
    expect((await askFrom('127.0.0.1', { 'X-API-Key': WRONG })).status).toBe(429);
  });

  it('counts wrong keys, not missing ones and not right ones', async () => {
    expect(await statuses(20, {})).toEqual(Array(20).fill(401));
    expect(await statuses(20, { 'X-API-Key': KEY })).toEqual(Array(20).fill(200));
    expect(await statuses(9, { 'X-API-Key': WRONG })).toEqual(Array(9).fill(401));
    expect((await askFrom('127.0.0.1', { 'X-API-Key': KEY })).status).toBe(200);
  });

  it('tells of wrong keys in few lines and in its metrics, and never the key', async () => {
    await statuses(60, { 'X-API-Key': WRONG }, '127.0.0.2');
    const metrics = (await product.ask('/metrics')).text;
    expect(metrics).toMatch(/^http_requests_refused_total\{reason="wrong-key"\} 10$/m);
    expect(metrics).toMatch(/^http_requests_refused_total\{reason="too-many-wrong-keys"\} 50$/m);
    const log = product.home.read('logs/app.log');
    expect(log.match(/WARNING - \[HTTP\] .*127\.0\.0\.2/g)).toHaveLength(2);
    expect(log + product.stdout).not.toContain('correct-horse');
  });

  it('is served under every name, but never for a page of another site', async () => {
    const key = { 'X-API-Key': KEY };
    expect((await askFrom('127.0.0.1', { ...key, Host: 'trade.example' })).status).toBe(200);
    const foreign = await askFrom('127.0.0.1', { ...key, Origin: 'https://evil.example' });
    expect([foreign.status, JSON.parse(foreign.body)]).toEqual([
      403,
      expect.objectContaining({ code: 'FOREIGN_SITE' }),
    ]);
  });
});

describe('The built product with an API key that could be found by trying', () => {
  it('refuses even the right one after ten wrong ones', async () => {
    const product = await Product.start({ env: { ...DEMO, API_KEY: 'battery' } });
    const ask = async (key: string): Promise<number> =>
      (await product.ask('/api/accounts', { headers: { 'X-API-Key': key } })).status;
    for (let count = 0; count < 10; count += 1) await ask('wrong');
    expect(await ask('battery')).toBe(429);
    await product.stop();
  });
});

describe('The built product refuses to start', () => {
  it.each([
    ['on an open address without a key', { HOST: '0.0.0.0' }, /API_KEY: must be set/],
    ['on an open address with a short key', { HOST: '0.0.0.0', API_KEY: 'a' }, /API_KEY: is too short/],
    [
      'on an open IPv6 address with a short key',
      { HOST: '::', API_KEY: 'fifteen-letters' },
      /API_KEY: is too short/,
    ],
    [
      'for a name that holds more',
      { ALLOWED_HOSTS: 'https://trade.example' },
      /ALLOWED_HOSTS: must be host names/,
    ],
    [
      'for a name with a port',
      { ALLOWED_HOSTS: 'ok.example,trade.example:80' },
      /ALLOWED_HOSTS: must be host names/,
    ],
    ['for every name', { ALLOWED_HOSTS: '*' }, /ALLOWED_HOSTS: must be host names/],
    ['for a path', { ALLOWED_HOSTS: 'trade.example/path' }, /ALLOWED_HOSTS: must be host names/],
  ])('%s', async (_, env, complaint) => {
    const { code, stdout, stderr } = await (await Product.launch({ env: { ...DEMO, ...env } })).outcome();
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(complaint),
    });
    expect(stderr).not.toMatch(/https:|fifteen/);
  });

  it('but only warns of a short key on loopback', async () => {
    const product = await Product.start({ env: { ...DEMO, API_KEY: 'short' } });
    expect(product.stdout).toMatch(/WARNING - \[Config\] API_KEY: is short/);
    await product.stop();
  });

  it('knows its variables: none is called unknown', async () => {
    const env = { ...DEMO, ALLOWED_HOSTS: 'trade.example,[2001:db8::1]' };
    const { code, stdout } = await runKis(['doctor'], { env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.not.stringContaining('ALLOWED_HOSTS') });
  });
});
