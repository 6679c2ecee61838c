import { z } from 'zod';
import { KisInvalidRequestError } from '../kis';
import { Valid } from './valid.pipe';

const query = z.strictObject({
  symbol: z
    .string()
    .regex(/^\d{6}$/, 'six digits')
    .exactOptional(),
  price: z.string().regex(/^\d+$/, 'digits only').exactOptional(),
});

function detailOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof KisInvalidRequestError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('Valid', () => {
  it('hands on what the schema made of the value', () => {
    const flag = new Valid(
      z.strictObject({ on: z.enum(['true', 'false']).transform((text) => text === 'true') }),
    );
    expect(flag.transform({ on: 'true' })).toEqual({ on: true });
  });

  it('lists every problem at once, by name and rule', () => {
    const detail = detailOf(() => new Valid(query).transform({ symbol: 'x', price: 'y' }));
    expect(detail).toBe('symbol: six digits; price: digits only');
  });

  it.each([
    ['a parameter that is given twice', { symbol: ['005930', '000660'] }, 'symbol'],
    ['a parameter that does not exist', { symbl: '005930' }, 'symbl'],
  ])('refuses %s', (_, value, named) => {
    expect(detailOf(() => new Valid(query).transform(value))).toContain(named);
  });

  it('does not repeat the value', () => {
    const detail = detailOf(() => new Valid(query).transform({ symbol: '<script>', price: 'secret-value' }));
    expect(detail).not.toMatch(/script|secret-value/);
  });
});
