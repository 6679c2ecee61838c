import fc from 'fast-check';
import { oddText } from './odd-texts';

/** What the description of the API says of one operation. */
export interface Operation {
  readonly method: string;
  /** Such as `/api/accounts/{alias}`. */
  readonly path: string;
  /** Names of the parameters in its query. */
  readonly query: readonly string[];
}

/** Values that mean something somewhere. */
const PLAUSIBLE = [
  ...['main', '005930', 'A005930', 'Q500001', 'NAS:AAPL', '70000', '0', '-1', '1.5', '1e9', '9'.repeat(30)],
  ...['true', 'false', 'NASD', 'NAS', 'USD', 'KRW', '2026-11-28', '1d', '1m', 'all', '삼성', '50112345-01'],
];

const METHODS = [
  'GET',
  'POST',
  'DELETE',
  'PUT',
  'PATCH',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'FETCH',
];

const HEADER_NAMES = [
  ...['Accept', 'Accept-Encoding', 'Authorization', 'X-API-Key', 'X-Request-Id', 'Idempotency-Key', 'Cookie'],
  ...['Content-Type', 'Content-Encoding', 'Content-Length', 'Transfer-Encoding', 'Expect', 'Upgrade', 'TE'],
  ...['Origin', 'Sec-Fetch-Site', 'Host', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-HTTP-Method-Override'],
  ...[
    'If-None-Match',
    'Range',
    'Last-Event-ID',
    'Referer',
    'User-Agent',
    'Date',
    'tr_id',
    'appkey',
    '__proto__',
  ],
];

const HEADER_VALUES = [
  ...[
    'application/json',
    'text/event-stream',
    'gzip, br',
    'Bearer x',
    'chunked',
    'gzip, chunked',
    '0',
    '5',
    '99999999999',
  ],
  ...[
    '100-continue',
    'h2c',
    'websocket',
    'same-origin',
    'none',
    'cross-site',
    'http://localhost',
    'bytes=0-1',
    '*',
    'W/"x"',
  ],
];

const value = fc.oneof(fc.constantFrom(...PLAUSIBLE), oddText, fc.string({ unit: 'binary', maxLength: 40 }));

/** How a text gets into an address: properly, as raw UTF-8, cut in the middle of a code, or twice. */
const encoded = fc
  .tuple(value, fc.constantFrom('code', 'code', 'code', 'raw', 'cut', 'twice'))
  .map(([text, how]) => {
    const code = encodeURIComponent(wellFormed(text));
    if (how === 'raw') return latin1(text.replace(/[\s#?]/g, ''));
    if (how === 'cut') return code.slice(0, -1);
    return how === 'twice' ? encodeURIComponent(code) : code;
  });

const header = fc.tuple(
  fc.constantFrom(...HEADER_NAMES),
  fc.oneof(
    fc.constantFrom(...HEADER_VALUES),
    value.map((text) => latin1(text.replace(/[\r\n]/g, ''))),
  ),
);

/** Stands for a body that is too long, so that a failure can be read. */
const LONG = '{long}';

const body = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: fc.json().map(latin1) },
  { weight: 1, arbitrary: value.map(latin1) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('{"a', '{"__proto__":{}}', '[]', 'null', LONG, '5\r\nhello\r\n0\r\n\r\n'),
  },
);

/** The characters of the bytes that are sent. */
export function expanded(request: string): string {
  return request.replace(LONG, 'x'.repeat(110_000));
}

/** One HTTP request, as the characters of its bytes: mostly one that reaches a route, mostly with something odd in it. */
export function anyRequest(operations: readonly Operation[]): fc.Arbitrary<string> {
  return fc
    .record({
      operation: fc.constantFrom(...operations),
      method: fc.option(fc.constantFrom(...METHODS), { freq: 4 }),
      segments: fc.array(
        fc.oneof({ weight: 2, arbitrary: fc.constant('main') }, { weight: 3, arbitrary: encoded }),
        { minLength: 3, maxLength: 3 },
      ),
      extra: fc.option(encoded, { freq: 6 }),
      query: fc.array(fc.tuple(fc.option(encoded, { freq: 4 }), fc.nat(9), encoded), { maxLength: 4 }),
      headers: fc.array(header, { maxLength: 4 }),
      body,
      declared: fc.constantFrom('right', 'right', 'right', 'none', 'chunked'),
      version: fc.constantFrom('1.1', '1.1', '1.1', '1.1', '1.0', '2.0'),
    })
    .map(({ operation, method, segments, extra, query, headers, body: sent, declared, version }) => {
      let used = 0;
      const path =
        operation.path.replace(/\{\w+\}/g, () => segments[used++] ?? '') +
        (extra === null ? '' : `/${extra}`);
      const pairs = query.map(
        ([name, index, text]) => `${name ?? operation.query[index % operation.query.length] ?? 'q'}=${text}`,
      );
      const target = pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
      const length = declared === 'right' ? [`Content-Length: ${expanded(sent).length}`] : [];
      const lines = [
        `${method ?? operation.method} ${target} HTTP/${version}`,
        'Host: localhost',
        ...(declared === 'chunked' ? ['Transfer-Encoding: chunked'] : length),
        ...headers.map(([name, text]) => `${name}: ${text}`),
        'Connection: close',
      ];
      return `${lines.join('\r\n')}\r\n\r\n${sent}`;
    });
}

/** Half a surrogate pair cannot be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** The characters of the bytes of a text in UTF-8. */
function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
