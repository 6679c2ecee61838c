import { renameSync, rmSync } from 'node:fs';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { KisTokenStoreError } from '../../kis.errors';
import type { KisClaim } from '../claim';
import type { KisToken } from '../kis-token';
import type { StoredToken } from '../kis-token.store';
import type { TokenCodec, TokenReading } from '../token-codec';
import { isGuarded } from '../token-rules';
import type { FoundFile } from './careful-open';
import { writeTemporary } from './durable-write';
import type { FileNames } from './file-names';
import type { Notices } from './notices';
import type { TokenDirectory } from './token-directory';

/** A Python program that truncates and writes is seen in between now and then; it is done in a moment. */
const HALF_WRITTEN_LOOKS = 3;
const HALF_WRITTEN_PAUSE_MS = 40;

type FoundToken = Pick<StoredToken, 'token' | 'absence'>;

/** A token whose file is not in the form in which this process writes. */
export interface OutdatedFile {
  /** As it was found. */
  readonly bytes: Buffer;
  readonly why: string;
}

/** The token files of a directory. Changing one is safe under the lock of its credential only. */
export class FileTokens {
  constructor(
    private readonly directory: TokenDirectory,
    private readonly notices: Notices,
    private readonly codec: TokenCodec,
    private readonly clock: KisClock,
  ) {}

  encode(token: KisToken, credential: KisCredential): string {
    return this.codec.encode(token, credential);
  }

  async read(
    names: FileNames,
    credential: KisCredential,
  ): Promise<FoundToken & { readonly outdated?: OutdatedFile }> {
    for (let look = 1; ; look += 1) {
      const file = await this.directory.read(names.token);
      if (!file) return { token: null, absence: this.directory.exists ? 'missing' : 'no-place' };
      const reading = this.decode(file, credential);
      if ('whose' in reading) return this.leaveAlone(names, reading.whose);
      if ('sealed' in reading) return this.leaveSealed(names, reading.sealed);
      if ('token' in reading) {
        this.notices.forget(names.claim);
        const { token, outdated } = reading;
        return { token, absence: null, ...(outdated && { outdated: { bytes: file.bytes, why: outdated } }) };
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
    if (reading && 'sealed' in reading) this.keepSealed(names);
    renameSync(incoming.temporary, this.directory.file(names.token));
    return 'saved';
  }

  /** Puts the same token in place in another form, unless the file has changed meanwhile. */
  rewrite(names: FileNames, { bytes, why }: OutdatedFile, temporary: string): void {
    if (!this.directory.readNow(names.token)?.bytes.equals(bytes)) return;
    renameSync(temporary, this.directory.file(names.token));
    this.notices.tell(names.token, `${this.directory.shown(names.token)} is written anew: ${why}.`);
  }

  /** Deletes the token file unless it is another key's. */
  removeNow(names: FileNames, credential: KisCredential): void {
    const reading = this.readNow(names, credential);
    if (reading && 'whose' in reading) return;
    rmSync(this.directory.file(names.token), { force: true });
  }

  private readNow(names: FileNames, credential: KisCredential): TokenReading | null {
    const file = this.directory.readNow(names.token);
    return file && this.decode(file, credential);
  }

  private decode(file: FoundFile, credential: KisCredential): TokenReading {
    return this.codec.decode(file.bytes.toString('utf8'), credential);
  }

  private leaveSealed(names: FileNames, why: string): FoundToken {
    const text = `${this.directory.shown(names.token)} cannot be used: ${why}. When a new token is stored, this file is kept as ${names.sealed}.`;
    this.notices.tell(names.claim, text);
    return { token: null, absence: 'sealed' };
  }

  /** Whoever has the key can still put it back. */
  private keepSealed(names: FileNames): void {
    renameSync(this.directory.file(names.token), this.directory.file(names.sealed));
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
