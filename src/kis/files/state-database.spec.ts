import fc from 'fast-check';
import Sqlite from 'libsql';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoAdvancingKisClock } from '../../../test/support/kis/file-store-fixture';
import { DatabasePlace } from './database-place';
import { PrivateDirectory } from './private-directory';
import type { StoredRecord } from './record-bytes';
import { LOSS, StateDatabase } from './state-database';

const TIMEOUT_MS = 1000;
/** How far behind the clock the file system's times may be. */
const CLOCK_GRAIN_MS = 100;
const NAMES = Array.from({ length: 6 }, (_, index) => `claim/${index}`);
const recordOf = (name: string): StoredRecord => ({ text: `{"claim of":"${name}"}`, changedAt: 1000 });

describe('StateDatabase', () => {
  let base: string;
  let notices: string[];

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'kis-state-'));
    notices = [];
  });

  afterEach(() => {
    rmSync(base, { recursive: true });
  });

  const path = (): string => join(base, 'state.db');

  /** The database as a process sees it that has just started, or that knows what is given. */
  function open(known = new Map<string, StoredRecord>()): StateDatabase {
    const report = ({ text }: { text: string }): void => void notices.push(text);
    const directory = new PrivateDirectory(base, base, report);
    const place = new DatabasePlace(Sqlite, directory, 'state.db');
    const clock = new AutoAdvancingKisClock();
    return new StateDatabase(place, { durable: false, known, clock, report, lacks: directory.lacks });
  }

  const readAll = (database: StateDatabase): Promise<Map<string, StoredRecord>> =>
    database.use((file) => file.all(), TIMEOUT_MS);

  async function filled(): Promise<Buffer> {
    const database = open();
    await database.use((file) => {
      file.exclusively(() => {
        for (const name of NAMES) file.put(name, recordOf(name));
      });
    }, TIMEOUT_MS);
    database.close();
    return readFileSync(path());
  }

  it('keeps what was written', async () => {
    await filled();
    expect([...(await readAll(open()))]).toEqual(NAMES.map((name) => [name, recordOf(name)]));
    expect(notices).toEqual([]);
  });

  it('is not created by a read', async () => {
    const look = open().look(
      () => 'found',
      () => 'missing',
      TIMEOUT_MS,
    );
    await expect(look).resolves.toBe('missing');
    expect(() => statSync(path())).toThrow('ENOENT');
  });

  it('is restored from what a process knew after it was deleted', async () => {
    await filled();
    const database = open();
    await readAll(database);
    rmSync(path());
    expect((await readAll(database)).get('claim/3')).toEqual(recordOf('claim/3'));
    expect((await readAll(open())).get('claim/3')).toEqual(recordOf('claim/3'));
  });

  it('adopts newer records from a process that joins late, and no older ones', async () => {
    await filled();
    const older = { text: 'older', changedAt: 999 };
    const newer = { text: 'newer', changedAt: 1001 };
    const late = open(
      new Map([
        ['claim/1', older],
        ['claim/2', newer],
      ]),
    );
    const found = await readAll(late);
    expect([found.get('claim/1'), found.get('claim/2')]).toEqual([recordOf('claim/1'), newer]);
  });

  /** What became of a database of these bytes: all as before, or replaced, with the loss reported. */
  async function afterDamage(bytes: Buffer, journal: Buffer | null): Promise<'as before' | 'replaced'> {
    writeFileSync(path(), bytes);
    rmSync(`${path()}-journal`, { force: true });
    if (journal) writeFileSync(`${path()}-journal`, journal);
    utimesSync(path(), 1234, 1234);
    const began = Date.now() - CLOCK_GRAIN_MS;
    const database = open();
    const found = await readAll(database);
    const loss = found.get(LOSS);
    database.close();
    if (loss) {
      // SQLite itself writes to a file that asks for a log as it opens it. The loss is dated later then, never earlier.
      const lostAt = Number(loss.text);
      if (isInWalMode(bytes) && lostAt !== 1_234_000) {
        expect(lostAt).toBeGreaterThanOrEqual(began);
        expect(lostAt).toBeLessThanOrEqual(Date.now());
      } else expect(lostAt).toBe(1_234_000);
      expect(statSync(path()).mode & 0o777).toBe(0o600);
      return 'replaced';
    }
    expect([...found]).toEqual(NAMES.map((name) => [name, recordOf(name)]));
    return 'as before';
  }

  it('is replaced when it is truncated anywhere', async () => {
    const bytes = await filled();
    for (let length = 0; length < bytes.length; length += 64)
      expect([length, await afterDamage(bytes.subarray(0, length), null)]).toEqual([length, 'replaced']);
  });

  it('never returns a wrong record, however it is damaged, and never ends the process', async () => {
    const bytes = await filled();
    const outcomes = new Set<string>();
    const change = fc.record({
      // Headers and the records are at both ends of the pages.
      at: fc.oneof(
        fc.nat(120),
        fc.nat(bytes.length - 1),
        fc.nat(600).map((back) => bytes.length - 1 - back),
      ),
      to: fc.nat(255),
    });
    const changes = fc.array(change, { minLength: 1, maxLength: 8 });
    const journals = fc.option(fc.uint8Array({ maxLength: 9000 }).map((rest) => hotJournal(rest)));
    await fc.assert(
      fc.asyncProperty(changes, journals, async (each, journal) => {
        const damaged = Buffer.from(bytes);
        for (const { at, to } of each) damaged[at] = to;
        outcomes.add(await afterDamage(damaged, journal));
      }),
      { numRuns: Number(process.env['KIS_FUZZ'] ?? 200), examples: FINDINGS },
    );
    expect([...outcomes].sort()).toEqual(['as before', 'replaced']);
  });

  it('is replaced by one process only, whose file the others use', async () => {
    await filled();
    writeFileSync(path(), 'damaged');
    const found = await Promise.all(Array.from({ length: 8 }, () => readAll(open())));
    expect(found.every((records) => records.has(LOSS))).toBe(true);
    expect(notices.length).toBeLessThanOrEqual(8);
    expect((await readAll(open())).has(LOSS)).toBe(true);
  });
});

/** Damage that was found by chance. */
const FINDINGS: [{ at: number; to: number }[], Buffer | null][] = [
  [
    [
      { at: 19, to: 2 },
      { at: 8191, to: 0 },
    ],
    null,
  ],
];

/** Whether the header asks for a write-ahead log. */
function isInWalMode(bytes: Buffer): boolean {
  return bytes[18] === 2 || bytes[19] === 2;
}

/** What SQLite takes for the journal of a transaction that was cut short, if it can make anything of it. */
function hotJournal(rest: Uint8Array): Buffer {
  const header = Buffer.alloc(512);
  header.set([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 2]);
  header.set([0, 0, 2, 0, 0, 0, 16, 0], 20);
  return Buffer.concat([header, Buffer.from([0, 0, 0, 2]), rest]);
}
