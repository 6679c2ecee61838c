import type { KisClock } from '../../clock';
import type { ClaimView, KisClaim } from '../claim';
import type { FoundFile } from './careful-open';
import { ClaimReader, encodeClaimFile } from './claim-file';
import { replaceNow, syncDirectory, syncFile } from './durable-write';
import { FileClaims, unreadableClaim, type ClaimStep } from './file-claims';
import type { FileNames } from './file-names';
import { underKernelLock } from './kernel-lock';
import type { TokenDirectory } from './token-directory';

/** Claims in one file each, changed under a lock of the kernel. */
export class LockedClaims extends FileClaims {
  private readonly reader: ClaimReader;

  constructor(
    private readonly directory: TokenDirectory,
    private readonly clock: KisClock,
  ) {
    super();
    this.reader = new ClaimReader(clock);
  }

  async read(names: FileNames): Promise<ClaimView> {
    const found = await this.directory
      .read(names.claim)
      .catch((error: unknown) => unreadableClaim(this.directory, names.claim, error));
    return this.reader.read(names.claim, found);
  }

  change<T>(names: FileNames, decide: (before: ClaimView) => ClaimStep<T>, usualHoldMs = 0): Promise<T> {
    return this.locked(names, () => {
      const { answer, change } = decide(this.readNow(names, usualHoldMs));
      if (change) {
        const text = encodeClaimFile(change.claim, change.lengthMs, this.clock);
        replaceNow(this.directory.path, this.directory.file(names.claim), text);
      }
      return answer;
    });
  }

  inTurn<T>(names: FileNames, section: (claim: KisClaim) => T): Promise<T> {
    return this.locked(names, () => section(this.readNow(names).claim));
  }

  async keep(names: FileNames): Promise<void> {
    await syncFile(this.directory.file(names.claim));
    await syncDirectory(this.directory.path);
  }

  private locked<T>(names: FileNames, section: () => T): Promise<T> {
    return underKernelLock(this.directory.file(names.lock), this.clock, section);
  }

  private readNow(names: FileNames, usualHoldMs = 0): ClaimView {
    return this.reader.read(names.claim, this.foundNow(names.claim), usualHoldMs);
  }

  private foundNow(name: string): FoundFile | null {
    try {
      return this.directory.readNow(name);
    } catch (error) {
      return unreadableClaim(this.directory, name, error);
    }
  }
}
