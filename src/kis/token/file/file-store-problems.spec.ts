import Database from 'libsql';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KisTokenStoreError } from '../../kis.errors';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { FilePlace } from '../../../../test/support/kis/file-place';
import { sampleToken } from '../../../../test/support/kis/sample-tokens';
import type { KisToken } from '../kis-token';
import { encodeTokenFile } from '../token-codec';

const warnings = new CapturedWarnings();
const SUCCESS = { cooldownMs: 61_000, failure: null };

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

function mayMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'kis-mount-'));
  const may = run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe) && run('umount', probe);
  rmSync(probe, { recursive: true });
  return may;
}

describe('FileKisTokenStore where it cannot write', () => {
  const token = (place: FilePlace, generation = 1): KisToken => sampleToken(place.credential, { generation });

  async function expectRefusal(work: Promise<unknown>, problem: RegExp): Promise<void> {
    const refusal = await work.then(
      () => null,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(KisTokenStoreError);
    expect(String(refusal)).toMatch(problem);
  }

  beforeEach(() => warnings.take());

  describe('because a part of the path is a file', () => {
    const base = mkdtempSync(join(tmpdir(), 'kis-path-'));
    const place = new FilePlace(join(base, 'file'));
    const below = new FilePlace(join(base, 'file', 'tokens'));

    beforeAll(() => {
      writeFileSync(join(base, 'file'), '');
    });

    afterAll(() => {
      rmSync(base, { recursive: true });
    });

    it.each([
      ['itself', place],
      ['above', below],
    ])('(%s) says so, whatever is asked', async (_, { store, credential }) => {
      const problem = /a part of the path is a file\. Remove it or set the option "tokenDir"/;
      await expectRefusal(store.probe(), problem);
      await expectRefusal(store.read(credential), problem);
      await expectRefusal(store.save(credential, token(place)), problem);
    });

    it('takes turns in a directory of this user elsewhere, and says where', async () => {
      expect((await place.store.claim(place.credential, place.claimRequest())).won).toBe(true);
      expect((await place.another().claim(place.credential, place.claimRequest())).won).toBe(false);
      expect(warnings.take()).toContainEqual(
        expect.stringMatching(/a part of the path is a file.* Claims are kept in \/.*\/kis-\d+\//),
      );
    });
  });

  describe('because a stopped process holds the lock', () => {
    let place: FilePlace;
    let holder: Database.Database;

    beforeEach(async () => {
      place = new FilePlace();
      await place.store.save(place.credential, token(place));
      await place.store.reject(place.credential, 'other');
      holder = new Database(place.claims);
      holder.exec('BEGIN IMMEDIATE');
    });

    afterEach(() => {
      holder.close();
      place.remove();
    });

    it('reads as ever', async () => {
      expect((await place.store.read(place.credential)).token).toEqual(token(place));
    });

    it("takes the turn to be somebody else's, for a second", async () => {
      const answer = await place.store.claim(place.credential, place.claimRequest());
      expect(answer).toMatchObject({ won: false, remainingMs: 1000, claim: { open: true } });
    });

    it('gives up after three seconds and says what to look for, whatever is to be changed', async () => {
      const { store, credential } = place;
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
      expect(place.files()).toEqual(['token_PSspecKey0_mock.json']);
    });

    it('goes on when the process is gone', async () => {
      const claiming = place.store.claim(place.credential, place.claimRequest());
      await place.store.read(place.credential);
      holder.exec('ROLLBACK');
      expect((await claiming).won).toBe(true);
    });
  });

  (mayMount() ? describe : describe.skip)('on a file system of its own', () => {
    let place: FilePlace;

    beforeEach(() => {
      const directory = mkdtempSync(join(tmpdir(), 'kis-mount-'));
      run('mount', '-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'tmpfs', directory);
      place = new FilePlace(directory);
    });

    afterEach(() => {
      // Lazily: the databases of the stores are still open.
      while (run('umount', '-l', place.directory));
      place.remove();
    });

    function fillUp(): void {
      const fd = openSync(join(place.directory, '.token_tmp_filler'), 'w');
      try {
        for (;;) writeSync(fd, Buffer.alloc(4096));
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      } finally {
        closeSync(fd);
      }
    }

    describe('that is full', () => {
      it('leaves the old token whole and says so; saves the new one when there is space', async () => {
        await place.store.save(place.credential, token(place));
        fillUp();
        await expectRefusal(
          place.store.save(place.credential, token(place, 2)),
          /the disk is full\. Free some space/,
        );
        await expectRefusal(place.store.probe(), /the disk is full/);
        expect(place.bytes('token').toString()).toBe(encodeTokenFile(token(place)));
        expect(readdirSync(place.directory).filter((name) => name.startsWith('.token_tmp_'))).toEqual([
          '.token_tmp_filler',
        ]);
        rmSync(join(place.directory, '.token_tmp_filler'));
        await expect(place.store.save(place.credential, token(place, 2))).resolves.toBe('saved');
      });

      it('goes on taking turns', async () => {
        const { claim } = await place.store.claim(place.credential, place.claimRequest());
        fillUp();
        await place.store.settle(place.credential, claim, SUCCESS);
        expect(await place.store.read(place.credential)).toMatchObject({
          remainingMs: 61_000,
          claim: { open: false },
        });
        await place.clock.advance(61_000);
        const owner = 'another owner with a longer name than before';
        const next = await place.another().claim(place.credential, place.claimRequest({ owner }));
        expect(next).toMatchObject({ won: true, claim: { generation: 2, owner } });
        expect((await place.store.claim(place.credential, place.claimRequest())).won).toBe(false);
        await place.clock.advance(81_000);
        const last = await place.store.claim(place.credential, place.claimRequest({ owner: 'o' }));
        expect(last).toMatchObject({ won: true, claim: { generation: 3, owner: 'o' } });
        await place.another().settle(place.credential, last.claim, SUCCESS);
        expect(statSync(place.claims).mode & 0o777).toBe(0o600);
        expect((await place.store.read(place.credential)).remainingMs).toBe(61_000);
      });

      it('takes turns elsewhere when none was ever written, and here again when there is space', async () => {
        fillUp();
        const { store, credential } = place;
        expect((await store.claim(credential, place.claimRequest())).won).toBe(true);
        expect(warnings.take()).toEqual([expect.stringMatching(/the disk is full.* Claims are kept in/)]);
        expect((await place.another().claim(credential, place.claimRequest())).won).toBe(false);
        rmSync(join(place.directory, '.token_tmp_filler'));
        expect((await place.another().claim(credential, place.claimRequest())).won).toBe(false);
        await place.another().reject(credential, 'x');
        expect(existsSync(place.claims)).toBe(true);
        expect((await place.another().claim(credential, place.claimRequest())).won).toBe(false);
      });
    });

    describe('that is read-only', () => {
      /** For every process that starts from now on; files that are open keep a whole file system writable. */
      const makeReadOnly = (): boolean =>
        run('mount', '--bind', place.directory, place.directory) &&
        run('mount', '-o', 'remount,bind,ro', place.directory);

      it('reads on, and says so when it is to write', async () => {
        const { credential } = place;
        await place.store.save(credential, token(place));
        makeReadOnly();
        const store = place.another();
        const problem = /the file system is read-only\. Mount it writable, or set the option "tokenDir"/;
        expect((await store.read(credential)).token).toEqual(token(place));
        await expectRefusal(store.probe(), problem);
        await expectRefusal(store.save(credential, token(place, 2)), problem);
        await expectRefusal(store.remove(credential), problem);
      });

      it('obeys a turn that was taken before, and takes the next ones elsewhere', async () => {
        const { credential } = place;
        await place.store.claim(credential, place.claimRequest());
        makeReadOnly();
        const answer = await place.another().claim(credential, place.claimRequest());
        expect(answer).toMatchObject({ won: false, remainingMs: 81_000, claim: { owner: 'owner' } });
        await place.clock.advance(81_000);
        const stores = Array.from({ length: 3 }, () => place.another());
        const answers = await Promise.all(
          stores.map((store) => store.claim(credential, place.claimRequest())),
        );
        expect(answers.map(({ claim }) => claim.generation)).toEqual([2, 2, 2]);
        expect(answers.filter(({ won }) => won)).toHaveLength(1);
        run('umount', '-l', place.directory);
        expect((await place.another().claim(credential, place.claimRequest())).won).toBe(false);
      });
    });
  });
});
