import Sqlite from 'libsql';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoAdvancingKisClock } from '../../../test/support/kis/file-store-fixture';
import { DatabasePlace } from './database-place';
import { PrivateDirectory } from './private-directory';
import type { StoredRecord } from './record-bytes';
import { StateDatabase } from './state-database';
import { StateRecords } from './state-records';

const TIMEOUT_MS = 1000;
const CLAIM = 'claim/one';
const NOTHING = { text: null, lostAt: null };

describe('StateRecords', () => {
  let base: string;
  let opened: StateRecords[];

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'kis-records-'));
    opened = [];
  });

  afterEach(() => {
    for (const each of opened) each.close();
    rmSync(base, { recursive: true });
  });

  const path = (): string => join(base, 'state.db');

  /** The records as another process of this machine sees them. */
  function another(): StateRecords {
    const known = new Map<string, StoredRecord>();
    const clock = new AutoAdvancingKisClock();
    const report = (): void => undefined;
    const directory = new PrivateDirectory(base, base, report);
    const place = new DatabasePlace(Sqlite, directory, 'state.db');
    const database = new StateDatabase(place, {
      durable: false,
      known,
      clock,
      report,
      lacks: directory.lacks,
    });
    const onFallback = (_to: unknown, error: unknown): void => {
      throw error;
    };
    const records = new StateRecords({
      clock,
      known,
      primary: database,
      spare: null,
      alone: false,
      explain: String,
      onFallback,
    });
    opened.push(records);
    return records;
  }

  it('in the memory of a process may be incomplete from the moment at which it began to keep them there', async () => {
    const clock = new AutoAdvancingKisClock();
    const nowhere = { primary: null, spare: null, alone: true, explain: () => 'no SQLite' };
    const records = new StateRecords({ ...nowhere, clock, known: new Map(), onFallback: () => undefined });
    const since = clock.now();
    const first = await records.read(CLAIM, TIMEOUT_MS);
    expect(first).toEqual({ text: null, changedAt: 0, lostAt: since, unreadable: 'no SQLite' });
    await clock.sleep(60_000);
    await expect(records.read(CLAIM, TIMEOUT_MS)).resolves.toEqual(first);
    await records.swap(CLAIM, first, { text: 'mine', at: clock.now() }, TIMEOUT_MS);
    expect(await records.read(CLAIM, TIMEOUT_MS)).toMatchObject({ text: 'mine', lostAt: null });
  });

  it('let only one of two processes change a record that both have read, although the database is lost in between', async () => {
    const [one, two] = [another(), another()];
    await one.swap(CLAIM, NOTHING, { text: 'first', at: 1000 }, TIMEOUT_MS);
    const [seenByOne, seenByTwo] = [await one.read(CLAIM, TIMEOUT_MS), await two.read(CLAIM, TIMEOUT_MS)];
    await expect(one.swap(CLAIM, seenByOne, { text: 'of one', at: 1001 }, TIMEOUT_MS)).resolves.toBe(true);
    one.close();
    writeFileSync(path(), 'damaged');

    await expect(two.swap(CLAIM, seenByTwo, { text: 'of two', at: 1002 }, TIMEOUT_MS)).resolves.toBe(false);

    const found = await two.read(CLAIM, TIMEOUT_MS);
    expect(found.lostAt).not.toBeNull();
    await expect(two.swap(CLAIM, found, { text: 'of two', at: 1003 }, TIMEOUT_MS)).resolves.toBe(true);
  });
});
