import { KisConfiguration } from '../../kis.options';
import { sampleCredential, sampleJwt, sampleToken } from '../../testing/sample-tokens';
import {
  DAY_JWT,
  expiryOf,
  ISSUED_AT,
  readFields,
  readText,
} from '../../../../test/support/kis/token-file-texts';
import { KisToken } from '../kis-token';
import { encodeTokenFile } from '../token-codec';

const { tokenPolicy } = new KisConfiguration({ accounts: [] });
const HOUR_MS = 3_600_000;
const credential = sampleCredential();
/** What a Python program writes: the five fields, local time. */
const FIVE = {
  access_token: 'opaque-token',
  token_type: 'Bearer',
  expires_in: 86400,
  issued_at: '2026-11-22T12:00:00.000000',
  expiry_datetime: '2026-11-23T12:00:00.000000',
};

describe('a token file of another program', () => {
  it('is accepted with the five fields alone', () => {
    const token = readFields(FIVE);
    expect(token).toMatchObject({
      tokenType: 'Bearer',
      issuedAt: new Date(2026, 10, 22, 12).getTime(),
      expiresAt: new Date(2026, 10, 23, 12).getTime(),
      generation: 0,
      owner: credential.id,
    });
  });

  it('gets the same refresh time in every process', () => {
    const token = readFields(FIVE) as KisToken;
    expect(readFields(FIVE)).toEqual(token);
    expect(token.expiresAt - token.refreshAt).toBeGreaterThanOrEqual(tokenPolicy.bufferMs);
    expect((readFields({ ...FIVE, access_token: 'other' }) as KisToken).refreshAt).not.toBe(token.refreshAt);
  });

  it.each([
    ['the end in the token before the zoneless times', { access_token: DAY_JWT }, ISSUED_AT + 24 * HOUR_MS],
    ['the stated end', {}, new Date(2026, 10, 23, 12).getTime()],
    ['the stated end before the lifetime', { expires_in: 60 }, new Date(2026, 10, 23, 12).getTime()],
    [
      'issue and lifetime when no end is stated',
      { expiry_datetime: undefined, expires_in: 60 },
      new Date(2026, 10, 22, 12, 1).getTime(),
    ],
    [
      'a lifetime written as text',
      { expiry_datetime: null, expires_in: '60' },
      new Date(2026, 10, 22, 12, 1).getTime(),
    ],
    [
      'the stated end when the token names one beyond all dates',
      { access_token: sampleJwt({ exp: 1e20 }) },
      new Date(2026, 10, 23, 12).getTime(),
    ],
    ['an end with a zone', { expiry_datetime: '2026-11-23T12:00:00+09:00' }, Date.UTC(2026, 10, 23, 3)],
  ])('believes %s', (_, change, expiresAt) => {
    expect(expiryOf({ ...FIVE, ...change })).toBe(expiresAt);
  });

  it.each([
    ['no expiry', { expiry_datetime: undefined, expires_in: undefined }],
    ['an end that is no date', { expiry_datetime: 'tomorrow', issued_at: 'today' }],
    ['an end in a month that does not exist', { expiry_datetime: '2026-13-01T00:00:00', expires_in: 0 }],
    [
      'objects for values',
      { expiry_datetime: {}, issued_at: [], expires_in: { valueOf: null, toString: null } },
    ],
    ['a lifetime beyond all dates', { expiry_datetime: undefined, expires_in: 1e300 }],
  ])('is not used with %s', (_, change) => {
    expect(readFields({ ...FIVE, ...change })).toBe('it has no readable expiry');
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 42],
    ['a list', ['a']],
    ['with a line break', 'a\r\nX-Evil: 1'],
    ['with a space', 'a b'],
    ['not ASCII', '토큰'],
  ])('is not used when its token is %s', (_, access_token) => {
    expect(readFields({ ...FIVE, access_token })).toBe('it has no usable access_token');
  });

  it.each([[null], [42], [''], ['Be arer'], ['Bearer\r\nX: 1'], [{}]])(
    'with the type %p is of the usual type',
    (type) => {
      expect(readFields({ ...FIVE, token_type: type })).toMatchObject({ tokenType: 'Bearer' });
    },
  );
});

