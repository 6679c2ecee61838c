import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { FilePlace } from '../../../../test/support/kis/file-place';
import { sampleCredential, sampleToken } from '../../../../test/support/kis/sample-tokens';
import { describeKisTokenStore } from '../kis-token-store.contract';
import type { KisToken } from '../kis-token';
import { TokenCipher } from '../token-cipher';
import { FileKisTokenStore } from './file-kis-token.store';
import { encodeTokenFile } from '../token-codec';

const warnings = new CapturedWarnings();
const POLICY = { bufferMs: 300_000, refreshLeadMs: 7_200_000, blackout: [], issueIntervalMs: 60_000 };
/** As a Python program writes it. */
const FIVE_FIELDS = JSON.stringify({
  access_token: 'of-python',
  token_type: 'Bearer',
  expires_in: 86400,
  issued_at: '2026-11-22T12:00:00',
  expiry_datetime: '2026-11-23T12:00:00',
});

describe.each(['', randomBytes(32).toString('base64')])('with the key %j:', (key) => {
  describeKisTokenStore('FileKisTokenStore', (clock) => {
    const place = new FilePlace();
    const open = (): FileKisTokenStore =>
      new FileKisTokenStore(place.directory, POLICY, clock, new TokenCipher(key), FilePlace.thread);
    const close = (): Promise<void> => {
      place.remove();
      return Promise.resolve();
    };
    return Promise.resolve({ store: open(), another: open, close });
  });
});

describe('FileKisTokenStore', () => {
  let place: FilePlace;

  beforeEach(() => {
    place = new FilePlace();
    warnings.take();
  });

  afterEach(() => {
    place.remove();
  });

  const token = (generation: number): KisToken => sampleToken(place.credential, { generation });

  it('keeps a token where other programs look for it, and leaves nothing else behind', async () => {
    await place.store.save(place.credential, token(1));
    expect(place.store.locate(place.credential)).toBe(`${place.directory}/token_PSspecKey0_mock.json`);
    expect(place.bytes('token').toString()).toBe(encodeTokenFile(token(1)));
    await place.store.claim(place.credential, place.claimRequest());
    await place.store.save(place.credential, token(0));
    await place.store.probe();
    expect(readdirSync(place.directory).sort()).toEqual([
      '.token_state.db',
      '.token_state.db-journal',
      'token_PSspecKey0_mock.json',
    ]);
  });

  it('finds a token that somebody else has just put there', async () => {
    place.put('token', FIVE_FIELDS);
    const { token: found } = await place.store.read(place.credential);
    expect([found?.accessToken, found?.generation]).toEqual(['of-python', 0]);
  });

  it('waits a moment for a program that truncates and writes', async () => {
    place.put('token', '');
    const steps = [encodeTokenFile(token(3)).slice(0, 100), encodeTokenFile(token(3))];
    place.clock.meanwhile = () => {
      place.put('token', steps.shift() ?? '');
    };
    expect((await place.store.read(place.credential)).token).toEqual(token(3));
    expect(warnings.take()).toEqual([]);
  });

  it('never shows a settled turn without the token that it brought', async () => {
    const { claim } = await place.store.claim(place.credential, place.claimRequest());
    const another = place.another();
    let settled = Promise.resolve();
    /** A program that stores its token and settles just when the claim has been read. */
    const meanwhile = {
      ...POLICY,
      get bufferMs(): number {
        place.put('token', encodeTokenFile(token(claim.generation)));
        settled = another.settle(place.credential, claim, { cooldownMs: 61_000, failure: null });
        return POLICY.bufferMs;
      },
    };
    place.put('token', FIVE_FIELDS);
    const slow = new FileKisTokenStore(place.directory, meanwhile, place.clock, undefined, FilePlace.thread);
    const found = await slow.read(place.credential);
    expect([found.token?.accessToken, found.claim.open]).toEqual(['of-python', true]);
    await settled;
    const later = await place.store.read(place.credential);
    expect([later.token?.generation, later.claim.open]).toEqual([claim.generation, false]);
  });

  it.each(['no-directory', 'missing'] as const)('tells that there is no token: %s', async (absence) => {
    if (absence === 'no-directory') place.remove();
    await expect(place.store.read(place.credential)).resolves.toMatchObject({ token: null, absence });
    await place.store.remove(place.credential);
    expect(warnings.take()).toEqual([]);
  });

  it('makes a directory that is gone again', async () => {
    rmSync(place.directory, { recursive: true });
    await place.store.save(place.credential, token(1));
    rmSync(place.directory, { recursive: true });
    expect((await place.store.claim(place.credential, place.claimRequest())).won).toBe(true);
    expect((await place.store.read(place.credential)).absence).toBe('missing');
  });

  describe("with another key's file in its place", () => {
    const theirs = encodeTokenFile(sampleToken(sampleCredential({ mode: 'REAL' }), { generation: 9 }));

    beforeEach(() => {
      place.put('token', theirs);
    });

    it('leaves it alone byte for byte, and says so once', async () => {
      for (let look = 0; look < 3; look += 1) {
        await expect(place.store.read(place.credential)).resolves.toMatchObject({
          token: null,
          absence: 'foreign',
        });
      }
      await expect(place.store.save(place.credential, token(10))).rejects.toThrow(
        /token_PSspecKey0_mock\.json belongs to another key, mode or host and is left alone\. Set the option "tokenDir"/,
      );
      await place.store.remove(place.credential);
      expect(place.bytes('token').toString()).toBe(theirs);
      expect(place.files()).toEqual(['token_PSspecKey0_mock.json']);
      expect(warnings.take()).toEqual([expect.stringContaining('belongs to another key, mode or host')]);
    });

    it('says so again when it was away in between', async () => {
      await place.store.read(place.credential);
      place.put('token', encodeTokenFile(token(1)));
      await place.store.read(place.credential);
      place.put('token', theirs);
      await place.store.read(place.credential);
      expect(warnings.take()).toHaveLength(2);
    });

    it('takes turns as ever, with generations that rise', async () => {
      const generations: number[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        const { claim, won } = await place.store.claim(place.credential, place.claimRequest());
        if (won) generations.push(claim.generation);
        expect((await place.another().claim(place.credential, place.claimRequest())).won).toBe(false);
        await place.clock.advance(81_000);
      }
      expect(generations).toEqual([1, 2, 3]);
    });
  });

  it('tells two keys that begin alike apart without repeating itself', async () => {
    const twin = sampleCredential({ appKey: `${place.credential.appKey.slice(0, 10)}${'x'.repeat(26)}` });
    await place.store.save(place.credential, token(1));
    for (let look = 0; look < 3; look += 1) {
      await place.store.read(place.credential);
      await expect(place.store.read(twin)).resolves.toMatchObject({ token: null, absence: 'foreign' });
    }
    expect(warnings.take()).toHaveLength(1);
  });

  it('does not put a token in place of one that came while it was written', async () => {
    const busy = place.store.save(place.credential, token(2));
    writeFileSync(place.path('token'), encodeTokenFile(token(3)));
    await expect(busy).resolves.toBe('superseded');
    expect((await place.store.read(place.credential)).token?.generation).toBe(3);
  });
});
