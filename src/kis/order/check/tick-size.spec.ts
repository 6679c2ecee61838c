import fc from 'fast-check';
import { nearestPrices, tickAt, type PriceRules } from './tick-size';

const SAMSUNG: PriceRules = { tick: '100', currentPrice: '71000', lowerLimit: '49700', upperLimit: '92300' };
const FUND: PriceRules = { tick: '5', currentPrice: '109000', lowerLimit: '76300', upperLimit: '141700' };

describe('tickAt', () => {
  it.each([
    ['1999', '1'],
    ['2000', '5'],
    ['5000', '10'],
    ['20000', '50'],
    ['50000', '100'],
    ['200000', '500'],
    ['500000', '1000'],
  ])('of a stock at %s won is %s', (price, tick) => {
    expect(tickAt(price, SAMSUNG)).toBe(tick);
  });

  it('of a fund is the one that KIS says', () => {
    expect(tickAt('109005', FUND)).toBe('5');
    expect(tickAt('1999', FUND)).toBe('1');
  });
});

describe('nearestPrices', () => {
  it.each([
    ['70000', ['70000']],
    ['70050', ['70000', '70100']],
    ['49999', ['49950', '50000']],
    ['1', ['49700']],
    ['100000', ['92300']],
  ])('to %s are %j', (price, nearest) => {
    expect(nearestPrices(price, SAMSUNG)).toEqual(nearest);
  });

  it('are valid themselves, and have the price between them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 49_700, max: 92_300 }), (price) => {
        const nearest = nearestPrices(String(price), SAMSUNG);
        for (const each of nearest) expect(nearestPrices(each, SAMSUNG)).toEqual([each]);
        expect(Math.min(...nearest.map(Number))).toBeLessThanOrEqual(price);
        expect(Math.max(...nearest.map(Number))).toBeGreaterThanOrEqual(price);
      }),
    );
  });
});
