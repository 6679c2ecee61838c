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

  it('answers with the record that was asked for after another process kept it from answering', () => {
    expect(mine.get('one')).toEqual(recordOf('one'));
    refusedFor('two');
    expect(mine.get('three')).toEqual(recordOf('three'));
  });

  it('does not take a record for missing because another one is that it was kept from looking for', () => {
    refusedFor('nobody');
    expect(mine.get('three')).toEqual(recordOf('three'));
  });

  it('does not take another record for one that is missing', () => {
    refusedFor('two');
    expect(mine.get('nobody')).toBeNull();
  });
});
