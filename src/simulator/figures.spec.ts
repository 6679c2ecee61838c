import { percent, quotient } from './decimal';
import { koreanDate, koreanDateTime, koreanDay, koreanTime } from './korean-time';
import { DOMESTIC_STOCKS } from './market/domestic-stocks';
import { OVERSEAS_STOCKS } from './market/overseas-stocks';
import { currentPrice, lowerLimit, previousClose, tickSize, upperLimit } from './market/prices';
import { MONDAY_TEN } from './spec-support';

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

describe('the stocks', () => {
  it('are many, and each is there once', () => {
    expect(DOMESTIC_STOCKS.length).toBeGreaterThanOrEqual(130);
    expect(new Set(DOMESTIC_STOCKS.map(({ symbol }) => symbol)).size).toBe(DOMESTIC_STOCKS.length);
    expect(new Set(DOMESTIC_STOCKS.map(({ name }) => name)).size).toBe(DOMESTIC_STOCKS.length);
    expect(DOMESTIC_STOCKS.every(({ symbol }) => /^\d{6}$/.test(symbol))).toBe(true);
    expect(new Set(OVERSEAS_STOCKS.map(({ symbol }) => symbol)).size).toBe(OVERSEAS_STOCKS.length);
  });

  it('have prices on a tick and inside the limits of the day, at any time', () => {
    for (const stock of DOMESTIC_STOCKS) {
      for (let hour = 0; hour < 24; hour += 1) {
        const now = MONDAY_TEN + hour * 3_600_000;
        const price = currentPrice(stock, now);
        expect(price % tickSize(price)).toBe(0);
        expect(price).toBeLessThanOrEqual(upperLimit(stock, now));
        expect(price).toBeGreaterThanOrEqual(lowerLimit(stock, now));
      }
    }
  });

  it('close once a day', () => {
    const [stock] = DOMESTIC_STOCKS;
    if (!stock) throw new Error('no stock');
    const morning = previousClose(stock, MONDAY_TEN);
    expect(previousClose(stock, MONDAY_TEN + 3_600_000)).toBe(morning);
    expect(previousClose(stock, MONDAY_TEN + 86_400_000)).not.toBe(morning);
  });
});
