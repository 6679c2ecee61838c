import { MarketScene } from './support/market-scene';

interface Book {
  readonly symbol: string;
  readonly venue: string;
  readonly time: string;
  readonly asks: readonly { price: string; quantity: string }[];
  readonly bids: readonly { price: string; quantity: string }[];
  readonly totalAskQuantity: string;
  readonly expectedPrice: string | null;
  readonly expectedQuantity: string | null;
}

/** A Wednesday, 13:00 in Korea. */
const NOW = '2026-11-25T04:00:30.000Z';

describe('market data', () => {
  let scene: MarketScene;

  beforeAll(async () => {
    scene = await MarketScene.open(NOW);
  });

  afterAll(() => scene.close());

  const ask = <T>(path: string) => scene.api.ask<T>(`/api/quotes${path}`);

  it.each([
    ['main', 'KRX', 'J'],
    ['live', 'NXT', 'NX'],
    ['live', 'ALL', 'UN'],
  ])('has the order book for %s at %s', async (account, venue, code) => {
    const { status, body } = await ask<Book>(`/A005930/book?account=${account}&venue=${venue}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ symbol: '005930', venue, expectedPrice: null, expectedQuantity: null });
    expect(body.time).toMatch(/^2026-11-25T04:0/);
    const asks = body.asks.map(({ price }) => Number(price));
    const bids = body.bids.map(({ price }) => Number(price));
    expect([asks.length, bids.length]).toEqual([10, 10]);
    expect([...asks].reverse().concat(bids)).toEqual([...asks, ...bids].sort((one, other) => other - one));
    const total = body.asks.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    expect(body.totalAskQuantity).toBe(String(total));
    expect(scene.queries('FHKST01010200').at(-1)).toEqual({
      FID_COND_MRKT_DIV_CODE: code,
      FID_INPUT_ISCD: '005930',
    });
  });

  it('has the order book of a foreign stock in REAL, and says that MOCK lacks it', async () => {
    const { status, body } = await ask<Book>('/NAS:AAPL/book?account=live');
    expect([status, body.symbol, body.venue, body.asks.length]).toEqual([200, 'NAS:AAPL', 'NAS', 10]);
    expect(await ask('/NAS:AAPL/book?account=main')).toMatchObject({
      status: 422,
      body: { code: 'NOT_AVAILABLE_IN_MOCK' },
    });
    expect(scene.queries('HHDFS76200100')).toEqual([{ AUTH: '', EXCD: 'NAS', SYMB: 'AAPL' }]);
  });

  it.each([
    ['/999999/book', 404, 'SYMBOL_NOT_FOUND'],
    ['/069500/book?venue=NXT', 404, 'SYMBOL_NOT_FOUND'],
    ['/NAS:NOSUCH/book', 404, 'SYMBOL_NOT_FOUND'],
    ['/005930/book?venue=SOR', 400, 'INVALID_REQUEST'],
    ['/NAS:NOSUCH', 404, 'SYMBOL_NOT_FOUND'],
    ['/XXX:AAPL', 400, 'INVALID_REQUEST'],
    ['?symbols=005930,999999', 404, 'SYMBOL_NOT_FOUND'],
    ['?symbols=005930,samsung', 400, 'INVALID_REQUEST'],
    ['?symbols=', 400, 'INVALID_REQUEST'],
    ['', 400, 'INVALID_REQUEST'],
    [
      `?symbols=${Array.from({ length: 31 }, (_, index) => String(100_000 + index)).join(',')}`,
      400,
      'INVALID_REQUEST',
    ],
  ])('answers %s with %i', async (path, status, code) => {
    const query = path.includes('?') ? `${path}&account=live` : `${path}?account=live`;
    const answer = await ask<{ code: string }>(query);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('has the prices of several stocks: one call in REAL, one each in MOCK and abroad', async () => {
    const symbols = ['000660', 'NAS:AAPL', '005930', '000660'];
    const prices = async (account: string) =>
      (await ask<{ symbol: string; price: string }[]>(`?symbols=${symbols.join(',')}&account=${account}`))
        .body;
    const [real, mock] = [await prices('live'), await prices('main')];
    expect(real.map(({ symbol }) => symbol)).toEqual(symbols);
    expect(mock.map(({ symbol }) => symbol)).toEqual(symbols);
    for (const { price } of [...real, ...mock]) expect(Number(price)).toBeGreaterThan(0);
    expect(scene.queries('FHKST11300006')).toEqual(
      expect.arrayContaining([
        {
          FID_COND_MRKT_DIV_CODE_1: 'J',
          FID_INPUT_ISCD_1: '000660',
          FID_COND_MRKT_DIV_CODE_2: 'J',
          FID_INPUT_ISCD_2: '005930',
        },
      ]),
    );
    expect(scene.queries('FHKST01010100').length).toBe(2);
    expect(scene.queries('HHDFS00000300').length).toBe(3);
  });

  it('has the price of a foreign stock in both modes', async () => {
    for (const account of ['main', 'live']) {
      const { status, body } = await ask<object>(`/NAS:AAPL?account=${account}`);
      expect([status, body]).toEqual([
        200,
        expect.objectContaining({
          symbol: 'NAS:AAPL',
          price: expect.stringMatching(/^\d+\.\d{4}$/),
          open: null,
        }),
      ]);
    }
  });
});
