import { lutimesSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { FileStoreFixture } from '../../../../test/support/kis/file-store-fixture';

const warnings = new CapturedWarnings();

describe('FileKisTokenStore and damage to the database with the claims', () => {
  let fixture: FileStoreFixture;

  beforeEach(() => {
    fixture = new FileStoreFixture();
    warnings.take();
  });

  afterEach(() => {
    fixture.remove();
  });

  /** The database was changed now, by the clock of the test. */
  function aged(): void {
    lutimesSync(fixture.claims, fixture.clock.now() / 1000, fixture.clock.now() / 1000);
  }

  const DAMAGES: [string, (bytes: Buffer) => Buffer][] = [
    ['empty', () => Buffer.alloc(0)],
    ['NUL bytes', (bytes) => Buffer.alloc(bytes.length)],
    ['cut off', (bytes) => bytes.subarray(0, 99)],
    ['cut off at a page', (bytes) => bytes.subarray(0, 4096)],
    ['text', () => Buffer.from('hello')],
    ['edited', (bytes) => Buffer.from(bytes.toString('latin1').replace('81000', '11000'), 'latin1')],
  ];

  it.each(DAMAGES)(
    '(%s) allows no request before the longest possible claim has ended',
    async (_, damage) => {
      await fixture.store.claim(fixture.credential, fixture.claimRequest());
      writeFileSync(fixture.claims, damage(readFileSync(fixture.claims)));
      aged();
      const store = fixture.another();
      const refused = await store.claim(fixture.credential, fixture.claimRequest());
      expect(refused).toMatchObject({ won: false, assumed: true });
      expect(await store.read(fixture.credential)).toMatchObject({ remainingMs: 90_000, assumed: true });
      await fixture.clock.advance(89_990);
      expect((await store.claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
      await fixture.clock.advance(20);
      expect(
        (await store.claim(fixture.credential, fixture.claimRequest({ above: 5 }))).claim.generation,
      ).toBe(6);
      expect(warnings.take()).toEqual([
        expect.stringMatching(/\.token_state\.db was damaged .* is replaced/),
      ]);
    },
  );

  it('keeps a copy of it, and what this process knew', async () => {
    await fixture.store.claim(fixture.credential, fixture.claimRequest());
    const damaged = Buffer.alloc(3000, 'x');
    writeFileSync(fixture.claims, damaged);
    await fixture.store.reject(fixture.credential, 'deadbeefdeadbeef');
    expect(readFileSync(`${fixture.claims}.damaged`)).toEqual(damaged);
    expect(statSync(`${fixture.claims}.damaged`).mode & 0o777).toBe(0o600);
    expect((await fixture.another().read(fixture.credential)).claim).toMatchObject({
      generation: 1,
      owner: 'owner',
      rejected: 'deadbeefdeadbeef',
    });
  });

  it('does not shorten the claims of a program with a longer timeout', async () => {
    const request = fixture.claimRequest({ holdMs: 361_000 });
    await fixture.store.claim(fixture.credential, request);
    writeFileSync(fixture.claims, '');
    aged();
    const store = fixture.another();
    await store.read(fixture.credential);
    await fixture.clock.advance(360_000);
    expect((await store.claim(fixture.credential, request)).won).toBe(false);
  });

  it('is seen by all processes, one of which replaces it', async () => {
    await fixture.store.claim(fixture.credential, fixture.claimRequest({ holdMs: 10_000_000 }));
    writeFileSync(fixture.claims, 'damaged');
    const stores = Array.from({ length: 5 }, () => fixture.another());
    const answers = await Promise.all(
      stores.map((store) => store.claim(fixture.credential, fixture.claimRequest())),
    );
    expect(answers.map(({ won }) => won)).toEqual(stores.map(() => false));
    expect((await fixture.store.claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
  });

  it('by deletion does not make the holder of a claim forget it', async () => {
    await fixture.store.claim(fixture.credential, fixture.claimRequest());
    rmSync(fixture.claims);
    expect((await fixture.store.claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
    await fixture.store.reject(fixture.credential, 'deadbeefdeadbeef');
    expect((await fixture.another().claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
  });
});
