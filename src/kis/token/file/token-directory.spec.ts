import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CapturedWarnings } from '../../testing/captured-warnings';
import { Notices } from './notices';
import { TokenDirectory } from './token-directory';

const warnings = new CapturedWarnings();

describe('TokenDirectory', () => {
  let base: string;
  let directory: TokenDirectory;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'kis-directory-'));
    directory = new TokenDirectory(base, new Notices());
    warnings.take();
  });

  afterEach(() => {
    rmSync(base, { recursive: true, force: true });
  });

  const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

  it.each([
    ['~/KIS/tokens', join(homedir(), 'KIS/tokens'), '~/KIS/tokens/a.json'],
    ['~', homedir(), '~/a.json'],
    ['/var/lib/../tokens', '/var/tokens', '/var/tokens/a.json'],
    ['/data/~/x', '/data/~/x', '/data/~/x/a.json'],
    ['~other/x', join(process.cwd(), '~other/x'), null],
  ])('takes %s for %s', (configured, path, shown) => {
    const place = new TokenDirectory(configured, new Notices());
    expect(place.path).toBe(path);
    if (shown !== null) expect(place.shown('a.json')).toBe(shown);
  });

  it('is made with what is missing above it, for its owner only', () => {
    const deep = new TokenDirectory(join(base, 'a/b/c'), new Notices());
    deep.ensure();
    deep.ensure();
    expect(['a', 'a/b', 'a/b/c'].map((path) => modeOf(join(base, path)))).toEqual(['700', '700', '700']);
    expect(modeOf(base)).toBe('700');
  });

  describe('that others may open', () => {
    it.each([
      ['empty', []],
      ['with tokens', ['token_PSspecKey0_mock.json', '.token_x.claim', '.token_tmp_1']],
    ])('is closed to them when it is ours: %s', (_, names) => {
      for (const name of names) writeFileSync(join(base, name), '');
      chmodSync(base, 0o755);
      directory.tighten();
      directory.tighten();
      expect(modeOf(base)).toBe('700');
      expect(warnings.take()).toEqual([
        `${base} could be opened by other users; it is now for you only (0700).`,
      ]);
    });

    it.each([
      ['holds other things', 0o755, ['notes.txt', 'token_a_mock.json']],
      ['is sticky', 0o1777, []],
      ['is for a group', 0o2775, []],
    ])('stays as it is when it %s', (_, mode, names) => {
      for (const name of names) writeFileSync(join(base, name), '');
      chmodSync(base, mode);
      directory.tighten();
      expect(modeOf(base)).toBe(mode.toString(8));
      expect(warnings.take()).toEqual([]);
    });

    const asRoot = process.getuid?.() === 0;
    (asRoot ? it : it.skip)("stays as it is when it is somebody else's", async () => {
      const { chownSync } = await import('node:fs');
      chownSync(base, 65534, 65534);
      chmodSync(base, 0o755);
      directory.tighten();
      expect(modeOf(base)).toBe('755');
    });
  });

  it('sweeps what killed writers left, and nothing else', () => {
    const now = Date.now();
    const put = (name: string, ageMs: number): void => {
      writeFileSync(join(base, name), '');
      utimesSync(join(base, name), (now - ageMs) / 1000, (now - ageMs) / 1000);
    };
    put('.token_tmp_old', 700_000);
    put('.token_tmp_new', 500_000);
    put('.token_x.claim', 700_000);
    put('token_x_mock.json', 700_000);
    put('tmp', 700_000);
    directory.sweepTemporaries(now);
    expect(readdirSync(base).sort()).toEqual([
      '.token_tmp_new',
      '.token_x.claim',
      'tmp',
      'token_x_mock.json',
    ]);
  });

  describe('read', () => {
    const name = 'token_a_mock.json';

    it.each([0o644, 0o660, 0o604, 0o666])(
      'closes a file with the mode %o to others, and says so once',
      async (mode) => {
        writeFileSync(join(base, name), 'content');
        chmodSync(join(base, name), mode);
        const found = await directory.read(name);
        chmodSync(join(base, name), mode);
        await directory.read(name);
        expect(found?.bytes.toString()).toBe('content');
        expect(modeOf(join(base, name))).toBe('600');
        expect(warnings.take()).toEqual([
          `${join(base, name)} could be read by other users; it is now for you only (0600).`,
        ]);
      },
    );

    it.each([0o600, 0o400])('leaves a file with the mode %o as it is', async (mode) => {
      writeFileSync(join(base, name), 'content');
      chmodSync(join(base, name), mode);
      await directory.read(name);
      expect(modeOf(join(base, name))).toBe(mode.toString(8));
      expect(warnings.take()).toEqual([]);
    });

    it('gives what the file held and when it changed, awaited or at once', async () => {
      writeFileSync(join(base, name), 'content');
      utimesSync(join(base, name), 1, 1234.5);
      const expected = { bytes: Buffer.from('content'), changedAt: 1_234_500 };
      await expect(directory.read(name)).resolves.toEqual(expected);
      expect(directory.readNow(name)).toEqual(expected);
    });

    it('gives nothing for a file that does not exist', async () => {
      await expect(directory.read(name)).resolves.toBeNull();
      expect(directory.readNow(name)).toBeNull();
    });

    it('follows no link', async () => {
      writeFileSync(join(base, 'elsewhere'), 'content');
      symlinkSync(join(base, 'elsewhere'), join(base, name));
      await expect(directory.read(name)).rejects.toMatchObject({ code: 'ELOOP' });
      expect(() => directory.readNow(name)).toThrow(/ELOOP/);
    });

    it('takes no directory for a file', async () => {
      mkdirSync(join(base, name));
      await expect(directory.read(name)).rejects.toMatchObject({ code: 'EISDIR' });
      expect(() => directory.readNow(name)).toThrow('a directory');
    });
  });

  it('exists when it does', () => {
    expect(directory.exists).toBe(true);
    rmSync(base, { recursive: true });
    expect(directory.exists).toBe(existsSync(base));
  });
});
