import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DirectoryPath } from './directory-path';

describe('DirectoryPath', () => {
  it.each([
    ['~/KIS/tokens', join(homedir(), 'KIS/tokens'), '~/KIS/tokens/a.json'],
    ['~', homedir(), '~/a.json'],
    ['/var/lib/../tokens', '/var/tokens', '/var/tokens/a.json'],
    ['/data/~/x', '/data/~/x', '/data/~/x/a.json'],
    ['~other/x', join(process.cwd(), '~other/x'), null],
  ])('takes %s for %s', (configured, path, shown) => {
    const place = new DirectoryPath(configured, 'tokenDir');
    expect(place.path).toBe(path);
    if (shown !== null) expect(place.shown('a.json')).toBe(shown);
  });

  const asRoot = process.getuid?.() === 0;
  (asRoot ? it : it.skip)(
    'needs no home directory for an absolute path, and names what to set for another',
    () => {
      const script = `
      require('./scripts/typescript-hook.cjs').register();
      const { DirectoryPath } = require('./src/kis/files/directory-path.ts');
      delete process.env.HOME;
      process.setuid(54321);
      console.log(new DirectoryPath('/data/tokens', 'tokenDir').shown('a.json'));
      try { new DirectoryPath('~/KIS/tokens', 'tokenDir'); } catch (error) { console.log(error.message); }`;
      const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      expect(stdout.split('\n')).toEqual([
        '/data/tokens/a.json',
        'The directory ~/KIS/tokens cannot be found: this user has no home directory. ' +
          'Set tokenDir to an absolute path, or the variable HOME.',
        '',
      ]);
    },
  );
});
