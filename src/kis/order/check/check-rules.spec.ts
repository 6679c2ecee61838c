import { estimatedAmount, problemsWith, type AccountFacts, type StockFacts } from './check-rules';
import type { KisOrderIntent } from '../order-intent';
import { orderRecord } from '../../../../test/support/kis/order-samples';

const INTENT = orderRecord().intent;
const STOCK: StockFacts = {
  currentPrice: '71000',
  tick: '100',
  lowerLimit: '49700',
  upperLimit: '92300',
  lot: '1',
};
const ACCOUNT: AccountFacts = { buyableQuantity: '10', sellableQuantity: '5' };

describe('problemsWith', () => {
  it.each<[string, Partial<KisOrderIntent>, Partial<StockFacts>, string[]]>([
    ['a fitting order', {}, {}, []],
    ['a price between two ticks', { price: '70050' }, {}, ['TICK_SIZE']],
    ['a price above the limit', { price: '92400' }, {}, ['PRICE_LIMIT']],
    ['a price below the limit', { price: '49600' }, {}, ['PRICE_LIMIT']],
    ['a trigger between two ticks', { triggerPrice: '70001' }, {}, ['TICK_SIZE']],
    ['part of a lot', {}, { lot: '100' }, ['LOT_SIZE']],
    ['more than the cash', { quantity: '11' }, {}, ['BUYING_POWER']],
    ['more than the shares', { side: 'sell', quantity: '6' }, {}, ['SELLABLE_QUANTITY']],
    [
      'everything at once',
      { price: '1', quantity: '11', triggerPrice: '70001' },
      { lot: '2' },
      ['PRICE_LIMIT', 'TICK_SIZE', 'LOT_SIZE', 'BUYING_POWER'],
    ],
    ['a security without limits', { price: '1' }, { lowerLimit: null, upperLimit: null }, []],
  ])('finds what is wrong with %s', (_, intent, stock, codes) => {
    const problems = problemsWith({ ...INTENT, ...intent }, { ...STOCK, ...stock }, ACCOUNT);
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });

  it('says how KIS counts an order without a price, only of such an order', () => {
    const detailOf = (price: string | null): string =>
      problemsWith({ ...INTENT, quantity: '11', price }, STOCK, ACCOUNT)[0]?.detail ?? '';
    expect(detailOf(null)).toMatch(
      /, not 11\. KIS counts an order without a price at the upper price limit\.$/,
    );
    expect(detailOf('70000')).toMatch(/, not 11\.$/);
  });

  it('names the nearest valid prices', () => {
    expect(problemsWith({ ...INTENT, price: '70050' }, STOCK, ACCOUNT)).toEqual([
      expect.objectContaining({ nearestPrices: ['70000', '70100'] }),
    ]);
  });
});

describe('estimatedAmount', () => {
  it('reckons with the price, or with the upper limit', () => {
    expect(estimatedAmount(INTENT, STOCK)).toBe('700000');
    expect(estimatedAmount({ ...INTENT, price: null }, STOCK)).toBe('923000');
    expect(estimatedAmount({ ...INTENT, price: null }, { ...STOCK, upperLimit: null })).toBe('710000');
  });

  it('counts an order that can become a market order at the upper limit', () => {
    const conditional = { ...INTENT, type: 'conditional-limit' } as const;
    expect(estimatedAmount(conditional, STOCK)).toBe('923000');
    const withoutLimits = { ...STOCK, upperLimit: null, currentPrice: '60000' };
    expect(estimatedAmount(conditional, withoutLimits)).toBe('700000');
  });
});
