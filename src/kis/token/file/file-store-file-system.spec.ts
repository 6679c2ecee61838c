import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { expectRefusal } from '../../../../test/support/kis/expect-refusal';
import { FileStoreFixture } from '../../../../test/support/kis/file-store-fixture';
import { sampleToken } from '../../testing/sample-tokens';
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

(mayMount() ? describe : describe.skip)('FileKisTokenStore on a file system of its own', () => {
  const token = (fixture: FileStoreFixture, generation = 1): KisToken =>
    sampleToken(fixture.credential, { generation });
  let fixture: FileStoreFixture;

  beforeEach(() => {
    warnings.take();
    const directory = mkdtempSync(join(tmpdir(), 'kis-mount-'));
    run('mount', '-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'tmpfs', directory);
    fixture = new FileStoreFixture(directory);
  });

  afterEach(() => {
    // Lazily: the databases of the stores are still open.
    while (run('umount', '-l', fixture.directory));
    fixture.remove();
  });

  function fillUp(): void {
    const fd = openSync(join(fixture.directory, '.token_tmp_filler'), 'w');
    try {
      for (;;) writeSync(fd, Buffer.alloc(4096));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    } finally {
      closeSync(fd);
    }
  }

  describe('that is full', () => {
    it('leaves the old token intact and reports the failure; saves the new one when there is space', async () => {
      await fixture.store.save(fixture.credential, token(fixture));
      fillUp();
      await expectRefusal(
        fixture.store.save(fixture.credential, token(fixture, 2)),
        /the disk is full\. Free some space/,
      );
      await expectRefusal(fixture.store.probe(), /the disk is full/);
      expect(fixture.bytes('token').toString()).toBe(encodeTokenFile(token(fixture)));
      expect(readdirSync(fixture.directory).filter((name) => name.startsWith('.token_tmp_'))).toEqual([
        '.token_tmp_filler',
      ]);
      rmSync(join(fixture.directory, '.token_tmp_filler'));
      await expect(fixture.store.save(fixture.credential, token(fixture, 2))).resolves.toBe('saved');
    });

    it('still grants claims', async () => {
      const { claim } = await fixture.store.claim(fixture.credential, fixture.claimRequest());
      fillUp();
      await fixture.store.settle(fixture.credential, claim, SUCCESS);
      expect(await fixture.store.read(fixture.credential)).toMatchObject({
        remainingMs: 61_000,
        claim: { open: false },
      });
      await fixture.clock.advance(61_000);
      const owner = 'another owner with a longer name than before';
      const next = await fixture.another().claim(fixture.credential, fixture.claimRequest({ owner }));
      expect(next).toMatchObject({ won: true, claim: { generation: 2, owner } });
      expect((await fixture.store.claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
      await fixture.clock.advance(81_000);
      const last = await fixture.store.claim(fixture.credential, fixture.claimRequest({ owner: 'o' }));
      expect(last).toMatchObject({ won: true, claim: { generation: 3, owner: 'o' } });
      await fixture.another().settle(fixture.credential, last.claim, SUCCESS);
      expect(statSync(fixture.claims).mode & 0o777).toBe(0o600);
      expect((await fixture.store.read(fixture.credential)).remainingMs).toBe(61_000);
    });

    it('keeps claims elsewhere when none was ever written, and here again once there is space', async () => {
      fillUp();
      const { store, credential } = fixture;
      expect((await store.claim(credential, fixture.claimRequest())).won).toBe(true);
      expect(warnings.take()).toEqual([expect.stringMatching(/the disk is full.* Claims are kept in/)]);
      expect((await fixture.another().claim(credential, fixture.claimRequest())).won).toBe(false);
      rmSync(join(fixture.directory, '.token_tmp_filler'));
      expect((await fixture.another().claim(credential, fixture.claimRequest())).won).toBe(false);
      await fixture.another().reject(credential, 'x');
      expect(existsSync(fixture.claims)).toBe(true);
      expect((await fixture.another().claim(credential, fixture.claimRequest())).won).toBe(false);
    });
  });

  describe('that is read-only', () => {
    /** For every process that starts from now on; files that are open keep a whole file system writable. */
    const makeReadOnly = (): boolean =>
      run('mount', '--bind', fixture.directory, fixture.directory) &&
      run('mount', '-o', 'remount,bind,ro', fixture.directory);

    it('can still be read, and writing fails with the reason', async () => {
      const { credential } = fixture;
      await fixture.store.save(credential, token(fixture));
      makeReadOnly();
      const store = fixture.another();
      const problem = /the file system is read-only\. Mount it writable, or set the option "tokenDir"/;
      expect((await store.read(credential)).token).toEqual(token(fixture));
      await expectRefusal(store.probe(), problem);
      await expectRefusal(store.save(credential, token(fixture, 2)), problem);
      await expectRefusal(store.remove(credential), problem);
    });

    it('obeys a claim taken before, and keeps the next ones elsewhere', async () => {
      const { credential } = fixture;
      await fixture.store.claim(credential, fixture.claimRequest());
      makeReadOnly();
      const answer = await fixture.another().claim(credential, fixture.claimRequest());
      expect(answer).toMatchObject({ won: false, remainingMs: 81_000, claim: { owner: 'owner' } });
      await fixture.clock.advance(81_000);
      const stores = Array.from({ length: 3 }, () => fixture.another());
      const answers = await Promise.all(
        stores.map((store) => store.claim(credential, fixture.claimRequest())),
      );
      expect(answers.map(({ claim }) => claim.generation)).toEqual([2, 2, 2]);
      expect(answers.filter(({ won }) => won)).toHaveLength(1);
      run('umount', '-l', fixture.directory);
      expect((await fixture.another().claim(credential, fixture.claimRequest())).won).toBe(false);
    });
  });
});
