import { fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { roomFor } from '../../token/file/careful-open';
import { namesFor } from '../../token/file/file-names';
import { underKernelLock } from '../../token/file/kernel-lock';
import { Notices } from '../../token/file/notices';
import { storeProblem } from '../../token/file/store-problem';
import { TokenDirectory } from '../../token/file/token-directory';
import type { Pace } from './pace';
import { PermitBook } from './permit-book';
import { decodePermitFile, encodePermitFile } from './permit-file';
import { PermitLog, type PermitAnswer, type PermitRequest } from './permit-log';

/** Only a stopped process keeps the lock for longer than some milliseconds. Calls do not wait for one. */
const PATIENCE_MS = 250;

/**
 * Permits of all processes of a machine that share a token directory: one small file for each app key, read and
 * written in place under the kernel's lock on itself. Nothing of it is needed after a second, so nothing is forced to
 * the disk.
 */
export class FilePermitLog extends PermitLog {
  private readonly directory: TokenDirectory;

  constructor(
    directory: string,
    private readonly clock: KisClock,
  ) {
    super();
    this.directory = new TokenDirectory(directory, new Notices());
  }

  async look(credential: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer> {
    const name = namesFor(credential).pace;
    try {
      this.directory.ensure();
      const path = this.directory.file(name);
      return await underKernelLock(path, this.clock, (fd) => this.lookInto(fd, pace, request), PATIENCE_MS);
    } catch (error) {
      throw storeProblem(this.directory.shown(name), error);
    }
  }

  private lookInto(fd: number, pace: Pace, request: PermitRequest): PermitAnswer {
    const now = this.now;
    const found = roomFor(fstatSync(fd));
    const length = readSync(fd, found, 0, found.length, 0);
    // Whoever has damaged the file has deleted permits that may be in use.
    const book = decodePermitFile(found.subarray(0, length), this.era) ?? PermitBook.full(now, pace);
    book.forget(now, pace);
    const answer = book.look(now, pace, request);
    writeInPlace(fd, encodePermitFile(book, this.era), length);
    return answer;
  }

  /** The monotonic clock is the same for all processes of a boot where the boot has a name. */
  private get now(): number {
    return this.clock.bootId === null ? this.clock.now() : this.clock.monotonic();
  }

  private get era(): string {
    return this.clock.bootId ?? 'wall clock';
  }
}

/** A process that is killed meanwhile leaves a damaged file at worst. */
function writeInPlace(fd: number, bytes: Buffer, lengthBefore: number): void {
  if (writeSync(fd, bytes, 0, bytes.length, 0) !== bytes.length) {
    throw Object.assign(new Error('not written to its end'), { code: 'ENOSPC' });
  }
  if (lengthBefore > bytes.length) ftruncateSync(fd, bytes.length);
}
