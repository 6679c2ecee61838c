import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Notice } from './notices';
import { PrivateDirectory } from './private-directory';

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

describe('PrivateDirectory', () => {
  let base: string;
  let directory: PrivateDirectory;
  let notices: string[];

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'kis-directory-'));
    notices = [];
    directory = open(base);
  });

  afterEach(() => {
    rmSync(base, { recursive: true, force: true });
  });

  function open(path: string): PrivateDirectory {
    const reported = new Set<string>();
    return new PrivateDirectory(path, path, ({ about, text }: Notice) => {
      if (!reported.has(about + text)) notices.push(text);
      reported.add(about + text);
    });
  }

  const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

  it('is created with its missing parents, for its owner only', () => {
    const deep = open(join(base, 'a/b/c'));
    deep.ensure();
    deep.ensure();
    expect(['a', 'a/b', 'a/b/c'].map((path) => modeOf(join(base, path)))).toEqual(['700', '700', '700']);
    expect(modeOf(base)).toBe('700');
  });

  describe('that other users may open', () => {
    it.each([
      ['empty', []],
      ['with tokens', ['token_PSspecKey0_mock.json', '.token_x.claim', '.token_tmp_1']],
    ])('is closed to them when it is ours: %s', (_, names) => {
      for (const name of names) writeFileSync(join(base, name), '');
      chmodSync(base, 0o755);
      directory.prepare(0);
      directory.prepare(0);
      expect(modeOf(base)).toBe('700');
      expect(notices).toEqual([`${base} could be opened by other users; it is now for you only (0700).`]);
    });

    it.each([
      ['holds other things', 0o755, ['notes.txt', 'token_a_mock.json'], []],
      ['is sticky', 0o1777, [], ['can be changed by other users (mode 1777)']],
      ['is for a group', 0o2775, [], ['can be changed by other users (mode 2775)']],
    ])('stays as it is when it %s', (_, mode, names, words) => {
      for (const name of names) writeFileSync(join(base, name), '');
      chmodSync(base, mode);
      directory.prepare(0);
      expect(modeOf(base)).toBe(mode.toString(8));
      expect(notices).toEqual(words.map((word) => expect.stringContaining(word) as string));
    });

    (isRoot ? it : it.skip)("stays as it is when it is somebody else's, and that is reported", () => {
      chownSync(base, NOBODY, NOBODY);
      chmodSync(base, 0o755);
      directory.prepare(0);
      expect(modeOf(base)).toBe('755');
      expect(notices).toEqual([expect.stringContaining('belongs to another user (uid 65534)')]);
    });
  });

  it('removes what killed writers left, and nothing else', () => {
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
    directory.prepare(now);
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
      'closes a file with the mode %o to others, and logs that once',
      (mode) => {
        writeFileSync(join(base, name), 'content');
        chmodSync(join(base, name), mode);
        const found = directory.read(name);
        chmodSync(join(base, name), mode);
        directory.read(name);
        expect(found?.bytes.toString()).toBe('content');
        expect(modeOf(join(base, name))).toBe('600');
        expect(notices).toEqual([
          `${join(base, name)} could be read by other users; it is now for you only (0600).`,
        ]);
      },
    );

    it.each([0o600, 0o400])('leaves a file with the mode %o as it is', (mode) => {
      writeFileSync(join(base, name), 'content');
      chmodSync(join(base, name), mode);
      directory.read(name);
      expect(modeOf(join(base, name))).toBe(mode.toString(8));
      expect(notices).toEqual([]);
    });

    it('returns what the file held and when it changed', () => {
      writeFileSync(join(base, name), 'content');
      utimesSync(join(base, name), 1, 1234.5);
      expect(directory.read(name)).toEqual({ bytes: Buffer.from('content'), changedAt: 1_234_500 });
    });

    it('returns null for a file that does not exist', () => {
      expect(directory.read(name)).toBeNull();
    });

    it('reads no more than 64 KiB, however much there is', () => {
      writeFileSync(join(base, name), 'content');
      truncateSync(join(base, name), 2 ** 40);
      expect(directory.read(name)?.bytes).toHaveLength(65_536);
    });

    it('follows no link', () => {
      writeFileSync(join(base, 'elsewhere'), 'content');
      symlinkSync(join(base, 'elsewhere'), join(base, name));
      expect(() => directory.read(name)).toThrow(/ELOOP/);
    });

    it('does not read a directory as a file', () => {
      mkdirSync(join(base, name));
      expect(() => directory.read(name)).toThrow('a directory');
    });

    (isRoot ? it : it.skip)('reads no file of another user', () => {
      writeFileSync(join(base, name), 'content', { mode: 0o600 });
      chownSync(join(base, name), NOBODY, NOBODY);
      expect(() => directory.read(name)).toThrow('it belongs to another user (uid 65534)');
    });
  });

  it('states whether it exists', () => {
    expect(directory.exists).toBe(true);
    rmSync(base, { recursive: true });
    expect(directory.exists).toBe(existsSync(base));
  });
});
