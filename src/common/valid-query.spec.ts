import { KisInvalidRequestError } from '../kis';
import { matching, oneOf, ValidQuery } from './valid-query';

const query = new ValidQuery(
  { symbol: matching(/^\d{6}$/, 'six digits'), side: oneOf(['buy', 'sell']) },
  ({ symbol, side }) => (side !== undefined && symbol === undefined ? 'side: belongs to a symbol' : null),
);

function detailOf(value: unknown): string {
  try {
    query.transform(value);
  } catch (error) {
    if (error instanceof KisInvalidRequestError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('ValidQuery', () => {
  it.each([[{}], [{ symbol: '005930' }], [{ symbol: '005930', side: 'buy' }]])('hands on %p', (value) => {
    expect(query.transform(value)).toEqual(value);
  });

  it('lists every problem at once, by name and rule', () => {
    expect(detailOf({ symbol: 'x', side: 'y', more: '1' })).toBe(
      'symbol: six digits; side: one of buy, sell; more: there is no such parameter',
    );
  });

  it.each([
    ['a parameter that is given twice', { symbol: ['005930', '000660'] }, 'symbol: six digits'],
    ['a parameter that does not exist', { symbl: '005930' }, 'symbl'],
    ['a name that every object knows', { constructor: 'x' }, 'constructor'],
    ['an empty one', { symbol: '' }, 'symbol: six digits'],
    ['what does not go together', { side: 'buy' }, 'side: belongs to a symbol'],
  ])('refuses %s', (_, value, problem) => {
    expect(detailOf(value)).toContain(problem);
  });

  it('does not repeat the value', () => {
    expect(detailOf({ symbol: '<script>', side: 'secret-value' })).not.toMatch(/script|secret-value/);
  });
});
