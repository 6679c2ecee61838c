import { createHash } from 'node:crypto';
import { validateHeaderValue } from 'node:http';
import { inspect } from 'node:util';
import fc from 'fast-check';
import {
  KisAccount,
  KisConfiguration,
  KisInvalidRequestError,
  type KisToken,
  readForeignToken,
  TokenCipher,
} from '../../src/kis';
import { sampleCredential, sampleJwt, sampleToken, SAMPLE_KEY } from '../../src/kis/testing/sample-tokens';
import { TokenCodec, type TokenReading } from '../../src/kis/token/token-codec';
import { FUZZ_LIMIT_MS, fuzzBudget } from './support/budget';
import { TOKEN_FILE_FINDINGS } from './support/findings-of-files';
import { oddText } from './support/odd-texts';

jest.setTimeout(FUZZ_LIMIT_MS);

const { tokenPolicy } = new KisConfiguration({ accounts: [] });
const credential = sampleCredential();
const account = new KisAccount('main', credential, '50112345', '01', false);
const KEYS = Buffer.alloc(32, 7).toString('base64');
const plain = new TokenCodec(tokenPolicy, new TokenCipher());
const sealed = new TokenCodec(tokenPolicy, new TokenCipher(KEYS));
const DAY_MS = 86_400_000;
const LONGEST_LIFE_MS = 101 * DAY_MS;
/** Much longer than reading takes, also on a busy machine. */
const LONGEST_READ_MS = 5000;

const FIELDS = [
  ...[
    'access_token',
    'token_type',
    'expires_in',
    'issued_at',
    'expiry_datetime',
    'issued_at_utc',
    'expires_at_utc',
  ],
  ...[
    'refresh_at_utc',
    'generation',
    'owner',
    'boot_id',
    'ends_at_uptime_ms',
    'checksum',
    'encryption',
    'data',
    'key',
  ],
  ...['iv', 'tag', '__proto__', 'constructor', 'more'],
];
const DATES = [
  ...[
    '2026-11-22T09:00:00.000001',
    '2026-11-22T09:00:00Z',
    '9999-12-31T23:59:59',
    '0000-01-01T00:00:00',
    '2026-02-31T00:00:00',
  ],
  ...[
    '+275760-09-13T00:00:00.000Z',
    '-271821-04-20T00:00:00.000Z',
    '2026-11-22',
    'Nov 22 2026',
    '1e9',
    '2026-11-22T09:00:00+99:99',
  ],
];
const instant = fc.oneof(
  fc.constantFrom(0, -1, 8.64e15, -8.64e15, 4e12),
  fc.integer({ min: -8.64e15, max: 8.64e15 }),
);
const seconds = fc.oneof(instant, fc.double(), fc.constantFrom(8.64e12, 1e20, -1e20, '1', null));
const jwt = fc
  .record(
    { jti: fc.constantFrom<unknown>(SAMPLE_KEY, 'x'.repeat(36), '', null, {}), exp: seconds, iat: seconds },
    { requiredKeys: [] },
  )
  .map(sampleJwt);
const value: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom(...DATES),
  jwt,
  instant,
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A whole file, some fields of which are changed or gone; with a checksum that fits, or with the one of before. */
const changed = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 4 }),
    fc.subarray(FIELDS),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([change, removed, isCut, isHonest]) => {
    const whole = JSON.parse(plain.encode(sampleToken(credential), credential)) as Record<string, unknown>;
    const fields: Record<string, unknown> = { ...whole, ...change };
    for (const name of isCut ? removed.slice(0, 3) : []) Reflect.deleteProperty(fields, name);
    if (isHonest) fields['checksum'] = checksumOf(fields);
    return JSON.stringify(fields);
  });
/** Tokens that nobody would make, in files that are whole. */
const absurd = fc
  .record({ issuedAt: instant, expiresAt: instant, refreshAt: instant, generation: fc.maxSafeNat() })
  .map((parts) => plain.encode(sampleToken(credential, parts), credential));
const shared = fc
  .dictionary(fc.constantFrom(...FIELDS.slice(0, 5)), value)
  .map((fields) => JSON.stringify({ access_token: sampleJwt({ jti: SAMPLE_KEY }), ...fields }));
