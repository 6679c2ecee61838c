import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { sampleCredential } from '../testing/sample-tokens';
import { TokenCipher } from './token-cipher';

const KEY = randomBytes(32).toString('base64');
const OLD_KEY = randomBytes(32).toString('base64');
const credential = sampleCredential();
const TEXT = '{ "access_token": "secret-token", "name": "한국" }\n';
const sealed = new TokenCipher(KEY).encrypt(TEXT, credential);

function changed(change: Record<string, unknown>): string {
  return JSON.stringify({ ...(JSON.parse(sealed) as object), ...change });
}

describe('TokenCipher', () => {
  it('opens what it has closed', () => {
    expect(new TokenCipher(KEY).decrypt(sealed, credential)).toEqual({ text: TEXT, outdated: null });
  });

  it('shows nothing of the text, and never the same twice', () => {
    expect(sealed).not.toContain('secret-token');
    expect(new TokenCipher(KEY).encrypt(TEXT, credential)).not.toBe(sealed);
  });

  it('leaves texts as they are without a key', () => {
    const none = new TokenCipher();
    expect([none.encrypts, none.encrypt(TEXT, credential)]).toEqual([false, TEXT]);
    expect(none.decrypt(TEXT, credential)).toEqual({ text: TEXT, outdated: null });
  });

  it.each([
    ['encryption is turned on', KEY, new TokenCipher().encrypt(TEXT, credential), 'it was not encrypted'],
    [
      'the key is changed',
      `${KEY},${OLD_KEY}`,
      new TokenCipher(OLD_KEY).encrypt(TEXT, credential),
      'an older key',
    ],
    ['encryption is turned off', `,${KEY}`, sealed, 'it was encrypted, now it is not'],
  ])('keeps what was stored when %s, and says that it is to be written anew', (_when, keys, text, why) => {
    const cipher = new TokenCipher(keys);
    const opened = cipher.decrypt(text, credential);
    expect(opened).toEqual({ text: TEXT, outdated: expect.stringContaining(why) as string });
    expect(cipher.decrypt(cipher.encrypt(TEXT, credential), credential)).toEqual({
      text: TEXT,
      outdated: null,
    });
  });

  it.each([
    ['there is no key', new TokenCipher(), 'the option "tokenCipher" is not set'],
    ['it is another key', new TokenCipher(OLD_KEY), 'with another key than that of the option "tokenCipher"'],
  ])('says why a text stays closed and what to do when %s', (_when, cipher, words) => {
    expect(cipher.decrypt(sealed, credential)).toEqual({
      undecryptable: expect.stringContaining(words) as string,
    });
  });

  it('does not open what belongs to another credential', () => {
    const other = sampleCredential({ mode: 'REAL' });
    expect(new TokenCipher(KEY).decrypt(sealed, other)).toEqual({ whose: 'another key, mode or host' });
    expect(new TokenCipher(KEY).decrypt(changed({ owner: other.id }), other)).toHaveProperty('undecryptable');
    // Whose it is cannot be told without the key.
    expect(new TokenCipher().decrypt(sealed, other)).toEqual({ whose: 'another key, mode or host' });
  });

  it('distinguishes a text whose owner was changed from one of another key', () => {
    const opened = new TokenCipher(KEY).decrypt(changed({ owner: 'nobody' }), credential);
    expect(opened).toEqual({ undecryptable: expect.stringContaining('has been changed') as string });
  });

  it.each(['iv', 'tag', 'data'])('does not open a text whose %s was changed', (part) => {
    const bytes = Buffer.from((JSON.parse(sealed) as Record<string, string>)[part] ?? '', 'base64');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    const opened = new TokenCipher(KEY).decrypt(changed({ [part]: bytes.toString('base64') }), credential);
    expect(opened).toEqual({ undecryptable: expect.stringContaining('has been changed') as string });
  });

  it.each(['', 'AA==', 'not base64', '한국'])('does not open a text with the tag %j', (tag) => {
    expect(new TokenCipher(KEY).decrypt(changed({ tag }), credential)).toHaveProperty('undecryptable');
    expect(new TokenCipher(KEY).decrypt(changed({ iv: tag }), credential)).toHaveProperty('undecryptable');
  });

  it('takes half of a text, or another form of it, for a text that is not encrypted', () => {
    for (const text of [sealed.slice(0, -20), changed({ encryption: 'ROT13' }), changed({ data: 1 }), '']) {
      expect(new TokenCipher(KEY).decrypt(text, credential)).toMatchObject({ text });
    }
  });

  it.each(['short', Buffer.alloc(16).toString('base64'), `${KEY}=`, `${KEY},short`, `"${KEY}"`])(
    'refuses the key %j',
    (keys) => {
      expect(() => new TokenCipher(keys)).toThrow('openssl rand -base64 32');
    },
  );

  it('shows no key when it is printed', () => {
    const cipher = new TokenCipher(`${KEY},${OLD_KEY}`);
    const hex = Buffer.from(KEY, 'base64').toString('hex');
    for (const printed of [JSON.stringify({ cipher }), inspect(cipher, { depth: 9, showHidden: true })]) {
      for (const secret of [KEY, OLD_KEY, hex]) expect(printed).not.toContain(secret);
    }
  });
});
