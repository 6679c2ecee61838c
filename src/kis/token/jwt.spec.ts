import { otherKeyNamedBy, readJwt } from './jwt';

const HEADER = encode({ typ: 'JWT', alg: 'HS512' });

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function jwt(payload: unknown): string {
  return `${HEADER}.${encode(payload)}.c2lnbmF0dXJl`;
}

describe('readJwt', () => {
  it('reads what KIS writes into a token', () => {
    const token = jwt({ sub: 'token', iss: 'unogw', exp: 1_700_086_400, iat: 1_700_000_000, jti: 'PSkey' });
    expect(readJwt(token)).toEqual({
      issuedAt: 1_700_000_000_000,
      expiresAt: 1_700_086_400_000,
      id: 'PSkey',
    });
  });

  it.each([
    ['nothing', {}],
    ['text for numbers', { exp: '1700086400', iat: 'now', jti: 5 }],
    ['numbers that are no dates', { exp: 1e300, iat: -1e300, jti: '' }],
    ['null', { exp: null, iat: null, jti: null }],
    ['a number just beyond what Date can hold', { exp: 8.64e12 + 1, iat: -8.64e12 - 1 }],
  ])('takes %s for silence', (_what, payload) => {
    expect(readJwt(jwt(payload))).toEqual({ issuedAt: null, expiresAt: null, id: null });
  });

  it.each([
    ['an opaque token', 'opaque0123456789abcdef'],
    ['nothing', ''],
    ['two parts', `${HEADER}.${encode({})}`],
    ['four parts', `${jwt({})}.more`],
    ['a payload that is no JSON', `${HEADER}.bm90IGpzb24.sig`],
    ['a payload that is cut off', `${HEADER}.${encode({ exp: 1 }).slice(0, -4)}.sig`],
    ['an empty payload', `${HEADER}..sig`],
    ['null for a payload', jwt(null)],
    ['a number for a payload', jwt(5)],
  ])('finds no JWT in %s', (_what, token) => {
    expect(readJwt(token)).toBeNull();
  });

  it('reads base64 with the letters of URLs and text beyond ASCII', () => {
    expect(readJwt(jwt({ jti: '키???>>>~' }))?.id).toBe('키???>>>~');
  });
});

describe('otherKeyNamedBy', () => {
  const own = 'PSownKey0123456789012345678901234567';
  const other = 'PSotherKey01234567890123456789012345';

  it('names another app key', () => {
    expect(otherKeyNamedBy(jwt({ jti: other }), own)).toBe(other);
  });

  it.each([
    ['its own key', own],
    ['a UUID', '0b1f3d5e-7a9c-4e2b-8d6f-1a3c5e7f9b0d'],
    ['a serial number as text', '1234567890'],
    ['a number', 1_234_567_890],
    ['a hash', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['its own key with something around it', `token:${own}`],
    ['nothing', ''],
    ['an object', { appkey: other }],
  ])('has no objection to %s', (_what, jti) => {
    expect(otherKeyNamedBy(jwt({ jti }), own)).toBeNull();
  });

  it('has no objection to an opaque token', () => {
    expect(otherKeyNamedBy('opaque', own)).toBeNull();
  });
});
