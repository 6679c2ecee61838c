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
    const place = new DirectoryPath(configured, 'KIS_TOKEN_DIR');
    expect(place.path).toBe(path);
    if (shown !== null) expect(place.shown('a.json')).toBe(shown);
  });
});
