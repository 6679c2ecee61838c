import { MarketScene } from './support/market-scene';

interface Candles {
  readonly symbol: string;
  readonly interval: string;
  readonly adjusted: boolean;
  readonly candles: readonly Candle[];
  readonly truncated: string | null;
}

interface Candle {
  readonly time: string;
  readonly open: string;
  readonly close: string;
  readonly volume: string;
  readonly value: string | null;
}

/** A Wednesday, 13:00 in Korea. */
const NOW = '2026-11-25T04:00:30.000Z';

describe('candles', () => {
  let scene: MarketScene;

  beforeAll(async () => {
    scene = await MarketScene.open(NOW);
  });

  afterAll(() => scene.close());

  const candles = async (symbol: string, query: string, account = 'live') => {
    const path = `/api/quotes/${symbol}/candles?account=${account}&${query}`;
    const answer = await scene.api.ask<Candles>(path);
    expect([path, answer.status, answer.text.slice(0, 300)]).toEqual([path, 200, expect.anything()]);
    return answer.body;
  };
  const timesOf = (found: Candles): string[] => found.candles.map(({ time }) => time);
  /** Every minute from 09:00 in Korea to the last one that is over now. */
  const minutesOfToday = (): string[] => {
    const opening = Date.parse('2026-11-25T00:00:00Z');
    const length = Math.floor((scene.clock.now() - opening) / 60_000);
    return Array.from({ length }, (_, index) => new Date(opening + index * 60_000).toISOString());
  };
  const isAscending = (times: readonly string[]): boolean =>
    times.every((time, index) => index === 0 || (times[index - 1] ?? '') < time);

  it('of days come in pages of a hundred, each day once, oldest first', async () => {
    const before = scene.queries('FHKST03010100').length;
    const found = await candles('005930', 'interval=1d&from=2025-01-02&to=2026-11-24');
    const times = timesOf(found);
    expect(found).toMatchObject({ symbol: '005930', interval: '1d', adjusted: true, truncated: null });
    expect([times[0], times.at(-1)]).toEqual(['2025-01-02', '2026-11-24']);
    expect(times.length).toBeGreaterThan(450);
    expect(isAscending(times)).toBe(true);
    expect(times).not.toContain('2026-09-24');
    const asked = scene.queries('FHKST03010100').slice(before);
    expect(asked.length).toBe(5);
    expect(asked[0]).toEqual({
      FID_COND_MRKT_DIV_CODE: 'J',
      FID_INPUT_ISCD: '005930',
      FID_INPUT_DATE_1: '20241219',
      FID_INPUT_DATE_2: '20261124',
      FID_PERIOD_DIV_CODE: 'D',
      FID_ORG_ADJ_PRC: '0',
    });
  });

  it('of a range that begins on a holiday are complete', async () => {
    const found = await candles('005930', 'interval=1d&from=2026-09-24&to=2026-09-29');
    expect(timesOf(found)).toEqual(['2026-09-28', '2026-09-29']);
    expect(found.truncated).toBeNull();
  });

  it('tell since when there is data', async () => {
    const found = await candles('005930', 'interval=1M&from=1950-01-01&to=2026-11-24');
    expect(found.truncated).toBe(found.candles[0]?.time);
    expect(isAscending(timesOf(found))).toBe(true);
    const nothing = await candles('005930', 'interval=1d&from=1950-01-01&to=1950-02-01');
    expect(nothing).toMatchObject({ candles: [], truncated: '1950-02-02' });
  });

  it('of weeks and longer are whole, across pages too', async () => {
    const days = await candles('005930', 'interval=1d&from=2023-01-02&to=2026-11-24');
    const weeks = await candles('005930', 'interval=1w&from=2023-01-04&to=2026-11-20');
    expect(weeks.candles.length).toBeGreaterThan(200);
    const monday = (time: string): string => {
      const date = new Date(time);
      date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
      return date.toISOString().slice(0, 10);
    };
    for (const week of weeks.candles) {
      const own = days.candles.filter(({ time }) => monday(time) === monday(week.time));
      expect([week.time, week.open, week.close]).toEqual([week.time, own[0]?.open, own.at(-1)?.close]);
    }
    const years = await candles('005930', 'interval=1y&from=2020-01-01&to=2026-11-24');
    expect(years.candles.length).toBe(7);
  });

  it('of minutes end before the one that is running, and carry their own values', async () => {
    const before = minutesOfToday();
    const found = await candles('005930', 'interval=1m&from=2026-11-25&to=2026-11-25');
    const times = timesOf(found);
    expect([before, minutesOfToday()]).toContainEqual(times);
    expect(found.truncated).toBeNull();
    const [first, second] = found.candles;
    expect(Number(first?.value)).toBeGreaterThan(0);
    // What was traded in a minute costs about its price times its shares, not the money of the whole day.
    const price = Number(second?.value) / Number(second?.volume);
    expect(price / Number(second?.close)).toBeCloseTo(1, 1);
  });

  it('of minutes go on into past days, over a weekend and a holiday', async () => {
    const found = await candles('005930', 'interval=1m&from=2026-11-20&to=2026-11-25');
    const days = new Set(timesOf(found).map((time) => time.slice(0, 10)));
    expect([...days]).toEqual(['2026-11-20', '2026-11-23', '2026-11-24', '2026-11-25']);
    expect(found.truncated).toBeNull();
    expect(isAscending(timesOf(found))).toBe(true);
    expect(found.candles.every(({ value }) => value !== null)).toBe(true);
  });

  it('of minutes between two instants are these and no others', async () => {
    const found = await candles(
      '005930',
      'interval=1m&from=2026-11-24T01:00:00Z&to=2026-11-24T11:09:59%2B09:00',
    );
    expect([timesOf(found)[0], timesOf(found).at(-1), found.candles.length]).toEqual([
      '2026-11-24T01:00:00.000Z',
      '2026-11-24T02:09:00.000Z',
      70,
    ]);
  });

  it('of minutes that KIS no longer has are told to be missing', async () => {
    const found = await candles('005930', 'interval=1m&from=2025-10-01&to=2025-10-02');
    expect(found).toMatchObject({ candles: [], truncated: '2025-10-02T15:00:00.000Z' });
  });

  it('of minutes in MOCK are those of today', async () => {
    const before = minutesOfToday();
    const found = await candles('005930', 'interval=1m', 'main');
    expect([before, minutesOfToday()]).toContainEqual(timesOf(found));
    expect(found.candles.every(({ value }) => value !== null)).toBe(true);
    expect(found.truncated).toBeNull();
    const longer = await candles('005930', 'interval=1m&from=2026-11-20', 'main');
    expect(longer.truncated).toBe('2026-11-25T00:00:00.000Z');
    const past = await scene.api.ask<{ code: string }>(
      '/api/quotes/005930/candles?account=main&interval=1m&from=2026-11-23&to=2026-11-24',
    );
    expect([past.status, past.body.code]).toEqual([422, 'NOT_AVAILABLE_IN_MOCK']);
  });

  it('of foreign stocks come by the day of their exchange', async () => {
    const found = await candles('NAS:AAPL', 'interval=1d&from=2026-01-01&to=2026-11-24');
    const times = timesOf(found);
    expect(found).toMatchObject({ symbol: 'NAS:AAPL', truncated: null });
    expect([times[0], times.at(-1), isAscending(times)]).toEqual(['2026-01-02', '2026-11-24', true]);
    expect(scene.queries('HHDFS76240000')[0]).toEqual({
      AUTH: '',
      EXCD: 'NAS',
      SYMB: 'AAPL',
      GUBN: '0',
      BYMD: '20261124',
      MODP: '1',
    });
    const minutes = await candles('NAS:AAPL', 'interval=1m&from=2026-11-23&to=2026-11-24');
    expect([timesOf(minutes)[0], timesOf(minutes).at(-1)]).toEqual([
      '2026-11-23T14:30:00.000Z',
      expect.stringMatching(/^2026-11-24T(20:59|21:00)/),
    ]);
    expect(isAscending(timesOf(minutes))).toBe(true);
  });

  it.each([
    ['999999', 'interval=1d', 404, 'SYMBOL_NOT_FOUND'],
    ['999999', 'interval=1m', 404, 'SYMBOL_NOT_FOUND'],
    ['NAS:NOSUCH', 'interval=1d', 404, 'SYMBOL_NOT_FOUND'],
    ['NAS:NOSUCH', 'interval=1m', 404, 'SYMBOL_NOT_FOUND'],
    ['samsung', 'interval=1d', 400, 'INVALID_REQUEST'],
    ['005930', 'interval=2m', 400, 'INVALID_REQUEST'],
    ['005930', 'interval=1d&from=2026-13-01', 400, 'INVALID_REQUEST'],
    ['005930', 'interval=1d&from=2026-11-02&to=2026-11-01', 400, 'INVALID_REQUEST'],
    ['NAS:AAPL', 'interval=1y', 400, 'INVALID_REQUEST'],
    ['NAS:AAPL', 'interval=1d&venue=NXT', 400, 'INVALID_REQUEST'],
  ])('of %s (%s) are answered with %i', async (symbol, query, status, code) => {
    const answer = await scene.api.ask<{ code: string }>(
      `/api/quotes/${symbol}/candles?account=live&${query}`,
    );
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
