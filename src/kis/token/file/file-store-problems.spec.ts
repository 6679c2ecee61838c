import Database from 'libsql';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { expectRefusal } from '../../../../test/support/kis/expect-refusal';
import { FileStoreFixture } from '../../../../test/support/kis/file-store-fixture';
import { sampleToken } from '../../testing/sample-tokens';
import type { KisToken } from '../kis-token';

const warnings = new CapturedWarnings();

describe('FileKisTokenStore where it cannot write', () => {
  const token = (fixture: FileStoreFixture, generation = 1): KisToken =>
    sampleToken(fixture.credential, { generation });

  beforeEach(() => warnings.take());

  describe('because a part of the path is a file', () => {
    const base = mkdtempSync(join(tmpdir(), 'kis-path-'));
    const fixture = new FileStoreFixture(join(base, 'file'));
    const below = new FileStoreFixture(join(base, 'file', 'tokens'));

    beforeAll(() => {
      writeFileSync(join(base, 'file'), '');
    });

    afterAll(() => {
      rmSync(base, { recursive: true });
    });

    it.each([
      ['itself', fixture],
      ['above', below],
    ])('(%s) says so, whatever is asked', async (_, { store, credential }) => {
      const problem = /a part of the path is a file\. Remove it or set the option "tokenDir"/;
      await expectRefusal(store.probe(), problem);
      await expectRefusal(store.read(credential), problem);
      await expectRefusal(store.save(credential, token(fixture)), problem);
    });

    it('keeps claims in another directory of this user, and logs where', async () => {
      expect((await fixture.store.claim(fixture.credential, fixture.claimRequest())).won).toBe(true);
      expect((await fixture.another().claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
      expect(warnings.take()).toContainEqual(
        expect.stringMatching(/a part of the path is a file.* Claims are kept in \/.*\/kis-\d+\//),
      );
    });
  });

  describe('because a link in its path leads to a disk that is not there', () => {
    const base = mkdtempSync(join(tmpdir(), 'kis-link-'));
    const link = join(base, 'link');
    const fixtures = [new FileStoreFixture(link), new FileStoreFixture(join(link, 'tokens'))] as const;

    beforeAll(() => {
      symlinkSync(join(base, 'disk'), link);
    });

    afterAll(() => {
      rmSync(base, { recursive: true });
    });

    it('says so when it is to be written, and where claims are kept', async () => {
      const problem =
        /a link in its path leads to a directory that does not exist\. Mount or create.*"tokenDir"/;
      for (const fixture of fixtures) {
        const { store, credential } = fixture;
        await expectRefusal(store.probe(), problem);
        await expectRefusal(store.save(credential, token(fixture)), problem);
        expect((await store.claim(credential, fixture.claimRequest())).won).toBe(true);
        expect(warnings.take()).toContainEqual(
          expect.stringMatching(/a link in its path.* Claims are kept in \//),
        );
      }
    });

    it('can be used once the directory is there', async () => {
      mkdirSync(join(base, 'disk'));
      for (const { store } of fixtures) await store.probe();
    });
  });

  describe('because a stopped process holds the lock', () => {
    let fixture: FileStoreFixture;
    let holder: Database.Database;

    beforeEach(async () => {
      fixture = new FileStoreFixture();
      await fixture.store.save(fixture.credential, token(fixture));
      await fixture.store.reject(fixture.credential, 'other');
      holder = new Database(fixture.claims);
      holder.exec('BEGIN IMMEDIATE');
    });

    afterEach(() => {
      holder.close();
      fixture.remove();
    });

    it('can be read', async () => {
      expect((await fixture.store.read(fixture.credential)).token).toEqual(token(fixture));
    });

    it('assumes for a second that another process holds a claim', async () => {
      const answer = await fixture.store.claim(fixture.credential, fixture.claimRequest());
      expect(answer).toMatchObject({ won: false, remainingMs: 1000, claim: { open: true } });
      expect(answer.obstacle).toMatch(/another process holds its lock.*look for a stopped process/);
    });

    it('gives up any change after three seconds, and the error says what to look for', async () => {
      const { store, credential } = fixture;
      const newer = sampleToken(credential, { generation: 2 });
      const changes = [
        store.save(credential, newer),
        store.remove(credential),
        store.reject(credential, 'x'),
      ];
      const began = performance.now();
      await Promise.all(
        changes.map((change) =>
          expectRefusal(change, /another process holds its lock and makes no progress.*state T/),
        ),
      );
      expect(performance.now() - began).toBeLessThan(6000);
      expect(fixture.files()).toEqual(['token_PSspecKey0_mock.json']);
    });

    it('can be changed again when the process has ended', async () => {
      const claiming = fixture.store.claim(fixture.credential, fixture.claimRequest());
      await fixture.store.read(fixture.credential);
      holder.exec('ROLLBACK');
      expect((await claiming).won).toBe(true);
    });
  });
});
