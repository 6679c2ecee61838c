import { bookOf, totalOf } from './market/book';
import { candlesOf, dayCandle } from './market/candles';
import { dateOf, dayOf, weekdayOf } from './market/days';
import { DOMESTIC_STOCKS, type DomesticStock, domesticStock } from './market/domestic-stocks';
import { krxPhase, nxtPhase } from './market/korean-sessions';
import { Market, STEP_MS } from './market/market';
import { MARKET_DEFAULTS, type MarketSettings } from './market/market-settings';
import { minutesBack } from './market/minute-candles';
import { overseasStock } from './market/overseas-stocks';
import { AMERICA, KOREA, instantAt, previousTradingDay } from './market/places';
import { isOnTick, lowerLimit, upperLimit } from './market/ticks';
import { MONDAY_TEN } from '../../test/support/simulator/test-simulator';

const MINUTE = 60_000;
const marketWith = (change: Partial<MarketSettings> = {}) => new Market({ ...MARKET_DEFAULTS, ...change });

function stockOf(symbol: string): DomesticStock {
  const stock = domesticStock(symbol);
  if (!stock) throw new Error(`no ${symbol}`);
  return stock;
}

function day(date: string): number {
  const number = dayOf(date);
  if (number === null) throw new Error(`no ${date}`);
  return number;
}

const SAMSUNG = stockOf('005930');
const korea = (date: string, minute: number): number => instantAt(KOREA, day(date), minute);

describe('the market', () => {
  it('gives the same prices for a seed and an instant, others for another seed', () => {
    const at = (market: Market) => DOMESTIC_STOCKS.map((stock) => market.price(stock, MONDAY_TEN));
    expect(at(marketWith())).toEqual(at(marketWith()));
    expect(at(marketWith({ marketSeed: 2 }))).not.toEqual(at(marketWith()));
  });

  it('moves while it is open and stands still while it is not', () => {
    const market = marketWith();
    const prices = (start: number) =>
      new Set(Array.from({ length: 100 }, (_, index) => market.price(SAMSUNG, start + index * STEP_MS)));
    expect(prices(MONDAY_TEN).size).toBeGreaterThan(1);
    expect(prices(korea('20261123', 15 * 60 + 22)).size).toBe(1);
    expect(prices(korea('20261123', 18 * 60)).size).toBe(1);
    expect(prices(korea('20261122', 11 * 60)).size).toBe(1);
  });

  it('ends a day with the close that the next one begins with', () => {
    const market = marketWith();
    const close = market.price(SAMSUNG, korea('20261120', 15 * 60 + 30));
    expect(market.price(SAMSUNG, korea('20261122', 12 * 60))).toBe(close);
    expect(market.price(SAMSUNG, korea('20261123', 7 * 60))).toBe(close);
    expect(market.previousClose(SAMSUNG, korea('20261123', 11 * 60))).toBe(close);
  });

  it('keeps to the limits of every day of many years', () => {
    const market = marketWith();
    let count = 0;
    for (let on = day('20261123'); on > day('20060101'); on = previousTradingDay(KOREA, on)) {
      const { high, low } = dayCandle(market, SAMSUNG, on, MONDAY_TEN);
      const base = market.closeBefore(SAMSUNG, on);
      expect(high).toBeLessThanOrEqual(upperLimit(base));
      expect(low).toBeGreaterThanOrEqual(lowerLimit(base));
      count += 1;
    }
    expect(count).toBeGreaterThan(4_900);
  });

  it('trades on, whatever the clock says, when it is always open', () => {
    const market = marketWith({ sessions: 'open' });
    const sunday = korea('20261122', 3 * 60);
    const prices = Array.from({ length: 100 }, (_, index) => market.price(SAMSUNG, sunday + index * STEP_MS));
    expect(new Set(prices).size).toBeGreaterThan(1);
    expect([krxPhase(market, sunday), nxtPhase(market, sunday)]).toEqual(['regular', 'main']);
    expect(market.volume(SAMSUNG, sunday + MINUTE)).toBeGreaterThan(market.volume(SAMSUNG, sunday));
  });

  it('holds a pinned price until it is released', () => {
    const market = marketWith();
    const free = market.price(SAMSUNG, MONDAY_TEN);
    market.pin(SAMSUNG, 70_000);
    expect(market.price(SAMSUNG, MONDAY_TEN)).toBe(70_000);
    expect(market.range(SAMSUNG, MONDAY_TEN).low).toBe(70_000);
    market.pin(SAMSUNG, null);
    expect(market.price(SAMSUNG, MONDAY_TEN)).toBe(free);
  });
});

describe('the sessions in Korea', () => {
  it.each([
    ['20261123', '08:10', 'closed', 'preMarket'],
    ['20261123', '08:45', 'openingAuction', 'preMarket'],
    ['20261123', '08:55', 'openingAuction', 'closed'],
    ['20261123', '09:00', 'regular', 'closed'],
    ['20261123', '09:01', 'regular', 'main'],
    ['20261123', '15:25', 'closingAuction', 'closed'],
    ['20261123', '15:35', 'atClose', 'closed'],
    ['20261123', '15:45', 'atClose', 'afterMarket'],
    ['20261123', '17:00', 'afterMarket', 'afterMarket'],
    ['20261123', '20:00', 'closed', 'closed'],
    ['20260911', '17:00', 'singlePrice', 'afterMarket'],
    ['20250303', '10:00', 'closed', 'closed'],
    ['20250228', '10:00', 'regular', 'closed'],
    ['20261225', '10:00', 'closed', 'closed'],
    ['20261122', '10:00', 'closed', 'closed'],
  ])('on %s at %s are KRX %s and NXT %s', (date, time, krx, nxt) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    const now = korea(date, hour * 60 + minute);
    expect([krxPhase(marketWith(), now), nxtPhase(marketWith(), now)]).toEqual([krx, nxt]);
  });
});

