import { ask } from '../support/answer';
import { DEMO, Product } from '../support/product';
import { rawRequest, sendRaw, type RawAnswer } from '../support/raw-http';

interface TokenFacts {
  readonly issuedAt: string;
  readonly issuedToday: number;
}

/** Of every kind one: an answer of the API, what changes something, files, docs, what there is not. */
const ROUTES = [
  'GET /api/accounts/main/balance',
  'GET /api/tokens/main',
  'DELETE /api/tokens/main?revoke=true',
  'POST /api/tokens/main/refresh',
  'GET /metrics',
  'GET /health/live',
  'GET /health/ready',
  'GET /docs',
  'GET /docs-json',
  'GET /',
  'GET /status.js',
  'GET /nothing',
  'PUT /api/accounts',
  'OPTIONS /api/tokens/main',
  'GET /%E0%A4',
  'QUERY /%E0%A4',
];

/** More headers than Node shows by default. */
const MANY = Array<string>(1_500).fill('a:');

function expectRefusal(answer: RawAnswer, status: number, code: string): void {
  expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([status, code]);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'self'"),
    'cache-control': 'no-store',
    'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
  });
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
}

describe('The built product without an API key', () => {
  let product: Product;
  let before: TokenFacts;

  const send = (line: string, ...headers: string[]): Promise<RawAnswer> =>
    sendRaw(product.port, rawRequest(line, headers));
  const facts = async (): Promise<TokenFacts> => (await product.ask<TokenFacts>('/api/tokens/main')).body;

  beforeAll(async () => {
    product = await Product.start({ env: { ...DEMO, ALLOWED_HOSTS: 'trade.example, 거래.example' } });
    await product.ask('/api/accounts/main/balance');
    before = await facts();
  });

  afterEach(async () => {
    const { issuedAt, issuedToday } = await facts();
    expect({ issuedAt, issuedToday }).toEqual({ issuedAt: before.issuedAt, issuedToday: before.issuedToday });
  });

  afterAll(() => product.stop());

  it.each([
    'localhost',
    'LocalHost:3000',
    'localhost.:3000',
    'localhost:',
    '127.0.0.1',
    '127.8.9.10:1',
    '[::1]:3000',
    '[0:0:0:0:0:0:0:1]',
    '[::FFFF:127.0.0.1]:3000',
    'trade.example',
    'TRADE.example.:8443',
    'xn--v69ap5s.example',
  ])('is served as %s', async (host) => {
    expect((await send('GET /api/accounts', `Host: ${host}`)).status).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.localhost',
    'xtrade.example',
    '0.0.0.0',
    '10.0.0.1:3000',
    '[fe80::1]',
    '[::2]:3000',
    '2130706433',
    '0x7f.1',
    '127.1',
  ])('is not served as %s', async (host) => {
    for (const route of ROUTES) expectRefusal(await send(route, `Host: ${host}`), 421, 'MISDIRECTED_REQUEST');
  });

  it.each<[string, string, string[]]>([
    ['two hosts', 'GET /api/accounts', ['Host: localhost', 'Host: evil.example']],
    ['the same host twice', 'GET /api/accounts', ['Host: localhost', 'host: localhost']],
    ['no host', 'GET /api/accounts', []],
    ['an empty host', 'GET /api/accounts', ['Host:']],
    ['a user in the host', 'GET /api/accounts', ['Host: user@localhost']],
    ['a list of hosts', 'GET /api/accounts', ['Host: localhost, evil.example']],
    ['an impossible port', 'GET /api/accounts', ['Host: localhost:123456']],
    ['no IPv6 address', 'GET /api/accounts', ['Host: [::zz]']],
    ['an address of another host', 'GET http://evil.example/api/accounts', ['Host: localhost']],
    [
      'a second host behind many headers',
      'GET /api/accounts',
      ['Host: localhost', ...MANY, 'Host: evil.example'],
    ],
    ['a host beside its address', 'GET http://localhost/api/accounts', ['Host: evil.example']],
  ])('refuses %s', async (_, line, headers) => {
    expectRefusal(await send(line, ...headers), 400, 'INVALID_REQUEST');
  });

  it('reads the name in an address in absolute form', async () => {
    const evil = await send('GET http://evil.example/api/accounts', 'Host: evil.example');
    expectRefusal(evil, 421, 'MISDIRECTED_REQUEST');
    expect((await send('GET http://localhost/api/accounts', 'Host: localhost:3000')).status).toBe(200);
  });

  it('wants a name from HTTP/1.0 too', async () => {
    const nameless = await sendRaw(product.port, 'GET /api/accounts HTTP/1.0\r\n\r\n');
    expectRefusal(nameless, 421, 'MISDIRECTED_REQUEST');
  });

  it.each([
    ['an image of another site', ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors']],
    [
      'a link on another site',
      ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-User: ?1'],
    ],
    ['another port of this machine', ['Sec-Fetch-Site: same-site', 'Sec-Fetch-Mode: no-cors']],
    ['a form of another site', ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site']],
    ['an older browser', ['Origin: https://evil.example']],
    ['another port, in an older browser', ['Origin: http://localhost:8080']],
    ['another name of this machine', ['Origin: http://127.0.0.1:3000']],
    ['a sandbox, a file or a redirection', ['Origin: null']],
    ['a sandbox that hides the site', ['Origin: null', 'Sec-Fetch-Site: none']],
    ['an extension', ['Origin: chrome-extension://abcdefghijklmnop', 'Sec-Fetch-Site: none']],
    ['a name that begins alike', ['Origin: http://localhost:3000.evil.example']],
    ['several origins', ['Origin: http://localhost:3000', 'Origin: https://evil.example']],
    ['several sites', ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site']],
    ['an unknown kind of site', ['Sec-Fetch-Site: Same-Origin']],
    ['another site, behind many headers', [...MANY, 'Sec-Fetch-Site: cross-site']],
    ['a user in the origin', ['Origin: http://evil.example@localhost:3000']],
    ['a preflight', ['Origin: https://evil.example', 'Access-Control-Request-Method: DELETE']],
    ['a stranger behind the name of a proxy', ['Origin: https://trade.example', 'Sec-Fetch-Site: same-site']],
  ])('refuses %s on every route', async (_, headers) => {
    for (const route of ROUTES) {
      expectRefusal(await send(route, 'Host: localhost:3000', ...headers), 403, 'FOREIGN_SITE');
    }
  });

  it.each([
    ['a program', []],
    [
      'a typed address or a bookmark',
      ['Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-User: ?1'],
    ],
    ['its own page', ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Mode: cors']],
    ['its own page, with an origin', ['Origin: http://localhost:3000', 'Sec-Fetch-Site: same-origin']],
    ['its own page, in capitals', ['Origin: HTTP://LOCALHOST:3000']],
    ['its own page behind a proxy that speaks https', ['Origin: https://localhost:3000']],
    ['a proxy that changes the Host', ['Origin: https://trade.example', 'Sec-Fetch-Site: same-origin']],
  ])('serves %s', async (_, headers) => {
    expect((await send('GET /api/accounts', 'Host: localhost:3000', ...headers)).status).toBe(200);
  });

  it('lets no page of another site use up the pace', async () => {
    const served = async (): Promise<number> => {
      const { text } = await ask(`${simulatorOf(product)}/requests?limit=1000`);
      return (JSON.parse(text) as { count: number }).count;
    };
    const calls = await served();
    const cross = ['Host: localhost', 'Sec-Fetch-Site: cross-site'];
    const many = Array.from({ length: 60 }, () => send('GET /api/accounts/main/balance', ...cross));
    expect(new Set((await Promise.all(many)).map(({ status }) => status))).toEqual(new Set([403]));
    expect(await served()).toBe(calls);
  });

  it('counts what it refuses, and reports it in one line a minute', async () => {
    const { text } = await product.ask('/metrics');
    expect(text).toMatch(/^http_requests_refused_total\{reason="foreign-host"\} \d{3}$/m);
    expect(text).toMatch(/^http_requests_refused_total\{reason="foreign-site"\} \d{3}$/m);
    expect(text).toMatch(/^http_requests_refused_total\{reason="wrong-key"\} 0$/m);
    const lines = product.home.read('logs/app.log').match(/.* was refused: .*/g) ?? [];
    expect(lines.length).toBeLessThan(6);
    expect(lines.join('\n')).toContain('ALLOWED_HOSTS');
  });
});

function simulatorOf({ stdout }: Product): string {
  const [, url = ''] = /Simulator +(http:\S+\/__sim)/.exec(stdout) ?? [];
  return url;
}
