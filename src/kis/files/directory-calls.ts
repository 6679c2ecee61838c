import type { FoundFile } from './careful-open';
import type { Notice } from './notices';
import type { LedgerAnswer, LedgerChange, LedgerQuery } from './ledger';
import type { FoundRecord } from './state-records';

/** The operations on a directory and the messages between the main thread and the thread for files. */

/** The settings of a directory for the thread; plain values only, because they are sent as a message. */
export interface DirectorySetting {
  /** Absolute. */
  readonly path: string;
  /** The same in short form (`~/…`), for messages. */
  readonly shown: string;
  /** The name of the option that sets it, for messages. */
  readonly setting: string;
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

/** A change of a file that is made only if the file still has the content that the caller has read. */
export interface FileSwap {
  readonly name: string;
  /** What the caller read; `null`: no file. */
  readonly expected: Uint8Array | null;
  /** The new content; `null`: the file is removed. */
  readonly content: string | null;
  /** The file that is replaced is moved to this name. */
  readonly keepAs?: string;
  /** A record that must still have this text as well. */
  readonly record?: { readonly name: string; readonly text: string | null };
}

/** The operations of the thread on one directory. */
export interface DirectoryCalls {
  /** Prepares the directory and tests that it can be written; `now` is epoch milliseconds. */
  prepare(now: number): void;
  exists(): boolean;
  /** `null` when there is no such file. Of a longer one than `mostBytes` (64 KiB) the beginning. */
  readFile(name: string, mostBytes?: number): FoundFile | null;
  /** Names in a directory below this one; none when it does not exist. */
  list(name: string): string[];
  /** Whether it was changed. */
  swapFile(swap: FileSwap, lockTimeoutMs: number): Promise<boolean>;
  /** Writes a file, replacing any other. */
  putFile(name: string, content: Uint8Array): void;
  /** Removes files and directories, as far as they exist and can be removed. */
  remove(names: readonly string[]): void;
  readRecord(name: string, lockTimeoutMs: number): Promise<FoundRecord>;
  /** Whether it was changed. `at` is epoch milliseconds. */
  swapRecord(
    name: string,
    expected: Pick<FoundRecord, 'text' | 'lostAt'>,
    next: { readonly text: string; readonly at: number },
    lockTimeoutMs: number,
  ): Promise<boolean>;
  readLedger(query: LedgerQuery, lockTimeoutMs: number): Promise<LedgerAnswer>;
  /** Whether it was written. */
  writeLedger(change: LedgerChange, lockTimeoutMs: number): Promise<boolean>;
  /** Closes all open files. */
  close(): void;
}

export type DirectoryMethod = keyof DirectoryCalls;

/** Tests whether SQLite loads, without touching any directory: see `DirectoryThread.sqliteFailure`. */
export interface SqliteRequest {
  readonly needs: 'sqlite';
}

/** Sent last: the thread ends when it has answered everything before. */
export const END = 'end';

/** What is sent to the thread, beside {@link END}. */
export type ThreadRequest = (DirectoryRequest | SqliteRequest) & { readonly id: number };

/** A call of a directory. */
export interface DirectoryRequest {
  readonly directory: number;
  /** It is opened when it is not open yet. */
  readonly setting: DirectorySetting;
  readonly method: DirectoryMethod;
  readonly args: readonly unknown[];
}

/** What the thread sends back. */
export type ThreadMessage =
  | { readonly notice: Notice; readonly directory: number }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string | undefined } };
