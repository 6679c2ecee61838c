import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { Product } from '../support/product';
import { sendPart, sendRaw, type RawAnswer } from '../support/raw-http';
import { FUZZ_LIMIT_MS, fuzzBudget } from './support/budget';
import { REQUEST_FINDINGS } from './support/findings-of-requests';
import { anyRequest, expanded, type Operation } from './support/requests';

jest.setTimeout(FUZZ_LIMIT_MS);

/** The only 5xx that are not our fault: KIS or its rules are the cause, or the method does not exist. */
const ALLOWED_5XX =
  /^(KIS_(UNAVAILABLE|TIMEOUT|RATE_LIMITED|BAD_RESPONSE)|TOKEN_ISSUE_COOLDOWN|NOT_IMPLEMENTED)$/;

/** What must never be seen by a caller: traces, files and names of what this is made of. */
const INTERNALS = /\bat \S+ \(|\.[jt]s:\d+|node_modules|FST_|HPE_|ERR_[A-Z]|ECONN/;

/** What a call to KIS may say in its query: the form of every parameter. */
const UPSTREAM: Readonly<Record<string, RegExp>> = {
  CANO: /^50112345$/,
  ACNT_PRDT_CD: /^01$/,
  FID_INPUT_ISCD: /^Q?[0-9A-Z]{6}$/,
  PDNO: /^(Q?[0-9A-Z]{6})?$/,
  ORD_UNPR: /^\d{0,19}$/,
  // Empty: the whole list of orders in mock trading.
  OVRS_EXCG_CD: /^([A-Z]{3,4})?$/,
  TR_CRCY_CD: /^[A-Z]{3}$/,
};

/** One that is certain to reach KIS. */
const PLAIN = 'GET /api/accounts/main/balance HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

const LONGEST_BODY = 100_000;

describe('The built product, given any request', () => {
  let simulator: Simulator;
  let product: Product;
  let operations: Operation[];

  beforeAll(async () => {
    simulator = await startSimulator({
      realPort: null,
      mockPort: 0,
      settings: { mockPerSecond: 10_000, issueIntervalSeconds: 0 },
    });
    const env = {
      ...brokerageEnv(simulator, 'MOCK'),
      KIS_REQUESTS_PER_SECOND: '1000',
      KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '1',
    };
    product = await Product.start({ env });
    operations = operationsOf((await product.ask<OpenAPIObject>('/docs-json')).body);
  });

  afterAll(async () => {
    await product.stop();
    await simulator.stop();
  });

  it("answers as it promises, and sends nothing to KIS that is not KIS's", async () => {
    const sent = (): number => simulator.requests.length;
    const statuses = new Set<number>();
    let seen = sent();
    await fc.assert(
      fc.asyncProperty(anyRequest(operations), async (written) => {
        const request = expanded(written);
        const bytes = Buffer.from(request, 'latin1');
        const answer = isWhole(request)
          ? await sendRaw(product.port, bytes)
          : await sendPart(product.port, bytes);
        if (answer !== null) {
          mustBeProper(answer, request);
          statuses.add(answer.status);
        }
        for (const { query, path } of simulator.requests.all.slice(seen)) mustBeKis(path, query);
        seen = sent();
      }),
      fuzzBudget(400, [...REQUEST_FINDINGS, [PLAIN]]),
    );
    expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 404, 405]));
    expect(simulator.requests.all.filter(({ path }) => path.startsWith('/uapi/'))).not.toEqual([]);
    expect((await product.ask('/health/live')).status).toBe(200);
    expect(product.stderr).toBe('');
    expect(product.stdout).not.toMatch(/ - (ERROR|CRITICAL) - /);
  });
});

function operationsOf({ paths }: OpenAPIObject): Operation[] {
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { parameters?: { name: string; in: string }[] }>).map(
      ([method, { parameters = [] }]) => ({
        method: method.toUpperCase(),
        path,
        query: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
      }),
    ),
  );
  return [
    ...documented,
    ...['/', '/docs', '/docs-json', '/status.js', '/{name}'].map((path) => ({
      method: 'GET',
      path,
      query: [],
    })),
  ];
}

/**
 * Whether the server can know where the request ends; otherwise it waits until the client hangs up. A body that is
 * too long is not read to its end either: the connection may be gone before the client reads the response.
 */
function isWhole(request: string): boolean {
  if (request.length > LONGEST_BODY) return false;
  const [head = '', ...rest] = request.split('\r\n\r\n');
  const lengths = [...head.matchAll(/\r\nContent-Length: *(.*)/gi)].map(([, length]) => length);
  const sent = String(rest.join('\r\n\r\n').length);
  return !/\r\nTransfer-Encoding:/i.test(head) && lengths.every((length) => length === sent);
}

function mustBeProper({ status, headers, body }: RawAnswer, request: string): void {
  expect(status).toBeGreaterThanOrEqual(200);
  expect(headers).toMatchObject({
    'x-request-id': expect.stringMatching(/^[\w.:@+/=~-]{1,128}$/),
    'x-content-type-options': 'nosniff',
  });
  expect(Object.keys(headers).filter((name) => /^(access-control-|x-powered-by)/.test(name))).toEqual([]);
  const isHealth = /^[A-Z]+ \/+health\//i.test(request) && status === 503; // Health has a form of its own.
  if (status < 400 || isHealth) return;
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  if (request.startsWith('HEAD ')) return;
  expect(body).not.toMatch(INTERNALS);
  expect(body).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  const problem = JSON.parse(body) as { status: number; code: string; detail: string };
  expect(problem).toMatchObject({
    status,
    code: expect.stringMatching(/^[A-Z_]+$/),
    detail: expect.stringMatching(/\w/),
  });
  if (status >= 500) expect(problem.code).toMatch(ALLOWED_5XX);
}

function mustBeKis(path: string, query: Readonly<Record<string, string>>): void {
  expect(path).toMatch(/^\/(uapi\/[\w/-]+|oauth2\/(tokenP|revokeP))$/);
  for (const [name, value] of Object.entries(query)) {
    expect(`${name}=${value}`).toMatch(/^[\x20-\x7e]*$/);
    const form = UPSTREAM[name];
    if (form) expect([name, value]).toEqual([name, expect.stringMatching(form)]);
  }
}
