import { Logger } from '@nestjs/common';
import { chmodSync, constants, existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { TEMPORARY_PREFIX, removeQuietly } from './durable-write';
import { noFollow } from './kernel-lock';

/** Only a killed writer leaves a temporary file; a living one is done with it within seconds. */
const ORPHANED_AFTER_MS = 600_000;
const OURS = /^\.?token_/;

export interface FoundFile {
  readonly text: string;
  /** Modification time, epoch milliseconds. */
  readonly changedAt: number;
}

/** The directory in which token files live: for its owner only. */
export class TokenDirectory {
  private readonly logger = new Logger('TokenManager');
  readonly path: string;

  /** @param configured as a person writes it; a leading `~` is the home directory. */
  constructor(configured: string) {
    this.path = resolve(configured.replace(/^~(?=$|[\\/])/, homedir()));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** A path as people know it: `~/KIS/tokens/…`. */
  shown(name: string): string {
    const path = this.file(name);
    const home = homedir();
    return path.startsWith(join(home, '/')) ? `~${path.slice(home.length)}` : path;
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  /** Makes it when it is missing: 0700, whatever the umask. */
  ensure(): void {
    if (this.exists) return;
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    chmodSync(this.path, 0o700);
  }

  /**
   * Takes rights from others that they should not have, and says so. A directory that holds other things than
   * tokens, or is shared by intent (sticky), stays as it is.
   */
  tighten(): void {
    if (process.platform === 'win32') return;
    const { mode, uid } = statSync(this.path);
    const dedicated = readdirSync(this.path).every((name) => OURS.test(name));
    if ((mode & 0o077) === 0 || (mode & 0o1000) !== 0 || uid !== process.getuid?.() || !dedicated) return;
    chmodSync(this.path, 0o700);
    this.logger.warn(`${this.shown('')} could be opened by other users; it is now for you only (0700).`);
  }

  sweepTemporaries(now: number): void {
    for (const name of readdirSync(this.path)) {
      if (!name.startsWith(TEMPORARY_PREFIX)) continue;
      const { mtimeMs } = lstatSync(this.file(name));
      if (now - mtimeMs > ORPHANED_AFTER_MS) removeQuietly(this.file(name));
    }
  }

  /**
   * Reads a file of ours; `null` when there is none. A file that others may read is closed to them, and that is said.
   * @throws an ELOOP error for a symbolic link: nobody shall choose for us what we read.
   */
  async read(name: string): Promise<FoundFile | null> {
    const file = await open(this.file(name), constants.O_RDONLY | noFollow()).catch(nullIfMissing);
    if (!file) return null;
    try {
      const { mode, mtimeMs } = await file.stat();
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        await file.chmod(0o600).catch(() => undefined);
        this.logger.warn(`${this.shown(name)} could be read by other users; it is now for you only (0600).`);
      }
      return { text: await file.readFile('utf8'), changedAt: mtimeMs };
    } finally {
      await file.close();
    }
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
