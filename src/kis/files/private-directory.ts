import {
  chmodSync,
  existsSync,
  fchmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, fault, readCarefully, USUAL_BYTES, type FoundFile } from './careful-open';
import {
  makePrivate,
  removeQuietly,
  syncDirectory,
  TEMPORARY_PREFIX,
  writeTemporary,
  type Lacking,
} from './durable-write';
import type { ReportNotice } from './notices';

/** A directory for files of this user only. Every method blocks until the file system has answered. */
export class PrivateDirectory {
  private readonly user = process.getuid?.() ?? null;
  /** The owner that the file system gives to files that this process writes; some give every file to one user. */
  private writesAs: number | null = null;
  private readonly lacking = new Set<Lacking>();

  /** @param shown the path in short form (`~/…`), for notices. */
  constructor(
    readonly path: string,
    private readonly shown: string,
    private readonly report: ReportNotice,
  ) {}

  file(name: string): string {
    return join(this.path, name);
  }

  shownFile(name: string): string {
    return join(this.shown, name);
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  /** Creates it with all missing parent directories: 0700 whatever the umask. */
  ensure(): void {
    if (!this.exists) this.create(this.path);
  }

  /**
   * Creates it when it is missing, removes the permissions of others and the leftovers of killed writers, and tests
   * that it is writable.
   * @param now epoch milliseconds.
   * @throws what keeps files from being written.
   */
  prepare(now: number): void {
    this.ensure();
    this.tighten();
    this.sweepTemporaries(now);
    removeQuietly(this.write('write test\n'));
    this.warnOfOthers();
  }

  /**
   * Reads a file; `null` when there is none. Permissions of other users are removed, and that is reported.
   * @throws an error with the code EOWNER for a file of another user, who could otherwise choose what is read.
   */
  read(name: string, mostBytes = USUAL_BYTES): FoundFile | null {
    const inspect = (fd: number, { uid, mode }: Stats): void => {
      this.refuseOthers(uid);
      if ((mode & FOR_OTHERS) !== 0) this.close(name, fd);
    };
    return readCarefully(this.file(name), inspect, mostBytes);
  }

  /** Writes a file under a name of its own, durably; see {@link writeTemporary}. */
  write(content: string | Uint8Array): string {
    const { path, owner } = writeTemporary(this.path, content, this.lacks);
    this.writesAs = owner;
    return path;
  }

  sync(): void {
    syncDirectory(this.path, this.lacks);
  }

  /** @throws an error with the code EOWNER unless the owner is this user or root. */
  refuseOthers(owner: number): void {
    if (this.isTrusted(owner)) return;
    throw fault(
      'EOWNER',
      `it belongs to another user (uid ${owner}), while this process runs as uid ${this.user ?? '?'}`,
    );
  }

  /** Reports once what the file system does not support. */
  readonly lacks = (what: Lacking, error: unknown): void => {
    if (this.lacking.has(what)) return;
    this.lacking.add(what);
    const code = codeOf(error) ?? 'unknown';
    this.report({ about: `${this.path} ${what}`, text: `${this.shown}: ${LACKING[what]} (${code}).` });
  };

  private isTrusted(owner: number): boolean {
    if (this.user === null || owner === this.user || owner === ROOT) return true;
    if (this.writesAs === null) this.learnOwner();
    return owner === this.writesAs;
  }

  private learnOwner(): void {
    try {
      removeQuietly(this.write('owner test\n'));
    } catch {
      // Where nothing can be written, the owner that files state is taken as it is.
    }
  }

  /**
   * Removes permissions that other users should not have, and reports that. A directory that holds other files as well,
   * or is shared on purpose, stays as it is.
   */
  private tighten(): void {
    if (process.platform === 'win32') return;
    const { mode, uid } = statSync(this.path);
    const dedicated = readdirSync(this.path).every((name) => OURS.test(name));
    if ((mode & FOR_OTHERS) === 0 || (mode & SHARED_ON_PURPOSE) !== 0) return;
    if (uid !== this.user || !dedicated) return;
    const closed = makePrivate(() => {
      chmodSync(this.path, 0o700);
    }, this.lacks);
    const text = `${this.shown} could be opened by other users; it is now for you only (0700).`;
    if (closed) this.report({ about: this.path, text });
  }

  /** In a directory of another user our files can be deleted, or replaced by older ones. */
  private warnOfOthers(): void {
    if (process.platform === 'win32') return;
    const { mode, uid } = statSync(this.path);
    const who = !this.isTrusted(uid)
      ? `belongs to another user (uid ${uid})`
      : (mode & WRITABLE_BY_GROUP_OR_ALL) !== 0
        ? `can be changed by other users (mode ${(mode & 0o7777).toString(8)})`
        : null;
    if (who === null) return;
    const text = `${this.shown} ${who}, who can delete or replace what is kept there. Use a directory of your own, mode 0700.`;
    this.report({ about: `${this.path} others`, text });
  }

  private sweepTemporaries(now: number): void {
    for (const name of readdirSync(this.path)) {
      if (!name.startsWith(TEMPORARY_PREFIX)) continue;
      const stats = lstatSync(this.file(name), { throwIfNoEntry: false });
      if (stats && now - stats.mtimeMs > ORPHANED_AFTER_MS) removeQuietly(this.file(name));
    }
  }

  private close(name: string, fd: number): void {
    if (process.platform === 'win32') return;
    let outcome = 'it is now for you only (0600)';
    try {
      fchmodSync(fd, 0o600);
    } catch (error) {
      outcome = `that cannot be changed here (${codeOf(error) ?? 'unknown'})`;
    }
    const text = `${this.shownFile(name)} could be read by other users; ${outcome}.`;
    this.report({ about: `${name} rights`, text });
  }

  private create(path: string): void {
    if (!existsSync(dirname(path))) this.create(dirname(path));
    try {
      mkdirSync(path, 0o700);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      // Another process has created it, or it is a link that leads nowhere.
      if (!existsSync(path) && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
        throw fault('EDANGLING', 'a link to a directory that does not exist');
      return;
    }
    makePrivate(() => {
      chmodSync(path, 0o700);
    }, this.lacks);
  }
}

/** Only a killed writer leaves a temporary file; a running one removes it within seconds. */
const ORPHANED_AFTER_MS = 600_000;
const OURS = /^\.?(token_|orders\.db|orders_begun|simulator-orders\.|state\.db|symbols\.|market\.db)/;
/** Sticky and setgid: a directory with one of them is shared on purpose. */
const SHARED_ON_PURPOSE = 0o3000;
const FOR_OTHERS = 0o077;
const WRITABLE_BY_GROUP_OR_ALL = 0o022;
const ROOT = 0;

const LACKING: Readonly<Record<Lacking, string>> = {
  permissions:
    'permissions cannot be set there, so other users of this machine may be able to read the files',
  sync: 'writes cannot be forced to the disk there, so a loss of power may take what was written last with it',
};
