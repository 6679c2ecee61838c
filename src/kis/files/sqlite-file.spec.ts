import Sqlite from 'libsql';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteFile } from './sqlite-file';

const recordOf = (name: string): { text: string; changedAt: number } => ({
  text: `of ${name}`,
  changedAt: 1000,
});

describe('SqliteFile', () => {
  let base: string;
  let mine: SqliteFile;
  let others: SqliteFile;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'kis-sqlite-'));
    const path = join(base, 'state.db');
    writeFileSync(path, '');
    SqliteFile.create(
      Sqlite,
      path,
      ['one', 'two', 'three'].map((name) => [name, recordOf(name)]),
    );
    mine = SqliteFile.open(Sqlite, path, 'OFF');
    others = SqliteFile.open(Sqlite, path, 'OFF');
  });

  afterEach(() => {
    mine.close();
    others.close();
    rmSync(base, { recursive: true });
  });

  const refusedFor = (name: string): void => {
    others.exclusively(() => {
      expect(() => mine.get(name)).toThrow(/locked/);
    });
  };

  it('returns the requested record after another process blocked a read', () => {
    expect(mine.get('one')).toEqual(recordOf('one'));
    refusedFor('two');
    expect(mine.get('three')).toEqual(recordOf('three'));
  });

  it('does not report a record as missing after a blocked read of one that is missing', () => {
    refusedFor('nobody');
    expect(mine.get('three')).toEqual(recordOf('three'));
  });

  it('does not return another record in place of a missing one', () => {
    refusedFor('two');
    expect(mine.get('nobody')).toBeNull();
  });
});
