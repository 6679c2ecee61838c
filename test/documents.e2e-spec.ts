import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './support/project';

describe('SECURITY.md', () => {
  const text = readFileSync(join(PROJECT, 'SECURITY.md'), 'utf8');

  it('names proofs that exist', () => {
    const paths = [...text.matchAll(/`((?:test|src|scripts|docs)\/[\w./-]+)(?:\*\.spec\.ts)?`/g)].map(
      ([, path]) => path ?? '',
    );
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });

  it('links to pages that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path ?? '');
    expect(links.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });
});
