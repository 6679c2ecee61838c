import type { OpenAPIObject } from '@nestjs/swagger';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
  readonly security?: readonly unknown[];
}

describe('the description of the API', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let api: RunningApi;
  let document: OpenAPIObject;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    api = await RunningApi.start({ env: embeddedEnv(directory.path) });
    document = (await api.ask<OpenAPIObject>('/docs-json')).body;
  });

  afterAll(async () => {
    await api.close();
    directory.remove();
  });

  function operations(): [name: string, operation: Operation][] {
    return Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, Operation>).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );
  }

  it('lists every route', () => {
    expect(
      operations()
        .map(([name]) => name)
        .sort(),
    ).toEqual([
      'DELETE /api/accounts/{alias}/orders/{id}',
      'DELETE /api/tokens/{alias}',
      'GET /api/accounts',
      'GET /api/accounts/{alias}',
      'GET /api/accounts/{alias}/assets',
      'GET /api/accounts/{alias}/balance',
      'GET /api/accounts/{alias}/buying-power',
      'GET /api/accounts/{alias}/executions',
      'GET /api/accounts/{alias}/orders',
      'GET /api/accounts/{alias}/orders/{id}',
      'GET /api/accounts/{alias}/overseas-balance',
      'GET /api/gateway',
      'GET /api/market',
      'GET /api/quotes',
      'GET /api/quotes/{symbol}',
      'GET /api/quotes/{symbol}/book',
      'GET /api/quotes/{symbol}/candles',
      'GET /api/stream',
      'GET /api/symbols',
      'GET /api/symbols/{symbol}',
      'GET /api/tokens',
      'GET /api/tokens/{alias}',
      'GET /api/trading',
      'GET /health/live',
      'GET /health/ready',
      'GET /metrics',
      'GET /simulator',
      'PATCH /api/accounts/{alias}/orders/{id}',
      'POST /api/accounts/{alias}/orders',
      'POST /api/accounts/{alias}/orders/check',
      'POST /api/accounts/{alias}/orders/{id}/settlement',
      'POST /api/tokens/{alias}/refresh',
      'PUT /api/trading',
    ]);
  });

  it('says what every route does, and describes every parameter', () => {
    for (const [name, { summary, parameters = [] }] of operations()) {
      expect([name, summary]).toEqual([name, expect.stringMatching(/\w/)]);
      for (const parameter of parameters)
        expect([name, parameter]).toEqual([
          name,
          expect.objectContaining({ description: expect.stringMatching(/\w/) }),
        ]);
    }
  });

  it('describes every property of every answer', () => {
    const undescribed = Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) =>
      Object.entries((schema as Schema).properties ?? {})
        .filter(([, property]) => !property.description)
        .map(([property]) => `${name}.${property}`),
    );
    expect(Object.keys(document.components?.schemas ?? {})).toContain('BalanceDto');
    expect(undescribed).toEqual([]);
  });

  it('tells of the API key and of the problems wherever they can happen', () => {
    for (const [name, { security, responses }] of operations()) {
      if (!name.includes('/api/')) continue;
      expect([name, security]).toEqual([name, [{ bearer: [] }, { header: [] }]]);
      expect([name, Object.keys(responses['401']?.content ?? {})]).toEqual([
        name,
        ['application/problem+json'],
      ]);
    }
  });

  it('gives examples of problems that are made by the code that answers them', () => {
    const refresh = document.paths['/api/tokens/{alias}/refresh']?.post?.responses['409'];
    expect(refresh).toMatchObject({
      headers: { 'Retry-After': expect.anything() },
      content: {
        'application/problem+json': {
          examples: { TOKEN_ISSUE_COOLDOWN: { value: { status: 409, code: 'TOKEN_ISSUE_COOLDOWN' } } },
        },
      },
    });
  });

  it('writes amounts as strings', () => {
    const holding = document.components?.schemas?.['HoldingDto'] as {
      properties: Record<string, { type: string }>;
    };
    expect(Object.values(holding.properties).map(({ type }) => type)).toEqual(
      Object.keys(holding.properties).map(() => 'string'),
    );
  });

  it('describes the very fields that a balance has', async () => {
    const { body } = await api.ask<{ summary: object; holdings: [object] }>('/api/accounts/main/balance');
    const fields = (name: string): string[] =>
      Object.keys((document.components?.schemas?.[name] as Schema).properties ?? {});
    expect(fields('BalanceDto')).toEqual(Object.keys(body));
    expect(fields('BalanceSummaryDto')).toEqual(Object.keys(body.summary));
    expect(fields('HoldingDto')).toEqual(Object.keys(body.holdings[0]));
  });

  it.each([
    ['TokenDto', '/api/tokens/main'],
    ['QuoteDto', '/api/quotes/005930'],
    ['BookDto', '/api/quotes/005930/book'],
    ['CandlesDto', '/api/quotes/005930/candles'],
    ['MarketDto', '/api/market'],
    ['BuyingPowerDto', '/api/accounts/main/buying-power?symbol=005930'],
    ['OverseasBalanceDto', '/api/accounts/main/overseas-balance'],
    ['SimulatorAddressDto', '/simulator'],
    ['TradingDto', '/api/trading'],
  ])('describes the very fields of %s', async (name, path) => {
    const { body } = await api.ask<object>(path);
    const schema = document.components?.schemas?.[name] as Schema;
    expect(Object.keys(schema.properties ?? {}).sort()).toEqual(Object.keys(body).sort());
  });

  it('is a page too, which loads nothing from elsewhere', async () => {
    const { status, text } = await api.ask('/docs');
    expect(status).toBe(200);
    expect(text).toContain('<title>KIS Trading API</title>');
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it.each(['/docs', '/docs/', '/docs/index.html'])('finds the files of its page from %s', async (path) => {
    const { text } = await api.ask(path);
    const address = new URL(path, 'http://api');
    const base = new URL(/<base href="([^"]+)"/.exec(text)?.[1] ?? '', address);
    const files = [...text.matchAll(/(?:src|href)="([^"]+\.(?:js|css|png))"/g)];
    const paths = files.map(([, file = '']) => new URL(file, base).pathname);
    expect(paths).toContain('/docs/swagger-initializer.js');
    for (const each of paths) expect([each, (await api.ask(each)).status]).toEqual([each, 200]);
    const initializer = await api.ask('/docs/swagger-initializer.js');
    expect(initializer.text).toContain("'../docs-json'");
  });
});
