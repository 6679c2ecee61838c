import { orderRecord } from '../../../test/support/kis/order-samples';
import { readOrder, type KisOrderRequest } from './order-intent';

const LIMIT: KisOrderRequest = {
  symbol: '005930',
  side: 'buy',
  type: 'limit',
  quantity: '10',
  price: '70000',
};

function codesOf(request: Partial<KisOrderRequest>, mode: 'REAL' | 'MOCK' = 'REAL'): string[] {
  return readOrder({ ...LIMIT, ...request }, mode).problems.map(({ code }) => code);
}

describe('readOrder', () => {
  it('fills in the defaults and writes every number in one way', () => {
    const { intent } = readOrder({ ...LIMIT, symbol: 'A005930', quantity: '010', price: '70000.00' }, 'MOCK');
    expect(intent).toEqual(orderRecord().intent);
  });

  it.each<[Partial<KisOrderRequest>, string]>([
    [{}, '00'],
    [{ type: 'market', price: undefined, venue: 'SOR' }, '01'],
    [{ type: 'conditional-limit' }, '02'],
    [{ type: 'best-limit', price: undefined, venue: 'NXT', session: 'after' }, '03'],
    [{ type: 'priority-limit', price: undefined, venue: 'NXT', session: 'pre' }, '04'],
    [{ type: 'pre-open-close', price: undefined }, '05'],
    [{ type: 'after-close', price: undefined }, '06'],
    [{ timeInForce: 'ioc' }, '11'],
    [{ timeInForce: 'fok', venue: 'NXT', session: 'after' }, '12'],
    [{ type: 'market', price: undefined, timeInForce: 'ioc', venue: 'NXT' }, '13'],
    [{ type: 'market', price: undefined, timeInForce: 'fok' }, '14'],
    [{ type: 'best-limit', price: undefined, timeInForce: 'ioc' }, '15'],
    [{ type: 'best-limit', price: undefined, timeInForce: 'fok' }, '16'],
    [{ type: 'mid', price: undefined }, '21'],
    [{ type: 'stop-limit', triggerPrice: '71000' }, '22'],
    [{ type: 'mid', price: undefined, timeInForce: 'ioc', venue: 'NXT' }, '23'],
    [{ type: 'mid', price: undefined, timeInForce: 'fok' }, '24'],
    [{ timeInForce: 'gtp', venue: 'NXT', session: 'pre' }, '27'],
    [{ type: 'best-limit', price: undefined, timeInForce: 'gtp', venue: 'NXT', session: 'pre' }, '28'],
    [{ type: 'priority-limit', price: undefined, timeInForce: 'gtp', venue: 'NXT', session: 'pre' }, '29'],
    [{ session: 'after' }, '41'],
    [{ session: 'after', timeInForce: 'ioc' }, '42'],
    [{ session: 'after', timeInForce: 'fok' }, '43'],
    [{ type: 'best-limit', price: undefined, session: 'after' }, '44'],
    [{ type: 'best-limit', price: undefined, session: 'after', timeInForce: 'ioc' }, '45'],
    [{ type: 'best-limit', price: undefined, session: 'after', timeInForce: 'fok' }, '46'],
    [{ type: 'priority-limit', price: undefined, session: 'after' }, '47'],
    [{ symbol: 'NAS:AAPL', price: '189.50' }, '00'],
    [{ symbol: 'NAS:AAPL', price: '189.50', session: 'daytime' }, '00'],
    [{ symbol: 'NYS:BRK/B', price: '400', type: 'loo' }, '32'],
    [{ symbol: 'AMS:SPY', price: '500', type: 'loc' }, '34'],
    [{ symbol: 'NAS:AAPL', side: 'sell', type: 'moo', price: undefined }, '31'],
    [{ symbol: 'NAS:AAPL', side: 'sell', type: 'moc', price: undefined }, '33'],
  ])('takes %j as ORD_DVSN %s', (request, division) => {
    expect(readOrder({ ...LIMIT, ...request }, 'REAL')).toMatchObject({ intent: { division }, problems: [] });
  });

  it.each<[string, Partial<KisOrderRequest>, string[]]>([
    ['a symbol that is none', { symbol: '5930' }, ['SYMBOL_INVALID']],
    ['an exchange that is not of the US', { symbol: 'TSE:7203', price: '1' }, ['SYMBOL_INVALID']],
    ['no shares', { quantity: '0' }, ['QUANTITY_INVALID']],
    ['parts of shares', { quantity: '1.5' }, ['QUANTITY_INVALID']],
    ['a limit without a price', { price: undefined }, ['PRICE_REQUIRED']],
    ['a price of nothing', { price: '0.00' }, ['PRICE_INVALID']],
    ['a price below zero', { price: '-1' }, ['PRICE_INVALID']],
    ['parts of won', { price: '70000.5' }, ['PRICE_INVALID']],
    ['a price in words', { price: '1e5' }, ['PRICE_INVALID']],
    ['a market order with a price', { type: 'market' }, ['PRICE_NOT_ALLOWED']],
    ['a stop without its trigger', { type: 'stop-limit' }, ['TRIGGER_PRICE_REQUIRED']],
    ['a trigger that is no price', { type: 'stop-limit', triggerPrice: 'x' }, ['TRIGGER_PRICE_REQUIRED']],
    ['a trigger without a stop', { triggerPrice: '1' }, ['TRIGGER_PRICE_NOT_ALLOWED']],
    ['a venue for the US', { symbol: 'NAS:AAPL', venue: 'KRX' }, ['VENUE_NOT_ALLOWED']],
    ['a US market order', { symbol: 'NAS:AAPL', type: 'market' }, ['COMBINATION_NOT_OFFERED']],
    ['a US buyer at the open', { symbol: 'NAS:AAPL', type: 'moo' }, ['COMBINATION_NOT_OFFERED']],
    ['market orders at NXT', { type: 'market', price: undefined, venue: 'NXT' }, ['COMBINATION_NOT_OFFERED']],
    ['mid price by SOR', { type: 'mid', price: undefined, venue: 'SOR' }, ['COMBINATION_NOT_OFFERED']],
    [
      'market orders after the close',
      { type: 'market', price: undefined, session: 'after' },
      ['COMBINATION_NOT_OFFERED'],
    ],
    [
      'everything at once',
      { symbol: '?', quantity: '', price: '', triggerPrice: '1' },
      ['SYMBOL_INVALID', 'QUANTITY_INVALID', 'PRICE_INVALID', 'TRIGGER_PRICE_NOT_ALLOWED'],
    ],
  ])('refuses %s', (_, request, codes) => {
    expect(codesOf(request)).toEqual(codes);
  });

  it.each<[Partial<KisOrderRequest>]>([
    [{ venue: 'NXT' }],
    [{ venue: 'SOR' }],
    [{ timeInForce: 'ioc' }],
    [{ type: 'mid', price: undefined }],
    [{ session: 'after' }],
    [{ type: 'after-close', price: undefined }],
    [{ symbol: 'NAS:AAPL', type: 'loc' }],
    [{ symbol: 'NAS:AAPL', session: 'daytime' }],
  ])('says that mock trading lacks %j', (request) => {
    expect(codesOf(request, 'MOCK')).toEqual(['NOT_AVAILABLE_IN_MOCK']);
  });

  it('names what KIS would take instead', () => {
    const [problem] = readOrder({ ...LIMIT, type: 'mid', price: undefined, venue: 'SOR' }, 'REAL').problems;
    expect(problem?.detail).toContain('mid ioc at KRX (regular), NXT (regular)');
  });
});
