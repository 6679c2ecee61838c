import { inspect } from 'node:util';
import fc from 'fast-check';
import { Redactor } from './redactor';

const KEY = 'PSabcdefghij0123456789ABCDEFGHIJ0123';
const SECRET = 'Zx9+/aB4'.repeat(22) + 'abc=';
const JWT = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ0b2tlbiJ9.c2lnbmF0dXJl-_x';
const OPAQUE = 'Opaque.token_of-another.kind~0123456789';
const KNOWN = { secrets: [SECRET, 'short-api-key'], appKeys: [KEY], accountNumbers: ['50112345'] };

describe('Redactor', () => {
  it.each([
    ['a token', `got ${JWT}.`, 'got [token].'],
    ['a token cut short', `got ${JWT.slice(0, 30)}`, 'got [token]'],
    ['a bearer header', `authorization: Bearer ${JWT}`, 'authorization: Bearer [token]'],
    [
      'a bearer that is no JWT',
      "{ authorization: 'Bearer abcdefgh12345678' }",
      "{ authorization: 'Bearer [token]' }",
    ],
    ['a secret by its name', '"appsecret":"abcdefghijklmnopqrst"', '"appsecret":"[secret]"'],
    ['a secret in a query', 'secretkey=abcdefghijklmnopqrst&x=1', 'secretkey=[secret]&x=1'],
    ['a variable', 'KIS_APP_SECRET=abcdefghijklmnopqrst', 'KIS_APP_SECRET=[secret]'],
    ['an API key header', "'x-api-key': 'abcdefghijklmnop'", "'x-api-key': '[secret]'"],
    ['a long base64', `x ${SECRET} y`, 'x [secret] y'],
    ['an app key', `key ${KEY}, file token_${KEY}_mock`, 'key PSabcdefgh…, file token_PSabcdefgh…_mock'],
    ['an app key of another form by its name', '"appkey": "abcdefghijklmnop"', '"appkey": "abcdefghij…"'],
    ['an account number by its name', '?CANO=50112345&ACNT_PRDT_CD=01', '?CANO=5011****&ACNT_PRDT_CD=01'],
    ['an account number in JSON', '{"CANO":"50112345"}', '{"CANO":"5011****"}'],
    ['an account number with its code', 'account 50112345-01 is', 'account 5011****-01 is'],
  ])('takes out %s by its shape', (_, text, expected) => {
    expect(new Redactor().redact(text)).toBe(expected);
  });

  it.each([
    ['a secret', `x${SECRET}x`, 'x[secret]x'],
    ['the beginning of a secret', `got ${SECRET.slice(0, 40)}…`, 'got [secret]…'],
    ['the end of a secret', `…${SECRET.slice(-11)} got`, '…[secret] got'],
    ['the middle of a secret', `got ${SECRET.slice(50, 110)}`, 'got [secret]'],
    ['a secret in a URL', `?s=${encodeURIComponent(SECRET)}&x=1`, '?s=[secret]&x=1'],
    ['a short secret', 'key=short-api-key.', 'key=[secret].'],
    ['an app key cut short', KEY.slice(0, 20), 'PSabcdefgh…'],
    [
      'an account number',
      'for 50112345, 5011234501 and 50112345-01',
      'for 5011****, 5011****01 and 5011****-01',
    ],
    ['an account number in groups', 'for 5011-2345-01 or 5011 2345', 'for 5011-****-01 or 5011 ****'],
    ['an account number among other digits', 'CTX 0050112345010', 'CTX 005011****010'],
    ['the end of an app key', `…${KEY.slice(-11)}`, '……'],
    ['a key, a secret and a token in a row', `${KEY}${SECRET}${OPAQUE}`, 'PSabcdefgh…[secret][token]'],
    ['a token that is no JWT', `got ${OPAQUE}`, 'got [token]'],
    ['a part of a token that is no JWT', `got ${OPAQUE.slice(3, 14)}!`, 'got [token]!'],
  ])('takes out %s that it was told of', (_, text, expected) => {
    const redactor = new Redactor(KNOWN);
    redactor.knowToken('main', OPAQUE);
    expect(redactor.redact(text)).toBe(expected);
  });

  it('shows ten characters in a row of a secret at most, wherever it is cut', () => {
    const redactor = new Redactor(KNOWN);
    redactor.knowToken('main', OPAQUE);
    fc.assert(
      fc.property(fc.constantFrom(SECRET, OPAQUE, KEY), fc.nat(), fc.nat(), (secret, from, length) => {
        const begin = from % secret.length;
        const part = secret.slice(begin, begin + 1 + (length % secret.length));
        expect(partsOf(secret, redactor.redact(`<${part}>`))).toEqual([]);
      }),
    );
  });

  it('learns at any time, and remembers the last two tokens of a name', () => {
    const redactor = new Redactor();
    const tokens = Array.from({ length: 50 }, (_, day) => `opaque-token-of-day-${day}-${'x'.repeat(20)}`);
    for (const token of tokens) {
      redactor.knowToken('main', token);
      expect(redactor.redact(token)).toBe('[token]');
    }
    expect(redactor.redact(tokens.at(-2) ?? '')).toBe('[token]');
    expect(redactor.redact('opaque-tok')).toBe('opaque-tok');
    redactor.know({ secrets: ['another-secret'], appKeys: [], accountNumbers: ['12345678'] });
    expect(redactor.redact('another-secret of 12345678')).toBe('[secret] of 1234****');
  });

  it('shows nothing of what it knows when it is printed', () => {
    const redactor = new Redactor(KNOWN);
    redactor.knowToken('main', OPAQUE);
    const printed = inspect(redactor, { depth: 9, showHidden: true }) + JSON.stringify(redactor);
    for (const secret of [SECRET, KEY, OPAQUE, '50112345']) expect(printed).not.toContain(secret);
  });

  it('finds known keys and secrets whatever characters they are made of', () => {
    const odd = new Redactor({ secrets: ['a.b*c(d)[e]$&'], appKeys: ['$&+k.y*'], accountNumbers: [] });
    expect(odd.redact('1 a.b*c(d)[e]$& 2 $&+k.y* 3')).toBe('1 [secret] 2 $&+… 3');
    const phrase = 'a long phrase, with blanks, for a key';
    const long = new Redactor({ secrets: [phrase], appKeys: [], accountNumbers: [] });
    expect(long.redact(`1 ${phrase} 2`)).toBe('1 [secret] 2');
  });

  it.each([
    'Token saved successfully',
    '  - Issued at: 2025-11-03 19:45:31',
    'Token file: ~/KIS/tokens/token_PSabcdefgh_mock.json',
    'orderable 150012345 of 501023456 won, 2025-11-03 19:45:31',
    'PSabcdefgh',
    'request 12345678-12ab-4cde-8f00-1234567890ab',
    'Bearer is the type',
    'KIS_APP_SECRET: has blanks or a line break at its start or end; remove them.',
    'at Object.<anonymous> (/home/me/project/src/kis/token/kis-token.service.ts:12:34)',
  ])('leaves %j as it is', (text) => {
    expect(new Redactor(KNOWN).redact(text)).toBe(text);
  });
});

/** The parts of a secret, of eleven characters, that a text holds. */
function partsOf(secret: string, text: string): string[] {
  const parts = Array.from({ length: secret.length - 10 }, (_, at) => secret.slice(at, at + 11));
  return parts.filter((part) => text.includes(part));
}
