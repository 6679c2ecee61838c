import { MarketScene } from './support/market-scene';

interface Market {
  readonly markets: readonly {
    readonly market: string;
    readonly now: readonly { readonly name: string }[];
    readonly next: { readonly name: string; readonly from: string } | null;
  }[];
  readonly holidays: readonly {
    readonly market: string;
    readonly date: string;
    readonly name: string | null;
  }[];
  readonly knownUntil: string | null;
}

/** A Wednesday, 16:10 in Korea. */
const NOW = '2026-12-23T07:10:00.000Z';

describe('symbols, sessions and holidays', () => {
  let scene: MarketScene;

  beforeAll(async () => {
    scene = await MarketScene.open(NOW, { KIS_TOKEN_STORE: 'memory' }, true);
  });

  afterAll(() => scene.close());

  it('finds symbols by name and code in the files of KIS, which are fetched once', async () => {
    const search = (text: string) =>
      scene.api.ask<{ symbol: string }[]>(`/api/symbols?q=${encodeURIComponent(text)}`);
    const [first, second] = await Promise.all([search('삼성전자'), search('aapl')]);
    expect(first.body[0]).toEqual({
      symbol: '005930',
      name: '삼성전자',
      market: 'KOSPI',
      type: 'stock',
      nxt: null,
    });
    expect(second.body[0]).toMatchObject({ symbol: 'NAS:AAPL', market: 'NAS', type: 'stock' });
    expect((await search('샾똠')).body).toMatchObject([{ symbol: '900999', market: 'KOSDAQ' }]);
    expect((await search('없는회사')).body).toEqual([]);
    expect(scene.simulator.requests.to('/common/master/kospi_code.mst.zip')).toHaveLength(1);
    for (const path of [
      '/api/symbols',
      '/api/symbols?q=',
      '/api/symbols?q=%20',
      `/api/symbols?q=${'x'.repeat(41)}`,
    ]) {
      expect([path, (await scene.api.ask(path)).status]).toEqual([path, 400]);
    }
  });

  it('has master data of securities, by a REAL account', async () => {
    const info = (symbol: string) => scene.api.ask<{ code?: string }>(`/api/symbols/${symbol}`);
    expect(await info('005930')).toMatchObject({
      status: 200,
      body: { symbol: '005930', name: '삼성전자', standardCode: 'KR7005930003', market: 'STK', nxt: true },
    });
    expect((await info('NAS:AAPL')).body).toMatchObject({ symbol: 'NAS:AAPL', name: '애플', nxt: null });
    expect((await info('999999')).body.code).toBe('SYMBOL_NOT_FOUND');
    expect((await info('005930?account=main')).body.code).toBe('NOT_AVAILABLE_IN_MOCK');
    expect((await info('samsung')).status).toBe(400);
  });

  it('tells sessions now and next, and the holidays that KIS names, with one call', async () => {
    const overview = async () => (await scene.api.ask<Market>('/api/market')).body;
    const [first, second] = [await overview(), await overview()];
    expect(second.markets).toEqual(first.markets);
    const sessions = first.markets.map(({ market, now, next }) => [
      market,
      now.map(({ name }) => name),
      next,
    ]);
    expect(sessions).toEqual([
      [
        'KRX',
        ['after'],
        expect.objectContaining({ name: 'previous-close', from: '2026-12-23T23:30:00.000Z' }),
      ],
      ['NXT', ['after'], expect.objectContaining({ name: 'pre', from: '2026-12-23T23:00:00.000Z' })],
      ['US', ['daytime'], expect.objectContaining({ name: 'pre', from: '2026-12-23T09:00:00.000Z' })],
    ]);
    expect(first.holidays.filter(({ date }) => date < '2027-01-02')).toEqual([
      { market: 'KRX', date: '2026-12-25', name: null },
      { market: 'US', date: '2026-12-25', name: 'Christmas Day' },
      { market: 'KRX', date: '2026-12-31', name: null },
      { market: 'KRX', date: '2027-01-01', name: null },
      { market: 'US', date: '2027-01-01', name: "New Year's Day" },
    ]);
    expect(first.knownUntil).toBe('2027-01-16');
    expect(scene.queries('CTCA0903R')).toEqual([{ BASS_DT: '20261223', CTX_AREA_NK: '', CTX_AREA_FK: '' }]);
  });
});

describe('symbol files that cannot be had', () => {
  it('are a problem of the caller only while there are none', async () => {
    const scene = await MarketScene.open(NOW, {
      KIS_TOKEN_STORE: 'memory',
      KIS_SYMBOL_FILES_URL: 'http://127.0.0.1:9/',
    });
    try {
      const { status, body } = await scene.api.ask<{ code: string; detail: string }>('/api/symbols?q=x');
      expect([status, body.code]).toEqual([502, 'KIS_UNAVAILABLE']);
      expect(body.detail).toContain('KIS_SYMBOL_FILES_URL');
    } finally {
      await scene.close();
    }
  });
});
