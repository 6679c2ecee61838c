import type { FoundFile } from './careful-open';
import type { DirectoryCalls, DirectoryMethod, DirectorySetting, FileSwap } from './directory-calls';
import { DirectoryPath } from './directory-path';
import type { DirectoryThread } from './directory-thread';
import type { LedgerAnswer, LedgerChange, LedgerQuery } from './ledger';
import { Notices } from './notices';
import type { FoundRecord } from './state-records';
import { storeProblem } from './store-problem';

/**
 * The files and records of one directory, which the processes of a machine share. Every method may be called
 * concurrently and rejects with a file system error; {@link LocalDirectory.problem} explains it.
 */
export class LocalDirectory {
  readonly notices: Notices;
  readonly place: DirectoryPath;
  private readonly setting: DirectorySetting;
  private readonly id: number;

  /** @throws KisTokenStoreError for a directory below `~` where the user has no home directory. */
  constructor(
    { directory, tag, ...options }: LocalDirectoryOptions,
    private readonly thread: DirectoryThread,
  ) {
    this.notices = new Notices(tag);
    this.place = new DirectoryPath(directory, options.setting);
    this.setting = { ...options, path: this.place.path, shown: this.place.shown() };
    this.id = thread.register(({ about, text, occasion }) => {
      this.notices.report(about, text, occasion);
    });
  }

  /**
   * Prepares the directory and tests that it can be written.
   * @param now epoch milliseconds.
   */
  prepare(now: number): Promise<void> {
    return this.call('prepare', now);
  }

  exists(): Promise<boolean> {
    return this.call('exists');
  }

  /** `null` when there is none; of one longer than `mostBytes` (64 KiB) the beginning. Rejects with EOWNER for a file of another user. */
  async readFile(name: string, mostBytes?: number): Promise<FoundFile | null> {
    const found = await this.call('readFile', name, mostBytes);
    return found && { ...found, bytes: Buffer.from(found.bytes) };
  }

  list(name: string): Promise<string[]> {
    return this.call('list', name);
  }

  /** Resolves with whether the file was as expected, so that it was changed. */
  swapFile(swap: FileSwap, lockTimeoutMs = LOCK_TIMEOUT_MS): Promise<boolean> {
    return this.call('swapFile', swap, lockTimeoutMs);
  }

  putFile(name: string, content: Uint8Array): Promise<void> {
    return this.call('putFile', name, content);
  }

  remove(names: readonly string[]): Promise<void> {
    return this.call('remove', names);
  }

  readRecord(name: string, lockTimeoutMs = LOCK_TIMEOUT_MS): Promise<FoundRecord> {
    return this.call('readRecord', name, lockTimeoutMs);
  }

  /**
   * Changes a record by compare-and-set: of all processes that have read the same text, one changes it.
   * @param decide may be called again with a newer record; only the last answer counts.
   * @param now epoch milliseconds.
   * @param expected the most likely current record, which saves reading it; only for changes that always write.
   */
  async updateRecord<T>(
    name: string,
    decide: (found: FoundRecord) => RecordChange<T> | Promise<RecordChange<T>>,
    now: () => number,
    lockTimeoutMs = LOCK_TIMEOUT_MS,
    expected: FoundRecord | null = null,
  ): Promise<T> {
    let found = expected ?? (await this.readRecord(name, lockTimeoutMs));
    for (;;) {
      const { answer, next } = await decide(found);
      if (next === null) return answer;
      const change = { text: next, at: now() };
      if (await this.call('swapRecord', name, found, change, lockTimeoutMs)) return answer;
      // Another process has changed it. Each lost round means that another process has succeeded, so this ends.
      found = await this.readRecord(name, lockTimeoutMs);
    }
  }

  readLedger(query: LedgerQuery): Promise<LedgerAnswer> {
    return this.call('readLedger', query, LOCK_TIMEOUT_MS);
  }

  /** Resolves with whether the scopes were as expected, so that it was written. */
  writeLedger(change: LedgerChange): Promise<boolean> {
    return this.call('writeLedger', change, LOCK_TIMEOUT_MS);
  }

  /** Closes all open files; the next request opens them again. Never waits. */
  close(): void {
    // A thread that hangs closes them when it continues; one that has ended has closed them already.
    this.call('close').catch(() => undefined);
  }

  /** Explains an error of this directory: which file, why, what to do. */
  problem(name: string, error: unknown): Error {
    return storeProblem(this.place.shown(name), this.place.setting, error);
  }

  private call<M extends DirectoryMethod>(
    method: M,
    ...args: Parameters<DirectoryCalls[M]>
  ): Promise<Awaited<ReturnType<DirectoryCalls[M]>>> {
    const { id: directory, setting } = this;
    const answer = this.thread.call({ directory, setting, method, args });
    return answer as Promise<Awaited<ReturnType<DirectoryCalls[M]>>>;
  }
}

/** For operations that can do without the lock, so that a stopped process does not delay them. */
export const BRIEF_LOCK_TIMEOUT_MS = 200;

export interface LocalDirectoryOptions {
  /** As configured; a leading `~` is the home directory. */
  readonly directory: string;
  /** The name of the option for the directory, for messages. */
  readonly setting: string;
  /** Tag of the log lines about it; that of the tokens unless given. */
  readonly tag?: string;
  /** Name of the file with the records. */
  readonly database: string;
  /** Name of the file with the ledger, where there is one. */
  readonly ledger?: string;
  /** Whether a record must survive a loss of power. */
  readonly durable: boolean;
  /** Whether this process continues with records in its memory when it cannot share any. */
  readonly alone: boolean;
  /** Whether to report that the database cannot be used; another database in the same directory may do so. */
  readonly reports: boolean;
}

/** The new text of a record, and the result of the change for its caller; `next` is `null` when nothing is to change. */
export interface RecordChange<T> {
  readonly answer: T;
  readonly next: string | null;
}

/** An operation under the lock takes a millisecond; only a stopped process holds it longer. */
const LOCK_TIMEOUT_MS = 3000;
