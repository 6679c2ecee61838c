import { tryLock } from 'fs-native-extensions';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
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
import { CapturedWarnings } from '../../testing/captured-warnings';
import { FilePlace } from '../../testing/file-place';
import { sampleToken } from '../../testing/sample-tokens';
import type { KisToken } from '../kis-token';
import { encodeTokenFile } from './token-file';

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
    await expect(work).rejects.toThrow(KisTokenStoreError);
    await expect(work).rejects.toThrow(problem);
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
      const problem = /a part of the path is a file\. Remove it or set KIS_TOKEN_DIR/;
      await expectRefusal(store.probe(), problem);
      await expectRefusal(store.save(credential, token(place)), problem);
      await expectRefusal(store.claim(credential, place.claimRequest()), problem);
      await expectRefusal(store.reject(credential, 'x'), problem);
    });
  });

  describe('because a stopped process holds the lock', () => {
    let place: FilePlace;
    let fd: number;

    beforeEach(async () => {
      place = new FilePlace();
      await place.store.save(place.credential, token(place));
      fd = openSync(place.path('lock'), 'r+');
      tryLock(fd);
    });

    afterEach(() => {
      closeSync(fd);
      place.remove();
    });

    it('reads as ever', async () => {
      expect((await place.store.read(place.credential)).token).toEqual(token(place));
    });

    it("takes the turn to be somebody else's, for a second", async () => {
      const began = place.clock.monotonic();
      const answer = await place.store.claim(place.credential, place.claimRequest());
      expect(answer).toMatchObject({ won: false, remainingMs: 1000, claim: { open: true } });
      expect(place.clock.monotonic() - began).toBeLessThanOrEqual(3000);
    });

    it.each<[string, (place: FilePlace) => Promise<unknown>]>([
      ['save', ({ store, credential }) => store.save(credential, sampleToken(credential, { generation: 2 }))],
      ['remove', ({ store, credential }) => store.remove(credential)],
      ['reject', ({ store, credential }) => store.reject(credential, 'x')],
    ])('%s gives up after three seconds and says what to look for', async (_, act) => {
      await expectRefusal(act(place), /another process holds its lock and does not go on.*state T/);
      expect(place.files()).toEqual(['token_PSspecKey0_mock.json']);
    });

    it('goes on when the process is gone', async () => {
      place.clock.meanwhile = () => {
        closeSync(fd);
        place.clock.meanwhile = () => undefined;
      };
      expect((await place.store.claim(place.credential, place.claimRequest())).won).toBe(true);
      fd = openSync(place.path('lock'), 'r+');
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
      run('umount', place.directory);
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
        expect(statSync(place.path('claim')).mode & 0o777).toBe(0o600);
        expect((await place.store.read(place.credential)).remainingMs).toBe(61_000);
      });

      it('has no turns to give when none was ever written', async () => {
        fillUp();
        await expectRefusal(place.store.claim(place.credential, place.claimRequest()), /the disk is full/);
      });
    });

    describe('that is read-only', () => {
      const makeReadOnly = (): boolean => run('mount', '-o', 'remount,ro', place.directory);

      it('reads on, and says so when it is to write', async () => {
        await place.store.save(place.credential, token(place));
        makeReadOnly();
        const problem = /the file system is read-only\. Mount it writable, or set KIS_TOKEN_DIR/;
        expect((await place.store.read(place.credential)).token).toEqual(token(place));
        await expectRefusal(place.store.probe(), problem);
        await expectRefusal(place.store.save(place.credential, token(place, 2)), problem);
        await expectRefusal(place.store.remove(place.credential), problem);
        await expectRefusal(place.store.claim(place.credential, place.claimRequest()), problem);
      });

      it('obeys a turn that was taken before', async () => {
        await place.store.claim(place.credential, place.claimRequest());
        makeReadOnly();
        const answer = await place.another().claim(place.credential, place.claimRequest());
        expect(answer).toMatchObject({ won: false, remainingMs: 81_000, claim: { owner: 'owner' } });
      });
    });
  });
});
