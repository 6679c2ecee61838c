import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { sampleCredential } from '../testing/sample-tokens';
import { TokenSeal } from './token-seal';

const KEY = randomBytes(32).toString('base64');
const OLD_KEY = randomBytes(32).toString('base64');
const credential = sampleCredential();
const TEXT = '{ "access_token": "secret-token", "name": "한국" }\n';
const sealed = new TokenSeal(KEY).close(TEXT, credential);

function changed(change: Record<string, unknown>): string {
  return JSON.stringify({ ...(JSON.parse(sealed) as object), ...change });
}

describe('TokenSeal', () => {
  it('opens what it has closed', () => {
    expect(new TokenSeal(KEY).open(sealed, credential)).toEqual({ text: TEXT, outdated: null });
  });

  it('shows nothing of the text, and never the same twice', () => {
    expect(sealed).not.toContain('secret-token');
    expect(new TokenSeal(KEY).close(TEXT, credential)).not.toBe(sealed);
  });

  it('leaves texts as they are without a key', () => {
    const none = new TokenSeal();
    expect([none.encrypts, none.close(TEXT, credential)]).toEqual([false, TEXT]);
    expect(none.open(TEXT, credential)).toEqual({ text: TEXT, outdated: null });
  });

  it.each([
    ['encryption is turned on', KEY, new TokenSeal().close(TEXT, credential), 'it was not encrypted'],
    [
      'the key is changed',
      `${KEY},${OLD_KEY}`,
      new TokenSeal(OLD_KEY).close(TEXT, credential),
      'an older key',
    ],
    ['encryption is turned off', `,${KEY}`, sealed, 'it was encrypted, now it is not'],
  ])('keeps what was stored when %s, and says that it is to be written anew', (_when, keys, text, why) => {
    const seal = new TokenSeal(keys);
    const opened = seal.open(text, credential);
    expect(opened).toEqual({ text: TEXT, outdated: expect.stringContaining(why) as string });
    expect(seal.open(seal.close(TEXT, credential), credential)).toEqual({ text: TEXT, outdated: null });
  });

  it.each([
    ['there is no key', new TokenSeal(), 'KIS_TOKEN_ENCRYPTION_KEY is not set'],
    ['it is another key', new TokenSeal(OLD_KEY), 'with another key than KIS_TOKEN_ENCRYPTION_KEY'],
  ])('says why a text stays closed and what to do when %s', (_when, seal, words) => {
    expect(seal.open(sealed, credential)).toEqual({ sealed: expect.stringContaining(words) as string });
  });

  it('does not open what belongs to another credential', () => {
    const other = sampleCredential({ mode: 'REAL' });
    expect(new TokenSeal(KEY).open(sealed, other)).toEqual({ whose: 'another key, mode or host' });
    expect(new TokenSeal(KEY).open(changed({ owner: other.id }), other)).toHaveProperty('sealed');
    // Whose it is cannot be told without the key.
    expect(new TokenSeal().open(sealed, other)).toEqual({ whose: 'another key, mode or host' });
  });

  it('tells a text whose owner was changed from one of another key', () => {
    const opened = new TokenSeal(KEY).open(changed({ owner: 'nobody' }), credential);
    expect(opened).toEqual({ sealed: expect.stringContaining('has been changed') as string });
  });

  it.each(['iv', 'tag', 'data'])('does not open a text whose %s was changed', (part) => {
    const bytes = Buffer.from((JSON.parse(sealed) as Record<string, string>)[part] ?? '', 'base64');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    const opened = new TokenSeal(KEY).open(changed({ [part]: bytes.toString('base64') }), credential);
    expect(opened).toEqual({ sealed: expect.stringContaining('has been changed') as string });
  });

  it.each(['', 'AA==', 'not base64', '한국'])('does not open a text with the tag %j', (tag) => {
    expect(new TokenSeal(KEY).open(changed({ tag }), credential)).toHaveProperty('sealed');
    expect(new TokenSeal(KEY).open(changed({ iv: tag }), credential)).toHaveProperty('sealed');
  });

  it('takes half of a text, or another form of it, for a text that is not encrypted', () => {
    for (const text of [sealed.slice(0, -20), changed({ encryption: 'ROT13' }), changed({ data: 1 }), '']) {
      expect(new TokenSeal(KEY).open(text, credential)).toMatchObject({ text });
    }
  });

  it.each(['short', Buffer.alloc(16).toString('base64'), `${KEY}=`, `${KEY},short`, `"${KEY}"`])(
    'refuses the key %j',
    (keys) => {
      expect(() => new TokenSeal(keys)).toThrow('openssl rand -base64 32');
    },
  );

  it('shows no key when it is printed', () => {
    const seal = new TokenSeal(`${KEY},${OLD_KEY}`);
    const hex = Buffer.from(KEY, 'base64').toString('hex');
    for (const printed of [JSON.stringify({ seal }), inspect(seal, { depth: 9, showHidden: true })]) {
      for (const secret of [KEY, OLD_KEY, hex]) expect(printed).not.toContain(secret);
    }
  });
});
