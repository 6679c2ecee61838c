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
import { FileStoreFixture } from '../../../../test/support/kis/file-store-fixture';
import { SAMPLE_KEY, sampleJwt, sampleToken } from '../../testing/sample-tokens';
import type { KisToken } from '../kis-token';
import type { FileKisTokenStore } from './file-kis-token.store';
import { encodeTokenFile } from '../token-codec';

const warnings = new CapturedWarnings();
const GOOD = 'token';

describe('FileKisTokenStore and damage', () => {
  let fixture: FileStoreFixture;
  /** Another process. */
  let other: FileKisTokenStore;

  beforeEach(() => {
    fixture = new FileStoreFixture();
    other = fixture.another();
    warnings.take();
  });

  afterEach(() => {
    fixture.remove();
  });

  const token = (generation = 5): KisToken =>
    sampleToken(fixture.credential, {
      generation,
      accessToken: sampleJwt({ jti: SAMPLE_KEY, iat: 1_795_305_600 + generation, exp: 1_795_392_000 }),
    });

  async function isTurnTaken(): Promise<boolean> {
    return !(await other.claim(fixture.credential, fixture.claimRequest())).won;
  }

  /** Reads the token file with this content: what is said of it, and whether the claim is obeyed. */
  async function look(bytes: Buffer): Promise<string> {
    fixture.put('token', bytes);
    const found = await other.read(fixture.credential);
    return `${found.token ? GOOD : (found.absence ?? 'nothing')}, ${(await isTurnTaken()) ? 'claim obeyed' : 'CLAIM LOST'}`;
  }

  /** The database, or what is in its place, was changed now, by the clock of the test. */
  function aged(): void {
    lutimesSync(fixture.claims, fixture.clock.now() / 1000, fixture.clock.now() / 1000);
  }

  async function holdClaim(): Promise<void> {
    // Longer than the test goes on: looking at damaged files takes time.
    await fixture.store.claim(fixture.credential, fixture.claimRequest({ holdMs: 10_000_000 }));
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
    await fixture.store.save(fixture.credential, token());
    expect((await fixture.store.read(fixture.credential)).token).toEqual(token());
  });

  it('does not read a file without end', async () => {
    fixture.put('token', '{');
    truncateSync(fixture.path('token'), 2 ** 40);
    const found = await fixture.store.read(fixture.credential);
    expect(found).toMatchObject({ token: null, absence: 'damaged' });
    expect(statSync(fixture.path('damaged')).size).toBeLessThan(1_000_000);
    expect(warnings.take()).toHaveLength(1);
  });

  it('keeps one copy of a damaged file, for the owner only, and logs that once', async () => {
    const damaged = encodeTokenFile(token()).slice(0, 300);
    fixture.put('token', damaged);
    for (let looks = 0; looks < 3; looks += 1) await fixture.store.read(fixture.credential);
    expect(fixture.bytes('damaged').toString()).toBe(damaged);
    expect(statSync(fixture.path('damaged')).mode & 0o777).toBe(0o600);
    expect(fixture.files()).toEqual([fixture.names.damaged, fixture.names.token]);
    expect(warnings.take()).toEqual([
      `${fixture.path('token')} cannot be used: it is not a whole JSON object. A copy is kept as ${fixture.names.damaged}.`,
    ]);
  });

  it('keeps the newest when a file is damaged again', async () => {
    fixture.put('token', 'first');
    await fixture.store.read(fixture.credential);
    fixture.put('token', 'second');
    utimesSync(fixture.path('token'), 1, 1);
    await fixture.store.read(fixture.credential);
    expect(fixture.bytes('damaged').toString()).toBe('second');
    expect(warnings.take()).toHaveLength(2);
  });

  it('writes its copy over a link, never through it', async () => {
    const elsewhere = join(fixture.directory, 'precious');
    writeFileSync(elsewhere, 'precious');
    symlinkSync(elsewhere, fixture.path('damaged'));
    fixture.put('token', 'damaged');
    await fixture.store.read(fixture.credential);
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
    expect(fixture.bytes('damaged').toString()).toBe('damaged');
  });

  describe('that makes a file something else', () => {
    function putElse(what: string, path: string): void {
      rmSync(path, { force: true });
      if (what === 'a directory') mkdirSync(path);
      if (what === 'a pipe') spawnSync('sh', ['-c', 'mkfifo "$0"', path]);
      if (what === 'a symbolic link') symlinkSync(join(fixture.directory, 'elsewhere'), path);
    }

    beforeEach(() => {
      writeFileSync(join(fixture.directory, 'elsewhere'), encodeTokenFile(token(3)));
    });

    it.each([
      ['a directory', /there is a directory of that name/],
      ['a pipe', /not a regular file/],
      ['a symbolic link', /symbolic link, which is refused/],
    ])('refuses %s for a token, and takes turns all the same', async (what, problem) => {
      putElse(what, fixture.path('token'));
      await expect(fixture.store.read(fixture.credential)).rejects.toThrow(problem);
      await expect(fixture.store.save(fixture.credential, token())).rejects.toThrow(problem);
      expect((await fixture.store.claim(fixture.credential, fixture.claimRequest())).won).toBe(true);
      expect(await isTurnTaken()).toBe(true);
      expect(readFileSync(join(fixture.directory, 'elsewhere'), 'utf8')).toBe(encodeTokenFile(token(3)));
    });

    it.each(['a pipe', 'a symbolic link'])(
      'treats %s instead of the database as damage, and replaces it',
      async (what) => {
        await fixture.store.save(fixture.credential, token());
        putElse(what, fixture.claims);
        aged();
        const store = fixture.another();
        expect((await store.read(fixture.credential)).token).toEqual(token());
        expect((await store.claim(fixture.credential, fixture.claimRequest())).won).toBe(false);
        await fixture.clock.advance(90_000);
        expect((await store.claim(fixture.credential, fixture.claimRequest())).won).toBe(true);
        expect(statSync(fixture.claims).isFile()).toBe(true);
        expect(readFileSync(join(fixture.directory, 'elsewhere'), 'utf8')).toBe(encodeTokenFile(token(3)));
      },
    );

    it('keeps claims elsewhere when a directory has the name of the database, and logs where', async () => {
      putElse('a directory', fixture.claims);
      const one = fixture.another();
      await expect(one.claim(fixture.credential, fixture.claimRequest())).rejects.toMatchObject({
        message: expect.stringMatching(
          /there is a directory of that name\. Remove it\..* the next request is due in 90 s/,
        ) as string,
        retryAt: new Date(fixture.clock.now() + 90_000),
      });
      await fixture.clock.advance(90_000);
      expect((await one.claim(fixture.credential, fixture.claimRequest())).won).toBe(true);
      expect(await isTurnTaken()).toBe(true);
      expect(warnings.take()).toContainEqual(
        expect.stringMatching(/there is a directory of that name\. Remove it\. Claims are kept in .*kis-\d+/),
      );
    });
  });
});
