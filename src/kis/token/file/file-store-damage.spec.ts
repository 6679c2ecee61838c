import { spawnSync } from 'node:child_process';
import {
  lutimesSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CapturedWarnings } from '../../testing/captured-warnings';
import { FilePlace } from '../../testing/file-place';
import { SAMPLE_KEY, sampleJwt, sampleToken } from '../../testing/sample-tokens';
import type { KisToken } from '../kis-token';
import { encodeTokenFile } from './token-file';

const warnings = new CapturedWarnings();
const GOOD = 'token';

describe('FileKisTokenStore and damage', () => {
  let place: FilePlace;

  beforeEach(() => {
    place = new FilePlace();
    warnings.take();
  });

  afterEach(() => {
    place.remove();
  });

  const token = (generation = 5): KisToken =>
    sampleToken(place.credential, {
      generation,
      accessToken: sampleJwt({ jti: SAMPLE_KEY, iat: 1_795_305_600 + generation, exp: 1_795_392_000 }),
    });

  async function isTurnTaken(): Promise<boolean> {
    return !(await place.another().claim(place.credential, place.claimRequest())).won;
  }

  /** Reads the token file with this content: what is said of it, and whether the claim is obeyed. */
  async function look(bytes: Buffer): Promise<string> {
    place.put('token', bytes);
    const found = await place.another().read(place.credential);
    return `${found.token ? GOOD : (found.absence ?? 'nothing')}, ${(await isTurnTaken()) ? 'claim obeyed' : 'CLAIM LOST'}`;
  }

  /** The claim file, or what is in its place, was changed now, by the clock of the test. */
  function aged(): void {
    lutimesSync(place.path('claim'), place.clock.now() / 1000, place.clock.now() / 1000);
  }

  async function holdClaim(): Promise<void> {
    // Longer than the test goes on: looking at damaged files takes time.
    await place.store.claim(place.credential, place.claimRequest({ holdMs: 10_000_000 }));
  }

  it('uses no token file that was cut off, at any byte, and obeys the claim', async () => {
    await holdClaim();
    const whole = Buffer.from(encodeTokenFile(token()).trimEnd());
    for (let length = 0; length < whole.length; length += 1) {
      expect([length, await look(whole.subarray(0, length))]).toEqual([length, 'damaged, claim obeyed']);
    }
    expect(await look(whole)).toBe('token, claim obeyed');
  }, 180_000);

  it('uses no token file with a changed bit, and obeys the claim', async () => {
    await holdClaim();
    const whole = Buffer.from(encodeTokenFile(token()));
    // Every bit of every byte is the matter of the file's own tests.
    for (let at = 0; at < whole.length; at += 5) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at % 8)), at);
      expect([at, await look(changed)]).toEqual([at, 'damaged, claim obeyed']);
    }
  }, 180_000);

  it.each([
    ['nothing', () => Buffer.alloc(0)],
    ['NUL bytes', () => Buffer.alloc(4096)],
    ['noise', () => Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919) % 256))],
    [
      'a token and then much more',
      () => Buffer.concat([Buffer.from(encodeTokenFile(token())), Buffer.alloc(200_000, ' x')]),
    ],
  ])('takes a file with %s for damaged, and replaces it', async (_, content) => {
    await holdClaim();
    expect(await look(content())).toBe('damaged, claim obeyed');
    await place.store.save(place.credential, token());
    expect((await place.store.read(place.credential)).token).toEqual(token());
  });

  it('does not read a file without end', async () => {
    place.put('token', '{');
    truncateSync(place.path('token'), 2 ** 40);
    const found = await place.store.read(place.credential);
    expect(found).toMatchObject({ token: null, absence: 'damaged' });
    expect(statSync(place.path('damaged')).size).toBeLessThan(1_000_000);
    expect(warnings.take()).toHaveLength(1);
  });

  it('keeps one copy of a damaged file, for the owner only, and says so once', async () => {
    const damaged = encodeTokenFile(token()).slice(0, 300);
    place.put('token', damaged);
    for (let looks = 0; looks < 3; looks += 1) await place.store.read(place.credential);
    expect(place.bytes('damaged').toString()).toBe(damaged);
    expect(statSync(place.path('damaged')).mode & 0o777).toBe(0o600);
    expect(place.files()).toEqual([place.names.damaged, place.names.token]);
    expect(warnings.take()).toEqual([
      `${place.path('token')} cannot be used: it is not a whole JSON object. A copy is kept as ${place.names.damaged}.`,
    ]);
  });

  it('keeps the newest when a file is damaged again', async () => {
    place.put('token', 'first');
    await place.store.read(place.credential);
    place.put('token', 'second');
    utimesSync(place.path('token'), 1, 1);
    await place.store.read(place.credential);
    expect(place.bytes('damaged').toString()).toBe('second');
    expect(warnings.take()).toHaveLength(2);
  });

  it('writes its copy over a link, never through it', async () => {
    const elsewhere = join(place.directory, 'precious');
    writeFileSync(elsewhere, 'precious');
    symlinkSync(elsewhere, place.path('damaged'));
    place.put('token', 'damaged');
    await place.store.read(place.credential);
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
    expect(place.bytes('damaged').toString()).toBe('damaged');
  });

  describe('that makes a file something else', () => {
    function putElse(what: string, at: 'token' | 'claim' | 'lock'): void {
      rmSync(place.path(at), { force: true });
      if (what === 'a directory') mkdirSync(place.path(at));
      if (what === 'a pipe') spawnSync('sh', ['-c', 'mkfifo "$0"', place.path(at)]);
      if (what === 'a symbolic link') symlinkSync(join(place.directory, 'elsewhere'), place.path(at));
    }

    beforeEach(() => {
      writeFileSync(join(place.directory, 'elsewhere'), encodeTokenFile(token(3)));
    });

    it.each([
      ['a directory', /there is a directory of that name/],
      ['a pipe', /no ordinary file/],
      ['a symbolic link', /symbolic link, which is refused/],
    ])('refuses %s for a token, and takes turns all the same', async (what, problem) => {
      putElse(what, 'token');
      await expect(place.store.read(place.credential)).rejects.toThrow(problem);
      await expect(place.store.save(place.credential, token())).rejects.toThrow(problem);
      expect((await place.store.claim(place.credential, place.claimRequest())).won).toBe(true);
      expect(await isTurnTaken()).toBe(true);
      expect(readFileSync(join(place.directory, 'elsewhere'), 'utf8')).toBe(encodeTokenFile(token(3)));
    });

    it.each(['a directory', 'a pipe', 'a symbolic link'])(
      'obeys %s in place of a claim like a damaged one',
      async (what) => {
        await place.store.save(place.credential, token());
        putElse(what, 'claim');
        aged();
        const found = await place.store.read(place.credential);
        expect(found.token).toEqual(token());
        expect(found.remainingMs).toBeGreaterThan(0);
        expect(await isTurnTaken()).toBe(true);
      },
    );

    it.each(['a pipe', 'a symbolic link'])('replaces %s in place of a claim in the end', async (what) => {
      putElse(what, 'claim');
      aged();
      const store = place.another();
      await store.claim(place.credential, place.claimRequest());
      await place.clock.advance(90_000);
      expect((await store.claim(place.credential, place.claimRequest())).won).toBe(true);
      expect(statSync(place.path('claim')).isFile()).toBe(true);
      expect(readFileSync(join(place.directory, 'elsewhere'), 'utf8')).toBe(encodeTokenFile(token(3)));
    });

    it.each(['a directory', 'a symbolic link'])('never locks %s', async (what) => {
      putElse(what, 'lock');
      await expect(place.store.claim(place.credential, place.claimRequest())).rejects.toThrow(
        /cannot be used/,
      );
    });
  });

  describe('to a claim file', () => {
    it.each([
      ['empty', () => Buffer.alloc(0)],
      ['NUL bytes', (text: Buffer) => Buffer.alloc(text.length)],
      ['cut off', (text: Buffer) => text.subarray(0, 99)],
      ['edited', (text: Buffer) => Buffer.from(text.toString().replace('81000', '1'))],
    ])('(%s) lets nobody in before the longest claim has ended', async (_, damage) => {
      const { store } = place;
      await store.claim(place.credential, place.claimRequest());
      place.put('claim', damage(place.bytes('claim')));
      aged();
      await place.clock.advance(89_990);
      expect((await store.claim(place.credential, place.claimRequest())).won).toBe(false);
      await place.clock.advance(20);
      expect((await store.claim(place.credential, place.claimRequest({ above: 5 }))).claim.generation).toBe(
        6,
      );
    });

    it('does not shorten the turns of a program with a longer timeout', async () => {
      const request = place.claimRequest({ holdMs: 361_000 });
      await place.store.claim(place.credential, request);
      place.put('claim', '');
      aged();
      await place.clock.advance(360_000);
      expect((await place.store.claim(place.credential, request)).won).toBe(false);
    });

    it('keeps it readable for the next when a refusal or a settlement comes first', async () => {
      const { claim } = await place.store.claim(place.credential, place.claimRequest());
      place.put('claim', 'damaged');
      await place.store.settle(place.credential, claim, { cooldownMs: 0, failure: null });
      expect(await isTurnTaken()).toBe(true);
      await place.store.reject(place.credential, 'deadbeefdeadbeef');
      expect((await place.store.read(place.credential)).claim.rejected).toBe('deadbeefdeadbeef');
      expect(await isTurnTaken()).toBe(true);
    });
  });
});
