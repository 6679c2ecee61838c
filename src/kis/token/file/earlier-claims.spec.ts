import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileStoreFixture } from '../../../../test/support/kis/file-store-fixture';
import { NO_CLAIM, type KisClaim } from '../claim-rules';
import { encodeClaim } from '../claim-codec';
import { earlierNames } from './file-claims';

describe('a directory of an earlier version', () => {
  let fixture: FileStoreFixture;

  beforeEach(() => {
    fixture = new FileStoreFixture();
  });

  afterEach(() => {
    fixture.remove();
  });

  const earlier = (name: string): string => join(fixture.directory, name);

  function claim(change: Partial<KisClaim> = {}): string {
    const taken = { ...NO_CLAIM, generation: 7, owner: 'earlier', open: true, rejected: 'deadbeefdeadbeef' };
    return encodeClaim({ ...taken, ...change }, 81_000, fixture.clock);
  }

  /** As it was changed under a lock. */
  function putLocked(text: string): void {
    const names = earlierNames(fixture.credential);
    writeFileSync(earlier(names.claim), text, { mode: 0o600 });
    writeFileSync(earlier(names.lock), '');
    writeFileSync(earlier(names.pace), 'permits');
  }

  /** As it was kept where there was no lock. */
  function putLinked(...texts: readonly string[]): void {
    const { claims } = earlierNames(fixture.credential);
    mkdirSync(earlier(claims));
    for (const [index, text] of texts.entries())
      writeFileSync(earlier(join(claims, `${index + 9}`)), text, { mode: 0o600 });
  }

  it.each([
    [
      'under a lock',
      () => {
        putLocked(claim());
      },
    ],
    [
      'by links',
      () => {
        putLinked(claim({ generation: 5 }), claim({ generation: 6 }), claim());
      },
    ],
    [
      'in both ways',
      () => {
        putLinked(claim({ generation: 6 }));
        putLocked(claim());
      },
    ],
  ])('that took its claims %s is taken over without a request', async (_, put) => {
    put();
    const { store, credential } = fixture;
    expect(await store.read(credential)).toMatchObject({
      claim: { generation: 7, owner: 'earlier', open: true, rejected: 'deadbeefdeadbeef' },
      remainingMs: 81_000,
    });
    expect((await store.claim(credential, fixture.claimRequest())).won).toBe(false);
    await fixture.clock.advance(81_000);
    const answer = await store.claim(credential, fixture.claimRequest());
    expect(answer).toMatchObject({ won: true, claim: { generation: 8, rejected: 'deadbeefdeadbeef' } });
    expect(readdirSync(fixture.directory).sort()).toEqual(['.token_state.db', '.token_state.db-journal']);
  });

  it('is obeyed by every process until one has taken a claim', async () => {
    putLocked(claim());
    const stores = [fixture.store, fixture.another(), fixture.another()];
    await fixture.clock.advance(80_999);
    const early = await Promise.all(
      stores.map((store) => store.claim(fixture.credential, fixture.claimRequest())),
    );
    expect(early.map(({ won }) => won)).toEqual([false, false, false]);
    await fixture.clock.advance(1);
    const late = await Promise.all(
      stores.map((store) => store.claim(fixture.credential, fixture.claimRequest())),
    );
    expect(late.filter(({ won }) => won)).toHaveLength(1);
    expect(late.map(({ claim: { generation } }) => generation)).toEqual([8, 8, 8]);
  });

  it('keeps a refusal that precedes the first claim, and the claim that is still open', async () => {
    putLocked(claim({ rejected: null }));
    await fixture.store.reject(fixture.credential, 'feedfeedfeedfeed');
    expect(await fixture.another().read(fixture.credential)).toMatchObject({
      claim: { generation: 7, rejected: 'feedfeedfeedfeed' },
      remainingMs: 81_000,
    });
  });

  it('that is damaged is obeyed for as long as the longest claim', async () => {
    putLocked('damaged');
    await fixture.clock.advance(Date.now() - fixture.clock.now());
    expect((await fixture.store.claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
    await fixture.clock.advance(90_000);
    expect((await fixture.store.claim(fixture.credential, fixture.claimRequest())).won).toBe(true);
  });

  it('is obeyed while a program of that version still runs', async () => {
    const { claim: mine } = await fixture.store.claim(fixture.credential, fixture.claimRequest());
    await fixture.store.settle(fixture.credential, mine, { cooldownMs: 0, failure: null });
    putLocked(claim({ generation: 2 }));
    expect(await fixture.store.claim(fixture.credential, fixture.claimRequest())).toMatchObject({
      won: false,
      remainingMs: 81_000,
    });
  });
});
