import { renameSync, rmSync } from 'node:fs';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { KisTokenStoreError } from '../../kis.errors';
import type { KisTokenPolicy } from '../../kis.options';
import type { KisClaim } from '../claim';
import type { KisToken } from '../kis-token';
import type { StoredToken } from '../kis-token.store';
import { isGuarded } from '../token-rules';
import type { FoundFile } from './careful-open';
import { writeTemporary } from './durable-write';
import type { FileNames } from './file-names';
import type { Notices } from './notices';
import type { TokenDirectory } from './token-directory';
import { decodeTokenFile, type TokenFileReading } from './token-file';

/** A Python program that truncates and writes is seen in between now and then; it is done in a moment. */
const HALF_WRITTEN_LOOKS = 3;
const HALF_WRITTEN_PAUSE_MS = 40;

type FoundToken = Pick<StoredToken, 'token' | 'absence'>;

/** The token files of a directory. Changing one is safe under the lock of its credential only. */
export class FileTokens {
  constructor(
    private readonly directory: TokenDirectory,
    private readonly notices: Notices,
    private readonly policy: KisTokenPolicy,
    private readonly clock: KisClock,
  ) {}

  async read(names: FileNames, credential: KisCredential): Promise<FoundToken> {
    for (let look = 1; ; look += 1) {
      const file = await this.directory.read(names.token);
      if (!file) return { token: null, absence: this.directory.exists ? 'missing' : 'no-place' };
      const reading = this.decode(file, credential);
      if ('whose' in reading) return this.leaveAlone(names, reading.whose);
      if ('token' in reading) {
        this.notices.forget(names.claim);
        return { token: reading.token, absence: null };
      }
      if (look === HALF_WRITTEN_LOOKS) return this.setAside(names, reading.damage, file);
      await this.clock.sleep(HALF_WRITTEN_PAUSE_MS);
    }
  }

  /** The generation of the stored token; 0 when there is none that can be read. */
  generationNow(names: FileNames, credential: KisCredential): number {
    try {
      const reading = this.readNow(names, credential);
      return reading && 'token' in reading ? reading.token.generation : 0;
    } catch {
      return 0;
    }
  }

  /**
   * Decides which of two tokens is newer, and puts a file that is written already in place.
   * @throws KisTokenStoreError when the file there is another key's.
   */
  putInPlace(
    names: FileNames,
    credential: KisCredential,
    incoming: { readonly token: KisToken; readonly temporary: string },
    claim: KisClaim,
  ): 'saved' | 'superseded' {
    const reading = this.readNow(names, credential);
    if (reading && 'whose' in reading) throw new KisTokenStoreError(this.isAnothers(names, reading.whose));
    const stored = reading && 'token' in reading ? reading.token : null;
    if (isGuarded(stored, claim, incoming.token)) return 'superseded';
    renameSync(incoming.temporary, this.directory.file(names.token));
    return 'saved';
  }

  /** Deletes the token file unless it is another key's. */
  removeNow(names: FileNames, credential: KisCredential): void {
    const reading = this.readNow(names, credential);
    if (reading && 'whose' in reading) return;
    rmSync(this.directory.file(names.token), { force: true });
  }

  private readNow(names: FileNames, credential: KisCredential): TokenFileReading | null {
    const file = this.directory.readNow(names.token);
    return file && this.decode(file, credential);
  }

  private decode(file: FoundFile, credential: KisCredential): TokenFileReading {
    return decodeTokenFile(file.bytes.toString('utf8'), credential, this.policy);
  }

  private leaveAlone(names: FileNames, whose: string): FoundToken {
    this.notices.tell(names.claim, this.isAnothers(names, whose));
    return { token: null, absence: 'foreign' };
  }

  private isAnothers(names: FileNames, whose: string): string {
    return (
      `${this.directory.shown(names.token)} belongs to ${whose} and is left alone. ` +
      'Set KIS_TOKEN_DIR to another directory for this key, or move that file away.'
    );
  }

  /** Keeps a copy of a damaged file for whoever wants to know; the file itself is replaced by the next token. */
  private async setAside(names: FileNames, damage: string, file: FoundFile): Promise<FoundToken> {
    const text = `${this.directory.shown(names.token)} cannot be used: ${damage}. A copy is kept as ${names.damaged}.`;
    if (this.notices.tell(names.claim, text, file.changedAt.toString())) {
      await this.keepCopy(names, file).catch(() => {
        // A copy is a courtesy: what matters is that the damaged file is not used.
      });
    }
    return { token: null, absence: 'damaged' };
  }

  private async keepCopy(names: FileNames, file: FoundFile): Promise<void> {
    renameSync(await writeTemporary(this.directory.path, file.bytes), this.directory.file(names.damaged));
  }
}
