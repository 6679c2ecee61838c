import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettingsFile, SettingsFileError } from './settings-file';

const onPosix = process.platform === 'win32' ? it.skip : it;
const asRoot = process.geteuid?.() === 0 ? it : it.skip;

describe('readSettingsFile', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'settings-'));
    path = join(directory, 'file');
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('is null without a file', () => {
    expect(readSettingsFile(path)).toBeNull();
  });

  onPosix.each([
    [0o600, null],
    [0o400, null],
    [0o640, 'can be read by other users of this machine (mode 640): chmod 600.'],
    [0o604, 'can be read by other users of this machine (mode 604): chmod 600.'],
    [0o622, 'can be changed by other users of this machine (mode 622): chmod 600.'],
    [0o777, 'can be changed by other users of this machine (mode 777): chmod 600.'],
  ])('reports what others can do with mode %o', (mode, exposure) => {
    writeFileSync(path, 'A=1');
    chmodSync(path, mode);
    expect(readSettingsFile(path)).toMatchObject({ text: 'A=1', exposure });
  });

  asRoot('reports the file of another user', () => {
    writeFileSync(path, 'A=1', { mode: 0o600 });
    chownSync(path, 12345, 12345);
    expect(readSettingsFile(path)?.exposure).toMatch(/^belongs to another user .*uid 12345.*chown/);
  });

  onPosix('does not wait for the writer of a FIFO', () => {
    execFileSync('mkfifo', [path]);
    expect(() => readSettingsFile(path)).toThrow(
      new SettingsFileError('is not a regular file; name a file.'),
    );
  });

  onPosix('does not take a link to nothing for a file that was never written', () => {
    symlinkSync(join(directory, 'unmounted'), path);
    expect(() => readSettingsFile(path)).toThrow('is a link to a file that does not exist');
  });

  it('refuses what is too large for settings', () => {
    writeFileSync(path, Buffer.alloc(64 * 1024 + 1, 'a'));
    expect(() => readSettingsFile(path)).toThrow('is larger than 64 kB; name another file.');
  });

  it('refuses what is no text, with the cure', () => {
    writeFileSync(path, Buffer.from([0xb0, 0xa1]));
    expect(() => readSettingsFile(path)).toThrow(/not UTF-8.*save it as UTF-8/);
  });

  it('names the reason why a file cannot be opened', () => {
    writeFileSync(path, '');
    expect(() => readSettingsFile(join(path, 'below'))).toThrow('cannot be read (ENOTDIR)');
  });
});
