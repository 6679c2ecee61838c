import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { FileStoreFixture } from '../../../../test/support/kis/file-store-fixture';
import { sampleCredential, sampleToken } from '../../testing/sample-tokens';
import type { OpenStore } from '../../testing/store-fixture';
import { describeKisTokenStore } from '../kis-token.store.contract';
import type { KisToken } from '../kis-token';
import { describeForgottenDeletions } from '../records.contract';
import { TokenCipher } from '../token-cipher';
import { FileKisTokenStore } from './file-kis-token.store';
import { FileTokens } from './file-tokens';
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
  const openFiles: OpenStore = (clock) => {
    const fixture = new FileStoreFixture();
    const open = (): FileKisTokenStore =>
      new FileKisTokenStore(fixture.directory, POLICY, clock, new TokenCipher(key), FileStoreFixture.thread);
    const close = (): Promise<void> => {
      fixture.remove();
      return Promise.resolve();
    };
    return Promise.resolve({ store: open(), another: open, close });
  };

  describeKisTokenStore('FileKisTokenStore', openFiles);
  describe('FileKisTokenStore, as a local store', () => {
    describeForgottenDeletions(openFiles);
  });
});

describe('FileKisTokenStore', () => {
  let fixture: FileStoreFixture;

  beforeEach(() => {
    fixture = new FileStoreFixture();
    warnings.take();
  });

  afterEach(() => {
    fixture.remove();
  });

  const token = (generation: number): KisToken => sampleToken(fixture.credential, { generation });

  it('keeps a token where other programs look for it, and leaves nothing else behind', async () => {
    await fixture.store.save(fixture.credential, token(1));
    expect(fixture.store.locate(fixture.credential)).toBe(`${fixture.directory}/token_PSspecKey0_mock.json`);
    expect(fixture.bytes('token').toString()).toBe(encodeTokenFile(token(1)));
    await fixture.store.claim(fixture.credential, fixture.claimRequest());
    await fixture.store.save(fixture.credential, token(0));
    await fixture.store.probe();
    expect(readdirSync(fixture.directory).sort()).toEqual([
      '.token_state.db',
      '.token_state.db-journal',
      'token_PSspecKey0_mock.json',
    ]);
  });

  it('does not delete a token that was stored after the deletion was recorded', async () => {
    const { credential, store } = fixture;
    const other = fixture.another();
    await store.claim(credential, fixture.claimRequest({ holdMs: 0 }));
    await store.save(credential, token(1));
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound by `call`
    const { remove } = FileTokens.prototype;
    jest.spyOn(FileTokens.prototype, 'remove').mockImplementationOnce(async function (
      this: FileTokens,
      ...removal
    ) {
      await other.claim(credential, fixture.claimRequest());
      await other.save(credential, token(2));
      return remove.call(this, ...removal);
    });
    await store.remove(credential);
    const found = await other.read(credential);
    expect([found.token?.generation, found.claim.deletedGeneration]).toEqual([2, 1]);
  });

  it('finds a token that another process has just stored', async () => {
    fixture.put('token', FIVE_FIELDS);
    const { token: found } = await fixture.store.read(fixture.credential);
    expect([found?.accessToken, found?.generation]).toEqual(['of-python', 0]);
  });

  it('waits a moment for a program that truncates and writes', async () => {
    fixture.put('token', '');
    const steps = [encodeTokenFile(token(3)).slice(0, 100), encodeTokenFile(token(3))];
    fixture.clock.meanwhile = () => {
      fixture.put('token', steps.shift() ?? '');
    };
    expect((await fixture.store.read(fixture.credential)).token).toEqual(token(3));
    expect(warnings.take()).toEqual([]);
  });

  it('never shows a settled claim without the token that was issued under it', async () => {
    const { claim } = await fixture.store.claim(fixture.credential, fixture.claimRequest());
    const another = fixture.another();
    let settled = Promise.resolve();
    /** A program that stores its token and settles just when the claim has been read. */
    const meanwhile = {
      ...POLICY,
      get bufferMs(): number {
        fixture.put('token', encodeTokenFile(token(claim.generation)));
        settled = another.settle(fixture.credential, claim, { cooldownMs: 61_000, failure: null });
        return POLICY.bufferMs;
      },
    };
    fixture.put('token', FIVE_FIELDS);
    const slow = new FileKisTokenStore(
      fixture.directory,
      meanwhile,
      fixture.clock,
      undefined,
      FileStoreFixture.thread,
    );
    const found = await slow.read(fixture.credential);
    expect([found.token?.accessToken, found.claim.open]).toEqual(['of-python', true]);
    await settled;
    const later = await fixture.store.read(fixture.credential);
    expect([later.token?.generation, later.claim.open]).toEqual([claim.generation, false]);
  });

  it.each(['no-directory', 'missing'] as const)('reports that there is no token: %s', async (absence) => {
    if (absence === 'no-directory') fixture.remove();
    await expect(fixture.store.read(fixture.credential)).resolves.toMatchObject({ token: null, absence });
    await fixture.store.remove(fixture.credential);
    expect(warnings.take()).toEqual([]);
  });

  it('creates a missing directory again', async () => {
    rmSync(fixture.directory, { recursive: true });
    await fixture.store.save(fixture.credential, token(1));
    rmSync(fixture.directory, { recursive: true });
    expect((await fixture.store.claim(fixture.credential, fixture.claimRequest())).won).toBe(true);
    expect((await fixture.store.read(fixture.credential)).absence).toBe('missing');
  });

  describe('with a file of another key under its name', () => {
    const theirs = encodeTokenFile(sampleToken(sampleCredential({ mode: 'REAL' }), { generation: 9 }));

    beforeEach(() => {
      fixture.put('token', theirs);
    });

    it('leaves it alone byte for byte, and logs that once', async () => {
      for (let look = 0; look < 3; look += 1) {
        await expect(fixture.store.read(fixture.credential)).resolves.toMatchObject({
          token: null,
          absence: 'foreign',
        });
      }
      await expect(fixture.store.save(fixture.credential, token(10))).rejects.toThrow(
        /token_PSspecKey0_mock\.json belongs to another key, mode or host and is left alone\. Set the option "tokenDir"/,
      );
      await fixture.store.remove(fixture.credential);
      expect(fixture.bytes('token').toString()).toBe(theirs);
      expect(fixture.files()).toEqual(['token_PSspecKey0_mock.json']);
      expect(warnings.take()).toEqual([expect.stringContaining('belongs to another key, mode or host')]);
    });

    it('logs that again when the file was absent in between', async () => {
      await fixture.store.read(fixture.credential);
      fixture.put('token', encodeTokenFile(token(1)));
      await fixture.store.read(fixture.credential);
      fixture.put('token', theirs);
      await fixture.store.read(fixture.credential);
      expect(warnings.take()).toHaveLength(2);
    });

    it('still grants claims, with rising generations', async () => {
      const generations: number[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        const { claim, won } = await fixture.store.claim(fixture.credential, fixture.claimRequest());
        if (won) generations.push(claim.generation);
        expect((await fixture.another().claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
        await fixture.clock.advance(81_000);
      }
      expect(generations).toEqual([1, 2, 3]);
    });
  });

  it('distinguishes two keys with the same beginning, and reports each once', async () => {
    const twin = sampleCredential({ appKey: `${fixture.credential.appKey.slice(0, 10)}${'x'.repeat(26)}` });
    await fixture.store.save(fixture.credential, token(1));
    for (let look = 0; look < 3; look += 1) {
      await fixture.store.read(fixture.credential);
      await expect(fixture.store.read(twin)).resolves.toMatchObject({ token: null, absence: 'foreign' });
    }
    expect(warnings.take()).toHaveLength(1);
  });

  it('does not replace a token that was stored while it was being written', async () => {
    const busy = fixture.store.save(fixture.credential, token(2));
    writeFileSync(fixture.path('token'), encodeTokenFile(token(3)));
    await expect(busy).resolves.toBe('superseded');
    expect((await fixture.store.read(fixture.credential)).token?.generation).toBe(3);
  });
});
