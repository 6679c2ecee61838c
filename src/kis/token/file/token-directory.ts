import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { carefully, codeOf, isMissing, refuseLink, roomFor, type FoundFile } from './careful-open';
import { TEMPORARY_PREFIX, removeQuietly } from './durable-write';
import { type Notices } from './notices';

/** Only a killed writer leaves a temporary file; a living one is done with it within seconds. */
const ORPHANED_AFTER_MS = 600_000;
const OURS = /^\.?token_/;
/** Sticky and setgid: whoever set one of them shares the directory by intent. */
const SHARED_BY_INTENT = 0o3000;
const FOR_OTHERS = 0o077;

/** The directory in which token files live: for its owner only. */
export class TokenDirectory {
  readonly path: string;

  /** @param configured as a person writes it; a leading `~` is the home directory. */
  constructor(
    configured: string,
    private readonly notices: Notices,
  ) {
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

  /** Makes it, or a directory in it, when it is missing, with what is missing above: 0700, whatever the umask. */
  ensure(name = ''): void {
    if (!existsSync(this.file(name))) makePrivate(this.file(name));
  }

  /**
   * Takes rights from others that they should not have, and says so. A directory that holds other things than
   * tokens, or is shared by intent, stays as it is.
   */
  tighten(): void {
    if (process.platform === 'win32') return;
    const { mode, uid } = statSync(this.path);
    const dedicated = readdirSync(this.path).every((name) => OURS.test(name));
    if ((mode & FOR_OTHERS) === 0 || (mode & SHARED_BY_INTENT) !== 0) return;
    if (uid !== process.getuid?.() || !dedicated) return;
    chmodSync(this.path, 0o700);
    this.notices.tell(
      this.path,
      `${this.shown('')} could be opened by other users; it is now for you only (0700).`,
    );
  }

  sweepTemporaries(now: number): void {
    for (const name of readdirSync(this.path)) {
      if (!name.startsWith(TEMPORARY_PREFIX)) continue;
      const stats = lstatSync(this.file(name), { throwIfNoEntry: false });
      if (stats && now - stats.mtimeMs > ORPHANED_AFTER_MS) removeQuietly(this.file(name));
    }
  }

  /**
   * Reads a file of ours; `null` when there is none. A file that others may read is closed to them, and that is said.
   * @throws an ELOOP error for a symbolic link: nobody shall choose for us what we read.
   */
  async read(name: string): Promise<FoundFile | null> {
    refuseLink(this.file(name));
    const file = await open(this.file(name), carefully(constants.O_RDONLY)).catch(nullIfMissing);
    if (!file) return null;
    try {
      const stats = await file.stat();
      const room = roomFor(stats);
      if ((stats.mode & FOR_OTHERS) !== 0) await this.close(name, file);
      const { bytesRead } = await file.read(room, 0, room.length, 0);
      return { bytes: room.subarray(0, bytesRead), changedAt: stats.mtimeMs };
    } finally {
      await file.close();
    }
  }

  /** The same for use under a lock; rights stay as they are. */
  readNow(name: string): FoundFile | null {
    refuseLink(this.file(name));
    let fd: number;
    try {
      fd = openSync(this.file(name), carefully(constants.O_RDONLY));
    } catch (error) {
      return nullIfMissing(error);
    }
    try {
      const stats = fstatSync(fd);
      const room = roomFor(stats);
      const length = readSync(fd, room, 0, room.length, 0);
      return { bytes: room.subarray(0, length), changedAt: stats.mtimeMs };
    } finally {
      closeSync(fd);
    }
  }

  private async close(name: string, file: FileHandle): Promise<void> {
    if (process.platform === 'win32') return;
    const whatNow = await file.chmod(0o600).then(
      () => 'it is now for you only (0600)',
      (error: unknown) => `that cannot be changed here (${codeOf(error) ?? 'unknown'})`,
    );
    this.notices.tell(`${name} rights`, `${this.shown(name)} could be read by other users; ${whatNow}.`);
  }
}

function makePrivate(path: string): void {
  if (!existsSync(dirname(path))) makePrivate(dirname(path));
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw error;
  }
  chmodSync(path, 0o700);
}

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}
