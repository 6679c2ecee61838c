import fc from 'fast-check';
import type { Answer } from '../support/answer';
import { Product } from '../support/product';
import { fuzz, FUZZ_LIMIT_MS } from './support/fuzz';
import type { Damage, Json } from './support/damage';
import { DamagedKis } from './support/damaged-kis';
import { damages } from './support/damages';
import { FINDINGS } from './support/findings';
import { FUZZED_CALLS, isUnknowable, pagesOf, type FuzzedCall } from './support/fuzzed-calls';
import { goodAnswer, TOKEN_ANSWER } from './support/good-answers';

jest.setTimeout(FUZZ_LIMIT_MS);

const KEYS = {
  appKey: 'PSfuzzKeyOfNobody0123456789abcdefghi',
  appSecret: 'Zx9+/aB4'.repeat(22) + 'abc=',
  account: '50112345',
};
/** Much longer than an answer takes here, also on a busy machine. */
const REQUEST_TIMEOUT_MS = 1000;
/** Two timeouts, all pauses between attempts, twice the time of restarts, and a busy machine. */
const LONGEST_ANSWER_MS = 20_000;
const ERRORS: Readonly<Record<string, readonly string[]>> = {
  404: ['SYMBOL_NOT_FOUND'],
  422: ['KIS_REJECTED'],
  502: ['KIS_UNAVAILABLE', 'KIS_BAD_RESPONSE'],
  503: ['KIS_UNAVAILABLE', 'KIS_CREDENTIALS_REJECTED'],
  504: ['KIS_TIMEOUT'],
};
const TRACE = /\bat (?:\S+ )?\(?(?:node:|file:|\/|[A-Z]:\\)|\.[jt]s:\d+|RangeError|TypeError|SyntaxError/;

/** Names of fields that count; where they are not null, they are decimals as KIS writes them. */
const FIGURE =
  /^(quantity|orderableQuantity|amount|price|volume|cash|valuation|weight|deposit\w*|\w*(Amount|Price|Rate|Loss|Assets|Valuation|Limit))$/;
const DECIMAL = /^[-+]?(\d{1,40}(\.\d*)?|\.\d+)$/;

function oddFigures(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (!FIGURE.test(name) || typeof member === 'object') return oddFigures(member);
    return typeof member === 'string' && DECIMAL.test(member) ? [] : [name];
  });
}

type Body = Readonly<Record<string, Json>>;

/** Whether KIS took longer than the request timeout, now or at the call before. */
function isUnanswered({ status, text }: Answer<Body>): boolean {
  return status === 504 || (status === 502 && text.includes('does not answer'));
}

type Case = [call: number, damage: Damage[], first: number, count: number];

describe('Whatever KIS answers', () => {
  let kis: DamagedKis;
  let product: Product;

  beforeAll(async () => {
    kis = await DamagedKis.start(goodAnswer);
    product = await Product.start({
      env: {
        ...{ KIS_TRADING_MODE: 'REAL', KIS_APP_KEY: KEYS.appKey, KIS_APP_SECRET: KEYS.appSecret },
        ...{ KIS_ACCOUNT_NUMBER: KEYS.account, KIS_BASE_URL: kis.origin, KIS_TOKEN_STORE: 'memory' },
        ...{
          KIS_REQUESTS_PER_SECOND: '1000',
          KIS_REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
          LOG_LEVEL: 'error',
        },
      },
    });
  });

  afterAll(async () => {
    const { signal, stderr } = await product.stop();
    await kis.stop();
    expect({ signal, stderr }).toEqual({ signal: 'SIGTERM', stderr: '' });
  });

  it('a call ends in its data or in a problem, never in a crash, a hang, a trace or a part of the data', async () => {
    const property = fc.asyncProperty(
      fc.nat(FUZZED_CALLS.length - 1),
      damages,
      fc.nat(2),
      fc.constantFrom(1, 2, 1000),
      async (...chosen) => {
        await check(chosen);
      },
    );
    await fuzz(property, 100, FINDINGS);
  });

  async function check([index, todo, first, count]: Case): Promise<void> {
    const call = FUZZED_CALLS[index] as FuzzedCall;
    let requests = 0;
    kis.sent.length = 0;
    kis.damageFor = ({ path }) => {
      if (path !== call.kisPath) return [];
      requests += 1;
      return requests > first && requests <= first + count ? todo : [];
    };
    const began = performance.now();
    const answer = await product.ask<Body>(call.route);
    expect(performance.now() - began).toBeLessThan(LONGEST_ANSWER_MS);
    judge(call, answer);

    kis.damageFor = () => [];
    await expectHealed(call);
  }

  function judge(call: FuzzedCall, { status, headers, text, body }: Answer<Body>): void {
    for (const secret of [KEYS.appKey, KEYS.appSecret, KEYS.account, TOKEN_ANSWER.access_token]) {
      expect(text).not.toContain(secret);
    }
    const sent = kis.sent.filter(({ request }) => request.path === call.kisPath);
    if (status === 200) {
      expect(oddFigures(body)).toEqual([]);
      if (isUnknowable(sent)) return;
      const pages = pagesOf(sent);
      expect(pages).not.toBeNull();
      expect(call.said(body)).toEqual(call.expected(pages ?? []));
    } else {
      expect(ERRORS[status]).toContain(body['code']);
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(text).not.toMatch(TRACE);
      if (status === 503 && body['code'] === 'KIS_UNAVAILABLE') expect(headers.has('retry-after')).toBe(true);
    }
  }

  /**
   * Nothing of the damage stays: neither in a connection nor in the memory of the product. On a machine that stands still
   * for a second KIS seems not to answer, and the next calls find that out; that has nothing to do with the damage.
   */
  async function expectHealed(call: FuzzedCall): Promise<void> {
    let answer = await product.ask<Body>(call.route);
    for (let attempt = 0; attempt < 10 && isUnanswered(answer); attempt += 1)
      answer = await product.ask<Body>(call.route);
    expect(answer.status).toBe(200);
  }
});
