import type { FoundFile } from './careful-open';
import type { Notice } from './notices';
import type { LedgerAnswer, LedgerChange, LedgerQuery } from './ledger';
import type { FoundRecord } from './state-records';

/** A directory as the thread that works on it has to know it; only plain values, because they are sent there. */
export interface DirectorySetting {
  /** Absolute. */
  readonly path: string;
  /** The same as people know it. */
  readonly shown: string;
  /** Under which name a person configures it. */
  readonly setting: string;
  /** Name of the file with the records. */
  readonly database: string;
  /** Name of the file with the ledger, where there is one. */
  readonly ledger?: string;
  /** Whether a record must survive a loss of power. */
  readonly durable: boolean;
  /** Whether this process goes on with records of its own when it cannot share any. */
  readonly alone: boolean;
  /** Whether it is reported that the database cannot be used; another one in the same directory may report it. */
  readonly reports: boolean;
}

/** How a file is to be changed, and only if it is still what the caller has read. */
export interface FileSwap {
  readonly name: string;
  /** What the caller found; `null`: nothing. */
  readonly expected: Uint8Array | null;
  /** What is to stand there; `null`: nothing. */
  readonly content: string | null;
  /** A name under which the file that is replaced is kept. */
  readonly keepAs?: string;
  /** A record that must still have this text, too. */
  readonly record?: { readonly name: string; readonly text: string | null };
}

/** What can be asked of the thread about one directory. */
export interface DirectoryCalls {
  /** Makes the directory fit for use and tries to write; `now` is epoch milliseconds. */
  prepare(now: number): void;
  exists(): boolean;
  /** `null` when there is no such file. Of a longer one than `mostBytes` (64 KiB) the beginning. */
  readFile(name: string, mostBytes?: number): FoundFile | null;
  /** Names in a directory below this one; none when it does not exist. */
  list(name: string): string[];
  /** Whether it was changed. */
  swapFile(swap: FileSwap, lockTimeoutMs: number): Promise<boolean>;
  /** Puts a file in place, whatever stands there. */
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
  /** Lets go of everything that is open. */
  close(): void;
}

export type DirectoryMethod = keyof DirectoryCalls;

/** Asks whether SQLite loads, without touching any directory: see `DirectoryThread.sqliteFailure`. */
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
  /** Opens it where it is not open yet. */
  readonly setting: DirectorySetting;
  readonly method: DirectoryMethod;
  readonly args: readonly unknown[];
}

/** What the thread sends back. */
export type ThreadMessage =
  | { readonly notice: Notice; readonly directory: number }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string | undefined } };