describe('the token file of another key', () => {
  const realToken = sampleToken(sampleCredential({ mode: 'REAL' }));
  const otherKey = `PQotherKey${'y'.repeat(26)}`;

  it.each([
    ['another mode', encodeTokenFile(realToken), 'of another key, mode or host'],
    [
      'another host',
      encodeTokenFile(sampleToken(sampleCredential({ baseUrl: 'http://127.0.0.1:1' }))),
      'of another key, mode or host',
    ],
    [
      'another owner',
      encodeTokenFile(sampleToken(credential, { owner: 'f'.repeat(64) })),
      'of another key, mode or host',
    ],
    [
      'a token that names another key',
      JSON.stringify({ ...FIVE, access_token: sampleJwt({ jti: otherKey, exp: 2e9 }) }),
      'of PQotherKey…',
    ],
    [
      'our fields around a token that names another key',
      encodeTokenFile(sampleToken(credential, { accessToken: sampleJwt({ jti: otherKey }) })),
      'of PQotherKey…',
    ],
  ])('is recognized by %s', (_, text, expected) => {
    expect(readText(text)).toBe(expected);
  });
});

describe('a token that is said to live for longer than any', () => {
  const year5000 = Date.parse('5000-01-01T00:00:00Z');
  const days = 100 * 24 * 3_600_000;

  it.each([
    [
      'by the five fields',
      JSON.stringify({ ...FIVE, access_token: 'x', expiry_datetime: '5000-01-01T00:00:00' }),
    ],
    [
      'by itself',
      JSON.stringify({ ...FIVE, access_token: sampleJwt({ iat: 1_795_305_600, exp: year5000 / 1000 }) }),
    ],
    [
      'by our own fields',
      encodeTokenFile(sampleToken(credential, { expiresAt: year5000, refreshAt: year5000 })),
    ],
  ])('is given a hundred days: %s', (_how, text) => {
    const token = readText(text) as KisToken;
    expect(token.expiresAt - token.issuedAt).toBe(days);
    expect(token.refreshAt).toBeLessThan(token.expiresAt);
  });
});

describe('a token whose id is no app key', () => {
  it.each(['0b1f3d5e-7a9c-4e2b-8d6f-1a3c5e7f9b0d', 42, ''])('is used: %j', (jti) => {
    const accessToken = sampleJwt({ jti, exp: 2e9 });
    expect(readText(JSON.stringify({ ...FIVE, access_token: accessToken }))).toBeInstanceOf(KisToken);
  });
});

describe('a file with anything in it', () => {
  const deep = 20_000;
  it.each([
    ['nothing', ''],
    ['blanks', ' \n'],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['text', 'access_token=abc'],
    ['NUL bytes', '\0'.repeat(1000)],
    ['half a file', encodeTokenFile(sampleToken(credential)).slice(0, 200)],
    ['two files in a row', encodeTokenFile(sampleToken(credential)).repeat(2)],
    ['an error page', '<html></html>'],
  ])('is damaged with %s', (_, text) => {
    expect(readText(text)).toBe('it is not a whole JSON object');
  });

  it.each([
    [
      'a further field',
      encodeTokenFile(sampleToken(credential)).replace(
        '{',
        `{"deep": ${'['.repeat(deep)}${']'.repeat(deep)},`,
      ),
      'object',
    ],
    [
      'a field of ours',
      encodeTokenFile(sampleToken(credential)).replace(
        '"generation": 1',
        `"generation": ${'['.repeat(deep)}${']'.repeat(deep)}`,
      ),
      'string',
    ],
  ])('does not crash on %s that is nested without end', (_, text, kind) => {
    expect(typeof readText(text)).toBe(kind);
  });
});
