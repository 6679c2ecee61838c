import { inspect } from 'node:util';
import { KisToken, type KisTokenParts } from './kis-token';

const ISSUED = Date.parse('2026-11-22T03:00:00.123Z');
const SECRET = 'eyJhbGciOiJIUzUxMiJ9.payload-of-the-token.signature';

function token(parts: Partial<KisTokenParts> = {}): KisToken {
  return new KisToken({
    accessToken: SECRET,
    tokenType: 'Bearer',
    issuedAt: ISSUED,
    expiresAt: ISSUED + 86_400_000,
    refreshAt: ISSUED + 80_000_000,
    generation: 7,
    owner: 'somebody',
    ...parts,
  });
}

describe('KisToken', () => {
  it.each([
    [301, undefined, false],
    [300, undefined, false],
    [299.999, undefined, true],
    [0, 0, false],
    [-0.001, 0, true],
    [3600, 3600, false],
    [3599, 3600, true],
    [-86_400, undefined, true],
  ])('with %d s left and a buffer of %s s is expired: %s', (left, buffer, expired) => {
    const it = token();
    const now = new Date(it.expiresAt - left * 1000);
    expect(it.isExpired(buffer, now)).toBe(expired);
  });

  it('uses the clock of the platform when no time is given', () => {
    expect(token({ expiresAt: Date.now() + 301_000 }).isExpired()).toBe(false);
    expect(token({ expiresAt: Date.now() + 299_000 }).isExpired()).toBe(true);
    expect(token({ expiresAt: Date.now() + 299_000 }).isExpired(60)).toBe(false);
  });

  it('returns its end as a new Date', () => {
    const it = token();
    it.getExpiryDatetime().setFullYear(1999);
    expect(it.getExpiryDatetime()).toEqual(new Date(ISSUED + 86_400_000));
  });

  it('returns the header value and the token on request', () => {
    expect(token().authorization).toBe(`Bearer ${SECRET}`);
    expect(token().accessToken).toBe(SECRET);
  });

  it.each([
    ['inspect', (it: KisToken) => inspect(it, { depth: 10 })],
    [
      'inspect with everything',
      (it: KisToken) => inspect(it, { depth: 10, showHidden: true, getters: false }),
    ],
    [
      'inspect without its own way',
      (it: KisToken) => inspect(it, { depth: 10, customInspect: false, showHidden: true }),
    ],
    [
      'inspect of an object that holds it',
      (it: KisToken) => inspect({ deep: { deeper: [it] } }, { depth: 10 }),
    ],
    ['JSON', (it: KisToken) => JSON.stringify({ it })],
    ['a template string', (it: KisToken) => `${it.toString()} ${String(it)}`],
    [
      'its keys and values',
      (it: KisToken) => JSON.stringify([Object.keys(it), Object.values(it), Object.entries(it)]),
    ],
    ['its own property names', (it: KisToken) => Reflect.ownKeys(it).join()],
    ['a copy', (it: KisToken) => inspect(Object.assign({}, it), { depth: 10 })],
    ['a structured clone', (it: KisToken) => inspect(structuredClone(it), { depth: 10 })],
  ])('is not shown by %s', (_how, print) => {
    const shown = print(token());
    expect(shown).not.toContain('payload-of-the-token');
    expect(shown).not.toContain('eyJ');
    expect(shown).not.toContain('signature');
  });

  it('prints what may be shown of it', () => {
    expect(String(token())).toMatch(/^KisToken\([0-9a-f]{16} until 2026-11-23T03:00:00\.123Z\)$/);
    expect(JSON.parse(JSON.stringify(token()))).toEqual({
      fingerprint: token().fingerprint,
      generation: 7,
      issuedAt: '2026-11-22T03:00:00.123Z',
      expiresAt: '2026-11-23T03:00:00.123Z',
    });
  });

  it('prints invalid dates without throwing', () => {
    const odd = token({ issuedAt: NaN, expiresAt: Infinity });
    expect(String(odd)).toContain('until unknown');
    expect(JSON.parse(JSON.stringify(odd))).toMatchObject({ issuedAt: null, expiresAt: null });
  });

  it('has a fingerprint for its token, and for nothing else of it', () => {
    expect(token({ generation: 8, expiresAt: 1, tokenType: 'bearer' }).fingerprint).toBe(token().fingerprint);
    expect(token({ accessToken: `${SECRET}x` }).fingerprint).not.toBe(token().fingerprint);
  });

  it.each([
    [86_400_000, 86_400],
    [86_399_600, 86_400],
    [0, 0],
    [-5000, 0],
  ])('of %d ms lives %d seconds', (life, seconds) => {
    expect(token({ expiresAt: ISSUED + life }).lifetimeSeconds).toBe(seconds);
  });

  it('cannot be changed; a change makes another one', () => {
    const it = token();
    expect(Reflect.set(it, 'expiresAt', 0)).toBe(false);
    const changed = it.with({ generation: 8 });
    expect([it.generation, changed.generation]).toEqual([7, 8]);
    expect(changed.with({ generation: 7 })).toEqual(it);
    expect(changed.accessToken).toBe(SECRET);
  });
});
