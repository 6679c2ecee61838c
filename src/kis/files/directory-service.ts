import { readdirSync, renameSync, rmSync } from 'node:fs';
import type { KisClock } from '../clock';
import { fault, isMissing, type FoundFile } from './careful-open';
import type { DirectoryCalls, DirectorySetting, FileSwap } from './directory-calls';
import { removeIfThere, removeQuietly } from './durable-write';
import { NO_LEDGER, type LedgerAnswer, type LedgerChange, type LedgerQuery } from './ledger';
import type { LedgerDatabase } from './ledger-database';
import type { ReportNotice } from './notices';
import { openLedger, openRecords } from './open-records';
import { PrivateDirectory } from './private-directory';
import type { Sqlite } from './sqlite-file';
import type { FoundRecord, StateRecords } from './state-records';

/** The files and records of one directory. Most methods block until the file system has answered. */
export class DirectoryService implements DirectoryCalls {
  private readonly directory: PrivateDirectory;
  private readonly records: StateRecords;
  private readonly ledger: LedgerDatabase | null;

  /** @param sqlite `null` on a platform where it does not load. */
  constructor(setting: DirectorySetting, sqlite: Sqlite | null, clock: KisClock, report: ReportNotice) {
    this.directory = new PrivateDirectory(setting.path, setting.shown, report);
    this.records = openRecords(this.directory, setting, { sqlite, clock, report });
    this.ledger = openLedger(this.directory, setting, { sqlite, clock });
  }

  prepare(now: number): void {
    this.directory.prepare(now);
  }

  exists(): boolean {
    return this.directory.exists;
  }

  readFile(name: string, mostBytes?: number): FoundFile | null {
    return this.directory.read(name, mostBytes);
  }

  list(name: string): string[] {
    try {
      return readdirSync(this.directory.file(name));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async swapFile(swap: FileSwap, lockTimeoutMs: number): Promise<boolean> {
    this.directory.ensure();
    const temporary = swap.content === null ? null : this.directory.write(swap.content);
    try {
      const { record } = swap;
      const replaced = await this.records.inTurn(
        record?.name ?? '',
        (text) => (record === undefined || record.text === text) && this.replace(swap, temporary),
        lockTimeoutMs,
      );
      if (replaced) this.directory.sync();
      return replaced;
    } finally {
      if (temporary !== null) removeQuietly(temporary);
    }
  }

  putFile(name: string, content: Uint8Array): void {
    renameSync(this.directory.write(content), this.directory.file(name));
  }

  remove(names: readonly string[]): void {
    for (const name of names) {
      try {
        rmSync(this.directory.file(name), { recursive: true, force: true });
      } catch {
        // No longer needed: where it cannot be removed, it stays.
      }
    }
  }

  readRecord(name: string, lockTimeoutMs: number): Promise<FoundRecord> {
    return this.records.read(name, lockTimeoutMs);
  }

  swapRecord(
    name: string,
    expected: Pick<FoundRecord, 'text' | 'lostAt'>,
    next: { readonly text: string; readonly at: number },
    lockTimeoutMs: number,
  ): Promise<boolean> {
    return this.records.swap(name, expected, next, lockTimeoutMs);
  }

  readLedger(query: LedgerQuery, lockTimeoutMs: number): Promise<LedgerAnswer> {
    return this.usable(this.ledger).look(
      (file) => file.read(query),
      () => NO_LEDGER,
      lockTimeoutMs,
    );
  }

  writeLedger(change: LedgerChange, lockTimeoutMs: number): Promise<boolean> {
    return this.usable(this.ledger).use((file) => file.write(change), lockTimeoutMs);
  }

  close(): void {
    this.ledger?.close();
    this.records.close();
  }

  private usable(ledger: LedgerDatabase | null): LedgerDatabase {
    if (ledger) return ledger;
    throw fault('ENOSQLITE', `libsql does not load on ${process.platform}-${process.arch}`);
  }

  private replace({ name, expected, keepAs }: FileSwap, temporary: string | null): boolean {
    const found = this.directory.read(name)?.bytes ?? null;
    if (found === null || expected === null ? found !== expected : !found.equals(expected)) return false;
    const path = this.directory.file(name);
    if (found !== null && keepAs !== undefined) renameSync(path, this.directory.file(keepAs));
    if (temporary !== null) renameSync(temporary, path);
    else if (keepAs === undefined) removeIfThere(path);
    return true;
  }
}
