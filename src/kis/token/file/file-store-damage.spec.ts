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
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { FilePlace } from '../../../../test/support/kis/file-place';
import { SAMPLE_KEY, sampleJwt, sampleToken } from '../../../../test/support/kis/sample-tokens';
import type { KisToken } from '../kis-token';
import type { FileKisTokenStore } from './file-kis-token.store';
import { encodeTokenFile } from '../token-codec';

const warnings = new CapturedWarnings();
const GOOD = 'token';

describe('FileKisTokenStore and damage', () => {
  let place: FilePlace;
  /** Another process. */
  let other: FileKisTokenStore;

  beforeEach(() => {
    place = new FilePlace();
    other = place.another();
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
    return !(await other.claim(place.credential, place.claimRequest())).won;
  }

  /** Reads the token file with this content: what is said of it, and whether the claim is obeyed. */
  async function look(bytes: Buffer): Promise<string> {
    place.put('token', bytes);
    const found = await other.read(place.credential);
    return `${found.token ? GOOD : (found.absence ?? 'nothing')}, ${(await isTurnTaken()) ? 'claim obeyed' : 'CLAIM LOST'}`;
  }

  /** The database, or what is in its place, was changed now, by the clock of the test. */
  function aged(): void {
    lutimesSync(place.claims, place.clock.now() / 1000, place.clock.now() / 1000);
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
    function putElse(what: string, path: string): void {
      rmSync(path, { force: true });
      if (what === 'a directory') mkdirSync(path);
      if (what === 'a pipe') spawnSync('sh', ['-c', 'mkfifo "$0"', path]);
      if (what === 'a symbolic link') symlinkSync(join(place.directory, 'elsewhere'), path);
    }

    beforeEach(() => {
      writeFileSync(join(place.directory, 'elsewhere'), encodeTokenFile(token(3)));
    });

    it.each([
      ['a directory', /there is a directory of that name/],
      ['a pipe', /not a regular file/],
      ['a symbolic link', /symbolic link, which is refused/],
    ])('refuses %s for a token, and takes turns all the same', async (what, problem) => {
      putElse(what, place.path('token'));
      await expect(place.store.read(place.credential)).rejects.toThrow(problem);
      await expect(place.store.save(place.credential, token())).rejects.toThrow(problem);
      expect((await place.store.claim(place.credential, place.claimRequest())).won).toBe(true);
      expect(await isTurnTaken()).toBe(true);
      expect(readFileSync(join(place.directory, 'elsewhere'), 'utf8')).toBe(encodeTokenFile(token(3)));
    });

    it.each(['a pipe', 'a symbolic link'])(
      'takes %s in place of the claims for damage, and replaces it',
      async (what) => {
        await place.store.save(place.credential, token());
        putElse(what, place.claims);
        aged();
        const store = place.another();
        expect((await store.read(place.credential)).token).toEqual(token());
        expect((await store.claim(place.credential, place.claimRequest())).won).toBe(false);
        await place.clock.advance(90_000);
        expect((await store.claim(place.credential, place.claimRequest())).won).toBe(true);
        expect(statSync(place.claims).isFile()).toBe(true);
        expect(readFileSync(join(place.directory, 'elsewhere'), 'utf8')).toBe(encodeTokenFile(token(3)));
      },
    );

    it('takes turns elsewhere when a directory is in place of the claims, and says where', async () => {
      putElse('a directory', place.claims);
      const one = place.another();
      expect((await one.claim(place.credential, place.claimRequest())).won).toBe(true);
      expect(await isTurnTaken()).toBe(true);
      expect(warnings.take()).toContainEqual(
        expect.stringMatching(/there is a directory of that name\. Remove it\. Claims are kept in .*kis-\d+/),
      );
    });
  });

  describe('to the database with the claims', () => {
    const DAMAGES: [string, (bytes: Buffer) => Buffer][] = [
      ['empty', () => Buffer.alloc(0)],
      ['NUL bytes', (bytes) => Buffer.alloc(bytes.length)],
      ['cut off', (bytes) => bytes.subarray(0, 99)],
      ['cut off at a page', (bytes) => bytes.subarray(0, 4096)],
      ['text', () => Buffer.from('hello')],
      ['edited', (bytes) => Buffer.from(bytes.toString('latin1').replace('81000', '11000'), 'latin1')],
    ];

    it.each(DAMAGES)('(%s) lets nobody in before the longest claim has ended', async (_, damage) => {
      await place.store.claim(place.credential, place.claimRequest());
      writeFileSync(place.claims, damage(readFileSync(place.claims)));
      aged();
      const store = place.another();
      expect((await store.claim(place.credential, place.claimRequest())).won).toBe(false);
      await place.clock.advance(89_990);
      expect((await store.claim(place.credential, place.claimRequest())).won).toBe(false);
      await place.clock.advance(20);
      expect((await store.claim(place.credential, place.claimRequest({ above: 5 }))).claim.generation).toBe(
        6,
      );
      expect(warnings.take()).toEqual([
        expect.stringMatching(/\.token_state\.db was damaged .* is replaced/),
      ]);
    });

    it('keeps a copy of it, and what this process knew', async () => {
      await place.store.claim(place.credential, place.claimRequest());
      const damaged = Buffer.alloc(3000, 'x');
      writeFileSync(place.claims, damaged);
      await place.store.reject(place.credential, 'deadbeefdeadbeef');
      expect(readFileSync(`${place.claims}.damaged`)).toEqual(damaged);
      expect(statSync(`${place.claims}.damaged`).mode & 0o777).toBe(0o600);
      expect((await place.another().read(place.credential)).claim).toMatchObject({
        generation: 1,
        owner: 'owner',
        rejected: 'deadbeefdeadbeef',
      });
    });

    it('does not shorten the turns of a program with a longer timeout', async () => {
      const request = place.claimRequest({ holdMs: 361_000 });
      await place.store.claim(place.credential, request);
      writeFileSync(place.claims, '');
      aged();
      const store = place.another();
      await store.read(place.credential);
      await place.clock.advance(360_000);
      expect((await store.claim(place.credential, request)).won).toBe(false);
    });

    it('is the same to the others, of which one replaces it', async () => {
      await place.store.claim(place.credential, place.claimRequest({ holdMs: 10_000_000 }));
      writeFileSync(place.claims, 'damaged');
      const stores = Array.from({ length: 5 }, () => place.another());
      const answers = await Promise.all(
        stores.map((store) => store.claim(place.credential, place.claimRequest())),
      );
      expect(answers.map(({ won }) => won)).toEqual(stores.map(() => false));
      expect((await place.store.claim(place.credential, place.claimRequest())).won).toBe(false);
    });

    it('by deleting it does not make the process that has a claim forget it', async () => {
      await holdClaim();
      rmSync(place.claims);
      expect((await place.store.claim(place.credential, place.claimRequest())).won).toBe(false);
      await place.store.reject(place.credential, 'deadbeefdeadbeef');
      expect(await isTurnTaken()).toBe(true);
    });
  });
});