describe('the clock of New York', () => {
  it.each([
    ['20261123', '2026-11-23T14:30:00.000Z'],
    ['20260713', '2026-07-13T13:30:00.000Z'],
  ])('opens on %s at %s', (date, instant) => {
    expect(new Date(instantAt(AMERICA, day(date), AMERICA.opens)).toISOString()).toBe(instant);
  });

  it('closes on the holidays of its exchanges', () => {
    const closed = (from: string, to: string) =>
      Array.from({ length: day(to) - day(from) + 1 }, (_, index) => day(from) + index)
        .filter((on) => ![0, 6].includes(weekdayOf(on)) && !AMERICA.isTradingDay(on))
        .map(dateOf);
    expect(closed('20240101', '20241231')).toEqual(
      '20240101 20240115 20240219 20240329 20240527 20240619 20240704 20240902 20241128 20241225'.split(' '),
    );
    expect(closed('20210601', '20220131')).toEqual('20210705 20210906 20211125 20211224 20220117'.split(' '));
  });
});

describe('the order book', () => {
  const market = marketWith();

  it('has ten prices on ticks on either side of the last one, best first', () => {
    for (const stock of DOMESTIC_STOCKS.slice(0, 40)) {
      const price = market.price(stock, MONDAY_TEN);
      const { asks, bids } = bookOf(market, stock, price, MONDAY_TEN);
      expect([asks.length, bids.length]).toEqual([10, 10]);
      expect([...asks, ...bids].every((level) => isOnTick(level.price, stock.kind))).toBe(true);
      expect(asks.map((level) => level.price)).toEqual(
        asks.map((level) => level.price).sort((a, b) => a - b),
      );
      expect(bids.map((level) => level.price)).toEqual(
        bids.map((level) => level.price).sort((a, b) => b - a),
      );
      expect([asks[0]?.price, bids[0]?.price]).toContain(price);
      expect(totalOf(asks)).toBeGreaterThan(10);
    }
  });

  it('moves with time and is cut off at the limits of the day', () => {
    const at = (now: number) => bookOf(market, SAMSUNG, market.price(SAMSUNG, now), now);
    expect(at(MONDAY_TEN + 10 * MINUTE)).not.toEqual(at(MONDAY_TEN));
    const upper = upperLimit(market.previousClose(SAMSUNG, MONDAY_TEN));
    const { asks } = bookOf(market, SAMSUNG, upper, MONDAY_TEN);
    expect(asks.length).toBeLessThanOrEqual(1);
  });
});

describe('candles', () => {
  const market = marketWith();

  it('of a day agree with its minutes', () => {
    const minutes = minutesBack(market, SAMSUNG, day('20261120'), { from: 2000, most: 500 }, MONDAY_TEN);
    const whole = dayCandle(market, SAMSUNG, day('20261120'), MONDAY_TEN);
    expect(minutes).toHaveLength(381);
    expect([minutes.at(-1)?.minute, minutes[0]?.minute]).toEqual([9 * 60, 15 * 60 + 30]);
    expect(minutes[0]?.close).toBe(whole.close);
    expect(Math.max(...minutes.map(({ high }) => high))).toBeLessThanOrEqual(whole.high);
    expect(Math.min(...minutes.map(({ low }) => low))).toBeGreaterThanOrEqual(whole.low);
    expect(minutes.reduce((sum, { volume }) => sum + volume, 0)).toBe(whole.volume);
  });

  it('of a week and a month are made of their days', () => {
    const range = { from: day('20261101'), to: day('20261130'), most: 100 };
    const days = candlesOf(market, SAMSUNG, 'day', range, MONDAY_TEN);
    const [month] = candlesOf(market, SAMSUNG, 'month', range, MONDAY_TEN);
    expect(days.map(({ day: on }) => dateOf(on)).slice(0, 2)).toEqual(['20261123', '20261120']);
    expect(month).toMatchObject({
      open: days.at(-1)?.open,
      close: days[0]?.close,
      high: Math.max(...days.map(({ high }) => high)),
      volume: days.reduce((sum, { volume }) => sum + volume, 0),
    });
    expect(candlesOf(market, SAMSUNG, 'week', range, MONDAY_TEN)).toHaveLength(4);
  });

  it('begin with the listing of a stock', () => {
    const range = { from: 0, to: day('20261123'), most: 100 };
    const years = candlesOf(market, stockOf('373220'), 'year', range, MONDAY_TEN);
    expect(years).toHaveLength(5);
  });

  it('of the United States follow its own days', () => {
    const nvidia = overseasStock('NAS', 'NVDA');
    if (!nvidia) throw new Error('no NVDA');
    const range = { from: day('20240601'), to: day('20240630'), most: 100 };
    expect(candlesOf(market, nvidia, 'day', range, MONDAY_TEN)).toHaveLength(19);
    expect(candlesOf(market, SAMSUNG, 'day', range, MONDAY_TEN)).toHaveLength(19);
  });
});
