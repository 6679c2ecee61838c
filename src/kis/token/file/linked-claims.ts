import { linkSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { KisClock } from '../../clock';
import { KisTokenStoreError } from '../../kis.errors';
import { NO_CLAIM, type ClaimView, type KisClaim } from '../claim';
import { codeOf, isMissing, type FoundFile } from './careful-open';
import { ClaimReader, encodeClaimFile } from './claim-file';
import { removeQuietly, syncDirectory, writeTemporary } from './durable-write';
import { FileClaims, unreadableClaim, type ClaimStep } from './file-claims';
import type { FileNames } from './file-names';
import type { TokenDirectory } from './token-directory';

/** So many older claims stay, so that a number is free again only for who comes much too late. */
const KEPT = 20;
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Claims without any lock, for platforms where the kernel's does not load: numbered files in a directory for each
 * credential, the highest counts. A claim is written completely, then put in place by a link, which fails where a file
 * is already: of all that saw number n one becomes n + 1.
 *
 * Tokens are compared and put in place without a lock too. A process that is stopped just between the two, until
 * another has stored the next token, puts an older one over it; it is replaced when it is due. All processes that
 * share a directory must take turns in the same way.
 */
export class LinkedClaims extends FileClaims {
  private readonly reader: ClaimReader;

  constructor(
    private readonly directory: TokenDirectory,
    private readonly clock: KisClock,
  ) {
    super();
    this.reader = new ClaimReader(clock);
  }

  async read(names: FileNames): Promise<ClaimView> {
    return (await this.latest(names, 0)).view;
  }

  async change<T>(
    names: FileNames,
    decide: (before: ClaimView) => ClaimStep<T>,
    usualHoldMs = 0,
  ): Promise<T> {
    this.directory.ensure(names.claims);
    for (;;) {
      const { number, view } = await this.latest(names, usualHoldMs);
      const { answer, change } = decide(view);
      if (!change) return answer;
      const text = encodeClaimFile(change.claim, change.lengthMs, this.clock);
      // Who loses the race looks again at once: somebody has won it, so this ends.
      if (await this.append(names, number + 1, text)) return answer;
    }
  }

  async inTurn<T>(names: FileNames, section: (claim: KisClaim) => T): Promise<T> {
    const { claim } = await this.read(names);
    return section(claim);
  }

  keep(names: FileNames): Promise<void> {
    return syncDirectory(this.directory.file(names.claims));
  }

  private async latest(names: FileNames, usualHoldMs: number): Promise<{ number: number; view: ClaimView }> {
    for (;;) {
      const number = this.numbers(names).at(-1) ?? 0;
      if (number === 0) return { number, view: { claim: NO_CLAIM, remainingMs: 0 } };
      const found = await this.found(fileOf(names, number));
      // Otherwise it was swept away since; then there is a newer one.
      if (found) return { number, view: this.reader.read(names.claim, found, usualHoldMs) };
    }
  }

  private found(name: string): Promise<FoundFile | null> {
    return this.directory.read(name).catch((error: unknown) => unreadableClaim(this.directory, name, error));
  }

  /** Whether this claim is the one that follows the number before it. */
  private async append(names: FileNames, number: number, text: string): Promise<boolean> {
    const temporary = await writeTemporary(this.directory.path, text);
    const place = this.directory.file(fileOf(names, number));
    try {
      linkSync(temporary, place);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw NO_LINKS.includes(codeOf(error) ?? '') ? this.needsLinks(error) : error;
    } finally {
      removeQuietly(temporary);
    }
    const numbers = this.numbers(names);
    const tooLate = (numbers.at(-1) ?? 0) > number + KEPT;
    const swept = tooLate ? [number] : numbers.filter((each) => each < number - KEPT);
    for (const each of swept) removeQuietly(this.directory.file(fileOf(names, each)));
    return !tooLate;
  }

  /** The numbers that there are, lowest first. */
  private numbers(names: FileNames): number[] {
    try {
      const found = readdirSync(this.directory.file(names.claims)).filter((name) => /^\d+$/.test(name));
      return found.map(Number).sort((a, b) => a - b);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  private needsLinks(error: unknown): KisTokenStoreError {
    return new KisTokenStoreError(
      `${this.directory.shown('')} is on a disk that knows no hard links, and fs-native-extensions does not load ` +
        `on ${process.platform}-${process.arch}. Set KIS_TOKEN_DIR to a local disk, or KIS_TOKEN_STORE=memory.`,
      { cause: error },
    );
  }
}

function fileOf(names: FileNames, number: number): string {
  return join(names.claims, number.toString());
}
