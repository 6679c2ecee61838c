import { percent, quotient } from './decimal';
import { koreanDate, koreanDateTime, koreanDay, koreanTime } from './korean-time';
import { DOMESTIC_STOCKS } from './market/domestic-stocks';
import { OVERSEAS_STOCKS } from './market/overseas-stocks';
import { Market } from './market/market';
import { MARKET_DEFAULTS } from './market/market-settings';
import { isOnTick, lowerLimit, tickDown, tickSize, tickUp, upperLimit } from './market/ticks';
import { MONDAY_TEN } from '../../test/support/simulator/test-simulator';

describe('decimal numbers', () => {
  it.each([
    [1n, 3n, 4, '0.3333'],
    [2n, 3n, 4, '0.6667'],
    [-2n, 3n, 2, '-0.67'],
    [1n, 2n, 0, '1'],
    [-1n, 1000n, 2, '0.00'],
    [5n, 0n, 2, '0.00'],
    [1_354_402_517n, 10_000n, 4, '135440.2517'],
  ])('%s / %s with %i decimals is %s', (numerator, denominator, decimals, text) => {
    expect(quotient(numerator, denominator, decimals)).toBe(text);
  });

  it('are exact where floating point is not', () => {
    expect(percent(300n, 70_500n, 8)).toBe('0.42553191');
    expect(quotient(90_071_992_547_409_930_000n, 10_000n, 4)).toBe('9007199254740993.0000');
  });
});

describe('Korean time', () => {
  const beforeMidnight = Date.parse('2026-11-23T14:59:59Z');

  it('is nine hours ahead, without a zone', () => {
    expect(koreanDateTime(beforeMidnight)).toBe('2026-11-23 23:59:59');
    expect([koreanDate(beforeMidnight), koreanTime(beforeMidnight)]).toEqual(['20261123', '235959']);
    expect(koreanDay(beforeMidnight + 1000)).toBe(koreanDay(beforeMidnight) + 1);
  });
});

describe('the steps of prices', () => {
  it.each([
    [1_999, 1],
    [2_000, 5],
    [19_990, 10],
    [49_950, 50],
    [50_000, 100],
    [200_000, 500],
    [500_000, 1_000],
  ])('are, at %i won, %i', (price, step) => {
    expect(tickSize(price)).toBe(step);
    expect(tickDown(tickUp(price))).toBe(price);
  });

  it('are fine for funds at any price', () => {
    expect([tickSize(1_999, 'etf'), tickSize(109_000, 'etf'), tickSize(30_000, 'etn')]).toEqual([1, 5, 5]);
  });

  it("give the limits of the portal's example", () => {
    expect([upperLimit(128_500), lowerLimit(128_500)]).toEqual([167_000, 90_000]);
  });
});

describe('the stocks', () => {
  const market = new Market(MARKET_DEFAULTS);

  it('are many, and each is there once', () => {
    expect(DOMESTIC_STOCKS.length).toBeGreaterThanOrEqual(130);
    expect(new Set(DOMESTIC_STOCKS.map(({ symbol }) => symbol)).size).toBe(DOMESTIC_STOCKS.length);
    expect(new Set(DOMESTIC_STOCKS.map(({ name }) => name)).size).toBe(DOMESTIC_STOCKS.length);
    expect(DOMESTIC_STOCKS.every(({ symbol }) => /^(\d{6}|Q\d{6})$/.test(symbol))).toBe(true);
    expect(new Set(OVERSEAS_STOCKS.map(({ symbol }) => symbol)).size).toBe(OVERSEAS_STOCKS.length);
  });

  it('have prices on a tick and inside the limits of the day, at any time', () => {
    for (const stock of DOMESTIC_STOCKS) {
      for (let hour = 0; hour < 24; hour += 1) {
        const now = MONDAY_TEN + hour * 3_600_000;
        const price = market.price(stock, now);
        const base = market.previousClose(stock, now);
        expect(isOnTick(price, stock.kind)).toBe(true);
        expect(price).toBeLessThanOrEqual(upperLimit(base, stock.kind));
        expect(price).toBeGreaterThanOrEqual(lowerLimit(base, stock.kind));
      }
    }
  });

  it('close once a day', () => {
    const [stock] = DOMESTIC_STOCKS;
    if (!stock) throw new Error('no stock');
    const morning = market.previousClose(stock, MONDAY_TEN);
    expect(market.previousClose(stock, MONDAY_TEN + 3_600_000)).toBe(morning);
    expect(market.previousClose(stock, MONDAY_TEN + 86_400_000)).not.toBe(morning);
  });
});
