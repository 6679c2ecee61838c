import fc from 'fast-check';
import { isDecimal, normalDecimal, product, scaled, unscaled } from './decimal-text';

describe('decimal texts', () => {
  it.each(['', '-1', '+1', '1.', '.5', '1e3', '0x1', '1,000', ' 1', '１', '12345678901234567890'])(
    'are no numbers: %j',
    (text) => {
      expect(isDecimal(text)).toBe(false);
    },
  );

  it.each([
    ['070000.500', '70000.5'],
    ['0.0', '0'],
    ['000', '0'],
    ['1', '1'],
  ])('have one spelling: %s is %s', (text, normal) => {
    expect(normalDecimal(text)).toBe(normal);
  });

  it('come back from their scaled form', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(999_999), (whole, fraction) => {
        const text = normalDecimal(`${whole}.${fraction.toString().padStart(6, '0')}`);
        expect(unscaled(scaled(text))).toBe(text);
      }),
    );
  });

  it('are multiplied exactly', () => {
    expect(product('3', '0.1')).toBe('0.3');
    expect(product('9999999999', '999999999.99')).toBe('9999999998900000000.01');
  });
});
