import { DEMO, Product } from '../support/product';
import { rawRequest, sendRaw } from '../support/raw-http';

const HOST = 'Host: localhost';
const JSON_TYPE = 'Content-Type: application/json';
const REFRESH = 'POST /api/tokens/main/refresh';
const LONG = 'a'.repeat(20_000);

/** What clients send by mistake, and what only attackers send. */
const FAULTS: readonly [what: string, status: number, code: string, bytes: string | Uint8Array][] = [
  ['a query in raw UTF-8', 400, 'INVALID_REQUEST', rawRequest('GET /api/accounts?symbol=삼성', [HOST])],
  ['a path in raw UTF-8', 400, 'INVALID_REQUEST', rawRequest('GET /api/삼성', [HOST])],
  ['a space in the path', 400, 'INVALID_REQUEST', rawRequest('GET /api/a b', [HOST])],
  ['a path without a slash', 400, 'INVALID_REQUEST', rawRequest('GET api', [HOST])],
  ['a broken percent code', 400, 'INVALID_REQUEST', rawRequest('GET /api/accounts/%E0%A4', [HOST])],
  ['an unknown version', 400, 'INVALID_REQUEST', 'GET / HTTP/3.9\r\nHost: localhost\r\n\r\n'],
  ['a TLS handshake', 400, 'INVALID_REQUEST', Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3)],
  ['a header without a name', 400, 'INVALID_REQUEST', rawRequest('GET /', [HOST, ': x'])],
  ['a control character in a header', 400, 'INVALID_REQUEST', rawRequest('GET /', [HOST, 'X: a\u0000b'])],
  [
    'a body in two lengths',
    400,
    'INVALID_REQUEST',
    rawRequest(REFRESH, [HOST, 'Content-Length: 1', 'Content-Length: 2']),
  ],
  [
    'a length and chunks',
    400,
    'INVALID_REQUEST',
    rawRequest(REFRESH, [HOST, 'Content-Length: 1', 'Transfer-Encoding: chunked']),
  ],
  [
    'chunks that are none',
    400,
    'INVALID_REQUEST',
    rawRequest(REFRESH, [HOST, JSON_TYPE, 'Transfer-Encoding: chunked'], 'zz\r\n'),
  ],
  [
    'a body that is no JSON',
    400,
    'INVALID_REQUEST',
    rawRequest(REFRESH, [HOST, JSON_TYPE, 'Content-Length: 3'], '{"a'),
  ],
  [
    'a body with a prototype',
    400,
    'INVALID_REQUEST',
    rawRequest(REFRESH, [HOST, JSON_TYPE, 'Content-Length: 16'], '{"__proto__":{}}'),
  ],
  ['an unknown route', 404, 'NOT_FOUND', rawRequest('GET /api/nothing', [HOST])],
  [
    'a route in absolute form with another scheme',
    404,
    'NOT_FOUND',
    rawRequest('GET ftp://localhost/api', [HOST]),
  ],
  ['the whole server', 404, 'NOT_FOUND', rawRequest('OPTIONS *', [HOST])],
  [
    'a method that the route does not take',
    405,
    'METHOD_NOT_ALLOWED',
    rawRequest('PUT /API/Accounts/?x', [HOST]),
  ],
  ['a method of WebDAV', 405, 'METHOD_NOT_ALLOWED', rawRequest('PROPFIND /api/tokens/main', [HOST])],
  ['TRACE', 405, 'METHOD_NOT_ALLOWED', rawRequest('TRACE /', [HOST])],
  [
    'a body that is too long',
    413,
    'PAYLOAD_TOO_LARGE',
    rawRequest(REFRESH, [HOST, JSON_TYPE, 'Content-Length: 200000'], LONG),
  ],
  ['a long parameter', 414, 'URI_TOO_LONG', rawRequest(`GET /api/accounts/${'a'.repeat(500)}`, [HOST])],
  ['a long address', 414, 'URI_TOO_LONG', rawRequest(`GET /${LONG}`, [HOST])],
  ['long headers', 431, 'REQUEST_HEADER_FIELDS_TOO_LARGE', rawRequest('GET /', [HOST, `X: ${LONG}`])],
  ['an unknown method', 501, 'NOT_IMPLEMENTED', rawRequest('FETCH /', [HOST])],
  ['a tunnel', 501, 'NOT_IMPLEMENTED', rawRequest('CONNECT localhost:80', [HOST])],
];

describe('What the built product answers to faulty requests', () => {
  let product: Product;

  beforeAll(async () => {
    product = await Product.start({ env: DEMO });
  });

  afterAll(async () => {
    expect(await product.stop()).toMatchObject({ signal: 'SIGTERM', stderr: '' });
  });

  it.each(FAULTS)('%s: %d %s', async (_what, status, code, bytes) => {
    const answer = await sendRaw(product.port, bytes);
    const problem = JSON.parse(answer.body) as Record<string, unknown>;
    expect([answer.status, problem['status'], problem['code']]).toEqual([status, status, code]);
    expect(problem).toMatchObject({
      type: `urn:kis-api:problem:${code.toLowerCase().replaceAll('_', '-')}`,
      title: expect.stringMatching(/\w/),
      detail: expect.stringMatching(/\w.*\.$/),
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'content-length': String(Buffer.byteLength(answer.body)),
      'cache-control': 'no-store',
      'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'self'"),
    });
    expect(answer.body).not.toMatch(/\bat \S+ \(|node_modules|FST_|HPE_/);
  });

  it.each([
    ['an address in raw UTF-8', rawRequest('GET /api/삼성', [HOST]), 'must be percent-encoded'],
    [
      'two lengths',
      rawRequest(REFRESH, [HOST, 'Content-Length: 1', 'Content-Length: 2']),
      'not an HTTP request: Duplicate Content-Length',
    ],
    ['a header without a name', rawRequest('GET /', [HOST, ': x']), 'not an HTTP request: Invalid header'],
  ])('says what is wrong with %s', async (_what, bytes, words) => {
    const { detail } = JSON.parse((await sendRaw(product.port, bytes)).body) as { detail: string };
    expect(detail).toContain(words);
  });

  it('says which methods a route takes', async () => {
    const answer = await sendRaw(product.port, rawRequest('PATCH /api/tokens/main', [HOST]));
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'DELETE, GET, HEAD']);
  });

  it.each([
    ['an expectation that nobody knows', ['Expect: the-unexpected']],
    ['the wish for another protocol', ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']],
  ])('does not mind %s', async (_what, headers) => {
    expect((await sendRaw(product.port, rawRequest('GET /health/live', [HOST, ...headers]))).status).toBe(
      200,
    );
  });
});
