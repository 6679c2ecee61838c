import fc from 'fast-check';
import { inspect } from 'node:util';
import { KisCredential, type KisCredentialParts } from './kis-credential';

const KEY = 'PStoMm5NMdWholeKeyOf36Characters0123';
const SECRET = `Sec+ret/${'x'.repeat(170)}==`;
const PARTS: KisCredentialParts = {
  mode: 'MOCK',
  baseUrl: 'https://openapivts.koreainvestment.com:29443',
  appKey: KEY,
  appSecret: SECRET,
};

function credential(parts: Partial<KisCredentialParts> = {}): KisCredential {
  return new KisCredential({ ...PARTS, ...parts });
}

describe('KisCredential', () => {
  it('is the same for the same key, mode and host, whatever path or secret', () => {
    const same = credential({ baseUrl: `${PARTS.baseUrl}/some/path?query`, appSecret: 'another' });
    expect(same.id).toBe(credential().id);
    expect(same.id).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['mode', { mode: 'REAL' as const }],
    ['host', { baseUrl: 'https://openapi.koreainvestment.com:29443' }],
    ['port', { baseUrl: 'https://openapivts.koreainvestment.com:9443' }],
    ['scheme', { baseUrl: 'http://openapivts.koreainvestment.com:29443' }],
    ['key', { appKey: `${KEY.slice(0, -1)}4` }],
    ['case of the key', { appKey: KEY.toLowerCase() }],
    ['realm', { realm: 'simulator' }],
  ])('is another for another %s', (_what, change) => {
    expect(credential(change).id).not.toBe(credential().id);
  });

  it('is the same in one realm at any address', () => {
    const at = (port: number): string =>
      credential({ baseUrl: `http://127.0.0.1:${port}`, realm: 'simulator' }).id;
    expect(at(1)).toBe(at(2));
  });

  it('shares its id with no other pair of key, mode and host', () => {
    const origins = fc.constantFrom(
      'https://a.example',
      'https://a.example:8443',
      'http://127.0.0.1:1',
      'http://127.0.0.1:11',
    );
    const any = fc.record({
      mode: fc.constantFrom('MOCK' as const, 'REAL' as const),
      baseUrl: origins,
      appKey: fc.oneof(fc.string({ minLength: 1, maxLength: 4 }), fc.constantFrom('"', ',', '","', ']')),
      appSecret: fc.constant(SECRET),
    });
    fc.assert(
      fc.property(any, any, (one, two) => {
        const equal = one.mode === two.mode && one.baseUrl === two.baseUrl && one.appKey === two.appKey;
        expect(new KisCredential(one).id === new KisCredential(two).id).toBe(equal);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['inspect', (it: KisCredential) => inspect(it, { depth: 10 })],
    [
      'inspect without its own way',
      (it: KisCredential) => inspect(it, { depth: 10, customInspect: false, showHidden: true }),
    ],
    [
      'inspect of an object that holds it',
      (it: KisCredential) => inspect({ deep: { deeper: [it] } }, { depth: 10 }),
    ],
    ['JSON', (it: KisCredential) => JSON.stringify({ it })],
    [
      'its entries',
      (it: KisCredential) => JSON.stringify([Object.entries(it), Object.keys(it), Reflect.ownKeys(it)]),
    ],
    ['a copy', (it: KisCredential) => inspect(Object.assign({}, it), { depth: 10 })],
  ])('shows at most ten characters of the key, and nothing of the secret, to %s', (_how, print) => {
    const shown = print(credential());
    expect(shown).not.toContain(KEY.slice(0, 11));
    expect(shown).not.toContain('Sec+ret');
    expect(shown).not.toContain('xxxx');
  });

  it.each([
    [KEY, 'PStoMm5NMd…'],
    ['12345678', '1234…'],
    ['1', '…'],
  ])('masks %s as %s', (appKey, masked) => {
    expect(credential({ appKey }).maskedAppKey).toBe(masked);
  });

  it('names its files by ten characters that every file system takes', () => {
    expect(credential().fileStem).toBe('PStoMm5NMd_mock');
    expect(credential({ mode: 'REAL', appKey: '../../etc/passwd' }).fileStem).toBe('______etc__real');
  });
});
