import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { FileStoreFixture } from '../../../../test/support/kis/file-store-fixture';
import { sampleToken } from '../../testing/sample-tokens';
import { KisConfiguration } from '../../kis.options';
import type { KisToken } from '../kis-token';
import { TokenCodec } from '../token-codec';
import { TokenCipher } from '../token-cipher';
import type { FileKisTokenStore } from './file-kis-token.store';
import { encodeTokenFile } from '../token-codec';

const { tokenPolicy } = new KisConfiguration({ accounts: [] });
const KEY = randomBytes(32).toString('base64');
const OTHER_KEY = randomBytes(32).toString('base64');

describe('an encrypted token file', () => {
  const warnings = new CapturedWarnings();
  let fixture: FileStoreFixture;
  let plain: FileKisTokenStore;
  let encrypting: FileKisTokenStore;

  beforeEach(() => {
    fixture = new FileStoreFixture();
    plain = storeWith('');
    encrypting = storeWith(KEY);
    warnings.take();
  });

  afterEach(() => {
    fixture.remove();
  });

  const token = (generation = 1): KisToken => sampleToken(fixture.credential, { generation });
  const fileText = (): string => readFileSync(fixture.path('token'), 'utf8');

  it('shows nothing of the token, is for its owner only, and is read back', async () => {
    await encrypting.save(fixture.credential, token());
    expect(fileText()).not.toContain(token().accessToken);
    expect((await encrypting.read(fixture.credential)).token).toEqual(token());
    expect(warnings.take()).toEqual([]);
  });

  it.each([
    ['turned on', '', KEY, 'it was not encrypted'],
    ['turned off', KEY, `,${KEY}`, 'now it is not'],
    ['given another key', KEY, `${OTHER_KEY},${KEY}`, 'an older key'],
  ])(
    'keeps its token when encryption is %s, is rewritten once, and that is logged',
    async (_what, before, now, words) => {
      await storeWith(before).save(fixture.credential, token());
      const text = fileText();
      const store = storeWith(now);
      expect((await store.read(fixture.credential)).token).toEqual(token());
      expect(warnings.take()).toEqual([expect.stringContaining(words)]);
      expect(fileText()).not.toBe(text);
      const rewritten = fileText();
      expect((await storeWith(now).read(fixture.credential)).token).toEqual(token());
      expect(fileText()).toBe(rewritten);
      expect(warnings.take()).toEqual([]);
      expect(fixture.files()).toEqual([fixture.names.token]);
    },
  );

  it('encrypts what a program without a key has stored', async () => {
    fixture.put('token', encodeTokenFile(token()));
    expect((await encrypting.read(fixture.credential)).token).toEqual(token());
    expect(fileText()).not.toContain(token().accessToken);
  });

  it('stays as it is where it cannot be written', async () => {
    await plain.save(fixture.credential, token());
    chmodSync(fixture.directory, 0o500);
    try {
      expect((await encrypting.read(fixture.credential)).token).toEqual(token());
    } finally {
      chmodSync(fixture.directory, 0o700);
    }
  });

  it.each([
    ['no key', '', 'the option "tokenCipher" is not set'],
    ['another key', OTHER_KEY, 'with another key'],
  ])('is told of once, and left alone, with %s', async (_what, keys, words) => {
    await encrypting.save(fixture.credential, token());
    const before = fileText();
    const store = storeWith(keys);
    for (let look = 0; look < 3; look += 1) {
      await expect(store.read(fixture.credential)).resolves.toMatchObject({
        token: null,
        absence: 'undecryptable',
      });
    }
    expect(warnings.take()).toEqual([expect.stringContaining(words)]);
    expect(fileText()).toBe(before);
  });

  it('is kept under another name when a new token replaces it, so that nothing is lost', async () => {
    await encrypting.save(fixture.credential, token(7));
    const before = fileText();
    await expect(plain.save(fixture.credential, token(8))).resolves.toBe('saved');
    expect(readFileSync(fixture.path('undecryptable'), 'utf8')).toBe(before);
    expect((await plain.read(fixture.credential)).token).toEqual(token(8));
    expect((await encrypting.read(fixture.credential)).token).toEqual(token(8));
  });

  it('is removed when the token is, whatever the key', async () => {
    await encrypting.save(fixture.credential, token());
    await plain.remove(fixture.credential);
    expect(existsSync(fixture.path('token'))).toBe(false);
  });

  it('is never used when it is cut off, at any byte', async () => {
    await encrypting.save(fixture.credential, token());
    const whole = fileText().trimEnd();
    for (let length = 0; length < whole.length; length += 1) {
      expect([length, read(whole.slice(0, length))]).toEqual([length, null]);
    }
    expect(read(whole)).toEqual(token());
    fixture.put('token', whole.slice(0, 200));
    await expect(encrypting.read(fixture.credential)).resolves.toMatchObject({ absence: 'damaged' });
  });

  it('brings no other token when any single bit of it has changed', async () => {
    await encrypting.save(fixture.credential, token());
    const bytes = readFileSync(fixture.path('token'));
    const same: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const found = read(changed.toString('utf8'));
      if (found) expect([bit, found]).toEqual([bit, token()]);
      if (found) same.push(bit);
    }
    // Some bits of the last character of a base64 text, and of its filling, mean nothing.
    expect(same.length).toBeLessThan(100);
  });

  it('obeys the claim beside it', async () => {
    await encrypting.claim(fixture.credential, fixture.claimRequest());
    await encrypting.save(fixture.credential, token());
    expect((await plain.claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
  });

  /** What a process with the key makes of a text; `null` when it finds no token in it. */
  function read(text: string): KisToken | null {
    const reading = new TokenCodec(tokenPolicy, new TokenCipher(KEY)).decode(text, fixture.credential);
    return 'token' in reading ? reading.token : null;
  }

  function storeWith(keys: string): FileKisTokenStore {
    return fixture.another(new TokenCipher(keys));
  }
});
