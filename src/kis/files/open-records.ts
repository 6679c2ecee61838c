import { createHash } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KisClock } from '../clock';
import { fault } from './careful-open';
import { DatabasePlace } from './database-place';
import type { DirectorySetting } from './directory-calls';
import { LedgerDatabase } from './ledger-database';
import type { ReportNotice } from './notices';
import { PrivateDirectory } from './private-directory';
import type { StoredRecord } from './record-bytes';
import type { Sqlite } from './sqlite-file';
import { StateDatabase } from './state-database';
import { StateRecords } from './state-records';
import { remedyFor } from './store-problem';

interface Means {
  readonly sqlite: Sqlite | null;
  readonly clock: KisClock;
  readonly report: ReportNotice;
}

/** The records that belong to a directory, with the databases in which they can be kept. */
export function openRecords(
  directory: PrivateDirectory,
  setting: DirectorySetting,
  { sqlite, clock, ...means }: Means,
): StateRecords {
  const known = new Map<string, StoredRecord>();
  const { durable, alone, database, reports } = setting;
  const report = reports ? means.report : (): void => undefined;
  const openAt = (place: DatabasePlace, { lacks }: PrivateDirectory): StateDatabase =>
    new StateDatabase(place, { durable, known, clock, report, lacks });
  const { path, id } = spareFor(setting.path);
  const elsewhere = new PrivateDirectory(path, path, report);
  const refuseUnlessOurs = (): void => {
    refuseSharedDirectory(elsewhere.path);
  };
  const spare = sqlite && new DatabasePlace(sqlite, elsewhere, id + database, refuseUnlessOurs);
  const explain = (error: unknown): string =>
    sqlite
      ? `${directory.shownFile(database)} cannot be used: ${remedyFor(error, setting.setting)}`
      : `libsql does not load on ${process.platform}-${process.arch}`;
  return new StateRecords({
    clock,
    known,
    alone,
    primary: sqlite && openAt(new DatabasePlace(sqlite, directory, database), directory),
    spare: spare && openAt(spare, elsewhere),
    explain,
    onFallback: (to, error) => {
      const instead = to
        ? `Claims are kept in ${spare?.path ?? ''} until then: programs of this user on this machine see them there`
        : 'Claims are kept in the memory of this process: other processes do not see them';
      report({ about: directory.file(database), text: `${explain(error)}. ${instead}.` });
    },
  });
}

/** The ledger of a directory; `null` where it has none, and where SQLite does not load. */
export function openLedger(
  directory: PrivateDirectory,
  { ledger, durable }: DirectorySetting,
  { sqlite, clock }: Omit<Means, 'report'>,
): LedgerDatabase | null {
  if (sqlite === null || ledger === undefined) return null;
  const place = new DatabasePlace(sqlite, directory, ledger);
  return new LedgerDatabase(place, { durable, clock, lacks: directory.lacks });
}

/** The spare directory of this user, and the prefix of the names in it that belong to `directory`. */
export function spareFor(directory: string): { readonly path: string; readonly id: string } {
  let real = directory;
  try {
    real = realpathSync(directory);
  } catch {
    // It does not exist, or not yet.
  }
  const id = createHash('sha256').update(real).digest('hex').slice(0, 16);
  return { path: join(tmpdir(), `kis-${process.getuid?.() ?? 'state'}`), id };
}

/** The owner of a directory can read and change what is in it, and in `/tmp` any user may have created it. */
function refuseSharedDirectory(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats || process.getuid === undefined) return;
  if (stats.isDirectory() && stats.uid === process.getuid() && (stats.mode & 0o077) === 0) return;
  throw fault('EOWNER', `${path} is not a directory of this user alone`);
}