const official = fc
  .tuple(value, value)
  .map(([token, until]) => `token: ${String(token)}\nvalid-date: ${String(until)}\n`);
const whole = fc.oneof(changed, absurd, shared, official);
const damaged = fc
  .tuple(whole, fc.nat(), fc.nat(255), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([text, at, byte, share]) => {
    const bytes = Buffer.from(text);
    bytes[at % Math.max(1, bytes.length)] = byte;
    return bytes.subarray(0, Math.ceil(bytes.length * share)).toString();
  });
const nested = fc.nat(50_000).map((depth) => `{"access_token":"x","more":${'['.repeat(depth)}`);
const anything = fc.oneof({ weight: 4, arbitrary: whole }, damaged, nested, oddText, fc.json());
const sealedText = anything.map((text) => new TokenCipher(KEYS).encrypt(text, credential));

/** As the format has it: of the fields in their order, and of objects only that they are some. */
function checksumOf(fields: Record<string, unknown>): string {
  const read = FIELDS.slice(0, 12).map((name) => fields[name]);
  const flat = read.map((each) => (typeof each === 'object' ? 'object' : each));
  return createHash('sha256').update(JSON.stringify(flat)).digest('hex');
}

describe('Whatever a token file contains', () => {
  it('knows how to make a checksum', () => {
    const fields = JSON.parse(plain.encode(sampleToken(credential), credential)) as Record<string, unknown>;
    expect(checksumOf(fields)).toBe(fields['checksum']);
  });

  it.each<[string, fc.Arbitrary<string>, readonly TokenCodec[]]>([
    ['is read', anything, [plain, sealed]],
    ['is decrypted', fc.oneof(sealedText, damagedText(sealedText)), [plain, sealed]],
  ])('it %s to a token that can be used, or to a reason', (_what, texts, codecs) => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const codec of codecs) {
          const began = performance.now();
          judge(codec.decode(text, credential), codec);
          expect(performance.now() - began).toBeLessThan(LONGEST_READ_MS);
        }
      }),
      fuzzBudget<[string]>(
        500,
        TOKEN_FILE_FINDINGS.map((text): [string] => [text]),
      ),
    );
  });

  it('it is imported as a token that can be used, or refused with the reason', () => {
    fc.assert(
      fc.property(anything, (text) => {
        try {
          judgeToken(readForeignToken(text, account, tokenPolicy), plain);
        } catch (error) {
          if (!(error instanceof KisInvalidRequestError)) throw error;
        }
      }),
      fuzzBudget<[string]>(
        300,
        TOKEN_FILE_FINDINGS.map((text): [string] => [text]),
      ),
    );
  });

  function judge(reading: TokenReading, codec: TokenCodec): void {
    if ('token' in reading) judgeToken(reading.token, codec);
    else expect(Object.values(reading)).toEqual([expect.stringMatching(/^[^\p{Cc}]{3,200}$/u)]);
  }

  function judgeToken(token: KisToken, codec: TokenCodec): void {
    validateHeaderValue('authorization', token.authorization);
    expect(token.authorization.length).toBeLessThan(16_000);
    for (const at of [token.issuedAt, token.expiresAt, token.refreshAt])
      expect(Math.abs(at)).toBeLessThanOrEqual(8.64e15);
    expect(token.expiresAt - Math.max(token.issuedAt, 0)).toBeLessThanOrEqual(LONGEST_LIFE_MS);
    expect(Number.isSafeInteger(token.generation + 1)).toBe(true);
    expect(token.generation).toBeGreaterThanOrEqual(0);
    for (const shown of [inspect(token, { showHidden: true }), JSON.stringify({ token }), String(token)]) {
      if (token.accessToken.length > 30) expect(shown).not.toContain(token.accessToken);
    }
    // What is read can be kept.
    const again = codec.decode(codec.encode(token, credential), credential);
    expect(again).toEqual({
      token: expect.objectContaining({ fingerprint: token.fingerprint }) as KisToken,
      outdated: null,
    });
  }
});

function damagedText(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(texts, fc.nat(), fc.constantFrom('', 'A', '"', '\\', '}', '\u0000'))
    .map(([text, at, odd]) => {
      const place = at % Math.max(1, text.length);
      return text.slice(0, place) + odd + text.slice(place + 1);
    });
}
