import fc from 'fast-check';
import type { Damage, Json } from './damage';

/** Values that KIS never sends, or not there. */
const oddJson: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    ...[
      null,
      true,
      false,
      0,
      -1,
      1.5,
      1e308,
      '',
      ' ',
      '0',
      '-0',
      '+5',
      '00',
      '.5',
      '5.',
      'NaN',
      'Infinity',
      '1e5',
    ],
    ...[
      '1,000',
      '0x1F',
      '９',
      '--1',
      '9'.repeat(60),
      'x'.repeat(5000),
      '\u0000',
      'a\r\nb',
      '\u202e',
      '\ud800',
    ],
    ...['<script>', '__proto__', '${x}', '{}', '[]', 'null', [], {}, [[]], [{}], [null], { a: { b: [1] } }],
  ),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
);

const at = fc.nat(400);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const how = fc.constantFrom('end' as const, 'reset' as const, 'hang' as const);

const inBody: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('set' as const), at, value: oddJson }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('remove' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant('add' as const),
      at,
      name: fc.constantFrom(
        'Output1',
        'OUTPUT2',
        'msg_cd',
        'error_code',
        '__proto__',
        'constructor',
        'toString',
        'new',
      ),
      value: oddJson,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('repeat' as const), at, times: fc.constantFrom(2, 3, 1200) }),
  },
);

const inText: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ op: fc.constant('cut' as const), share }),
  fc.record({
    op: fc.constant('text' as const),
    text: fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '<html><body>502 Bad Gateway</body></html>',
        'null',
        '[]',
        '0',
        '"0"',
        '{}',
        '\u0000\u0001',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    ),
  }),
  fc.record({
    op: fc.constant('append' as const),
    text: fc.constantFrom('}', '{"rt_cd":"0"}', '\n\n', '\u0000', ' '),
  }),
  fc.record({
    op: fc.constant('encode' as const),
    as: fc.constantFrom('utf16le', 'latin1', 'bom', 'gzip', 'deflate', 'br', 'none'),
  }),
  fc.record({ op: fc.constant('grow' as const), bytes: fc.constantFrom(1, 100_000, 2_000_000) }),
  fc.record({ op: fc.constant('nest' as const), depth: fc.constantFrom(5, 50, 20_000) }),
);

const STATUSES = [
  100, 101, 103, 200, 201, 204, 206, 301, 304, 307, 400, 401, 403, 404, 418, 429, 500, 502, 503, 599, 999,
];
const HEADERS: readonly [string, readonly string[]][] = [
  ['tr_cont', ['M', 'F', 'D', 'E', 'X', '', 'M, M', 'm', 'x'.repeat(300)]],
  [
    'Date',
    ['', 'tomorrow', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', '99999999999999'],
  ],
  ['Content-Type', ['text/html', 'application/json; charset=euc-kr', '']],
  ['Content-Encoding', ['identity', 'x-unknown', 'gzip, gzip', 'GZIP']],
  ['Transfer-Encoding', ['chunked', 'gzip', 'identity']],
  ['Content-Length', ['0', '-1', '5', '9'.repeat(30), 'abc']],
  ['Location', ['http://127.0.0.1:1/', '//evil.example/']],
  ['Connection', ['close', 'upgrade', 'keep-alive']],
  ['Keep-Alive', ['timeout=0', 'timeout=-1, max=0']],
  ['Set-Cookie', ['a=b']],
  ['X-Long', ['x'.repeat(20_000)]],
];

const onTheWire: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ op: fc.constant('status' as const), status: fc.constantFrom(...STATUSES) }),
  fc.constantFrom(...HEADERS).chain(([name, values]) =>
    fc.record({
      op: fc.constant('header' as const),
      name: fc.constant(name),
      value: fc.constantFrom(...values),
    }),
  ),
  fc.record({ op: fc.constant('length' as const), delta: fc.constantFrom(-100, -1, 1, 1000) }),
  fc.record({
    op: fc.constant('raw' as const),
    text: fc.constantFrom(
      '',
      'garbage',
      'HTTP/1.1 200 OK',
      'HTTP/9.9 200 OK\r\n\r\n',
      'HTTP/1.1 2x0 OK\r\n\r\n',
      '\u0000'.repeat(100),
    ),
  }),
  fc.record({ op: fc.constant('stop' as const), share, how }),
  fc.record({
    op: fc.constant('drip' as const),
    pieces: fc.integer({ min: 2, max: 8 }),
    pauseMs: fc.constantFrom(1, 10, 150),
  }),
);

/** What may go wrong with one answer. */
export const damages: fc.Arbitrary<Damage[]> = fc.array(
  fc.oneof(
    { arbitrary: inBody, weight: 6 },
    { arbitrary: inText, weight: 2 },
    { arbitrary: onTheWire, weight: 3 },
  ),
  { minLength: 1, maxLength: 3 },
);
