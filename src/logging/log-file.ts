import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';

export interface LogFileLimits {
  /** Size in bytes beyond which the file becomes `….1`. */
  readonly maxBytes: number;
  /** How many of those are kept. */
  readonly kept: number;
}

/** A FIFO without a reader, or a device, must not block the process. Windows lacks the last two flags, which `|` ignores. */
const TO_APPEND =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY;

/** The code of a log file that another user has put there. */
export const FOREIGN = 'EOWNER';
const ROOT = 0;

/** Moving files takes milliseconds. */
const ABANDONED_AFTER_MS = 60_000;

const LIMITS: LogFileLimits = { maxBytes: 10 * 1024 * 1024, kept: 5 };

interface OpenFile {
  readonly descriptor: number;
  readonly inode: number;
}

/**
 * An append-only file with rotation by size; each event is one write. Several processes may write to the same path; a
 * file that was moved or deleted is created again. Never throws: what cannot be written is dropped, and `onFailure` is
 * called, once until writing works again.
 */
export class LogFile {
  private file: OpenFile | null = null;
  private failing = false;

  constructor(
    private readonly path: string,
    private readonly onFailure: (code: string) => void,
    private readonly limits: LogFileLimits = LIMITS,
  ) {}

  write(text: string): void {
    try {
      const bytes = Buffer.from(text);
      const file = this.open();
      if (this.isFull(file, bytes.length)) this.rotate(file);
      writeSync(this.open().descriptor, bytes);
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.onFailure((error as NodeJS.ErrnoException).code ?? 'unknown error');
      this.failing = true;
    }
  }

  close(): void {
    if (this.file) closeSync(this.file.descriptor);
    this.file = null;
  }

  /** An empty file accepts a line of any length. */
  private isFull(file: OpenFile, more: number): boolean {
    const { size } = fstatSync(file.descriptor);
    return size > 0 && size + more > this.limits.maxBytes;
  }

  /** The file that has the name now; another process may have rotated ours. */
  private open(): OpenFile {
    if (this.file && this.isNamed(this.file)) return this.file;
    this.close();
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    this.refuseForeign(lstatSync(this.path, { throwIfNoEntry: false }));
    const descriptor = openSync(this.path, TO_APPEND, 0o600);
    this.file = { descriptor, inode: fstatSync(descriptor).ino };
    return this.file;
  }

  /** Another user may have put a link there, or a file to read along. Root may, as with /dev/stdout. */
  private refuseForeign(entry: Stats | undefined): void {
    if (!entry || !(entry.isFile() || entry.isSymbolicLink())) return;
    const user = process.getuid?.();
    if (user === undefined || [user, ROOT].includes(entry.uid) || entry.uid === this.ownerOfNewFiles())
      return;
    throw Object.assign(new Error('a file of another user'), { code: FOREIGN });
  }

  /** On some file systems every file belongs to one user, whichever process writes it. */
  private ownerOfNewFiles(): number | null {
    const probe = `${this.path}.${randomUUID()}`;
    try {
      const descriptor = openSync(probe, 'wx', 0o600);
      const { uid } = fstatSync(descriptor);
      closeSync(descriptor);
      unlinkSync(probe);
      return uid;
    } catch {
      return null;
    }
  }

  private isNamed(file: OpenFile): boolean {
    return statSync(this.path, { throwIfNoEntry: false })?.ino === file.inode;
  }

  /**
   * Rotates the full file, unless another process does so or has done so. If it cannot be renamed it keeps growing, which
   * is better than losing lines.
   */
  private rotate(full: OpenFile): void {
    const lock = `${this.path}.lock`;
    if (!acquire(lock)) return;
    try {
      if (this.isNamed(full)) this.moveAll();
    } catch {
      return;
    } finally {
      release(lock);
    }
  }

  private moveAll(): void {
    for (let number = this.limits.kept - 1; number >= 1; number -= 1) {
      const from = `${this.path}.${number}`;
      if (statSync(from, { throwIfNoEntry: false })) renameSync(from, `${this.path}.${number + 1}`);
    }
    renameSync(this.path, `${this.path}.1`);
  }
}

/** Removes the lock of a killed process, so that the next attempt succeeds. */
function acquire(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - since > ABANDONED_AFTER_MS) release(lock);
    return false;
  }
}

function release(lock: string): void {
  try {
    unlinkSync(lock);
  } catch {
    // It is gone, or will soon count as abandoned.
  }
}
