import { withAlias } from '../../account-logger';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { KisTokenStoreError } from '../../kis.errors';
import { codeOf, type FoundFile } from '../../files/careful-open';
import { BRIEF_LOCK_TIMEOUT_MS, type LocalDirectory } from '../../files/local-directory';
import type { KisToken } from '../kis-token';
import type { StoredToken } from '../kis-token.store';
import type { TokenCodec, TokenReading } from '../token-codec';
import { isSuperseded } from '../token-rules';
import type { CurrentClaim } from './file-claims';
import type { FileNames } from './file-names';

/** A Python program truncates the file before it writes, so a file may be read half-written and complete a moment later. */
const HALF_WRITTEN_READS = 3;
const HALF_WRITTEN_PAUSE_MS = 40;

type FoundToken = Pick<StoredToken, 'token' | 'absence'>;

/** A token file that is not in the form in which this process writes. */
export interface OutdatedFile {
  /** Its content. */
  readonly bytes: Buffer;
  readonly why: string;
}

/** A token file and its decoded content; both `null` when there is none. */
interface DecodedFile {
  readonly file: FoundFile | null;
  readonly reading: TokenReading | null;
}

/** The token files of a directory. Each change is a compare-and-set, so all processes may make changes concurrently. */
export class FileTokens {
  constructor(
    private readonly directory: LocalDirectory,
    private readonly codec: TokenCodec,
    private readonly clock: KisClock,
  ) {}

  async read(
    names: FileNames,
    credential: KisCredential,
  ): Promise<FoundToken & { readonly outdated?: OutdatedFile }> {
    for (let reads = 1; ; reads += 1) {
      const { file, reading } = await this.readDecoded(names, credential);
      if (reading && 'whose' in reading) return this.reportForeign(names, credential, reading.whose);
      if (!file || !reading) return this.absent();
      if ('undecryptable' in reading)
        return this.reportUndecryptable(names, credential, reading.undecryptable);
      if ('token' in reading) {
        this.directory.notices.forget(names.claim);
        const { token, outdated } = reading;
        return { token, absence: null, ...(outdated && { outdated: { bytes: file.bytes, why: outdated } }) };
      }
      if (reads === HALF_WRITTEN_READS) return this.keepDamaged(names, credential, reading.damage, file);
      await this.clock.sleep(HALF_WRITTEN_PAUSE_MS);
    }
  }

  /** The generation of the stored token; 0 when there is none that can be read. */
  async generation(names: FileNames, credential: KisCredential): Promise<number> {
    const { reading } = await this.readDecoded(names, credential).catch(() => ({ reading: null }));
    return reading && 'token' in reading ? reading.token.generation : 0;
  }

  /**
   * Stores a token unless the stored one is newer.
   * @returns `null` when the file or the claim changed in between: then the caller decides again.
   * @throws KisTokenStoreError when the file belongs to another app key.
   */
  async save(
    names: FileNames,
    credential: KisCredential,
    token: KisToken,
    claim: CurrentClaim,
  ): Promise<'saved' | 'superseded' | null> {
    const { file, reading } = await this.readDecoded(names, credential);
    if (reading && 'whose' in reading) throw new KisTokenStoreError(this.foreignText(names, reading.whose));
    const stored = reading && 'token' in reading ? reading.token : null;
    if (isSuperseded(stored, claim.claim, token)) return 'superseded';
    // A person who has the key can still restore the encrypted file.
    const keepAs = reading && 'undecryptable' in reading ? { keepAs: names.undecryptable } : {};
    const swapped = await this.directory.swapFile({
      name: names.token,
      expected: file?.bytes ?? null,
      content: this.codec.encode(token, credential),
      record: { name: names.claim, text: claim.text },
      ...keepAs,
    });
    return swapped ? 'saved' : null;
  }

  /** Writes the same token in the current form, unless the file has changed in between. */
  async rewrite(
    names: FileNames,
    credential: KisCredential,
    token: KisToken,
    { bytes, why }: OutdatedFile,
  ): Promise<void> {
    const content = this.codec.encode(token, credential);
    const swap = { name: names.token, expected: bytes, content };
    const swapped = await this.directory.swapFile(swap, BRIEF_LOCK_TIMEOUT_MS);
    const text = `${this.directory.place.shown(names.token)} is rewritten: ${why}.`;
    if (swapped) this.directory.notices.report(names.token, withAlias(credential, text));
  }

  /** Deletes the token file, unless it belongs to another app key. */
  async remove(names: FileNames, credential: KisCredential): Promise<void> {
    for (;;) {
      const { file, reading } = await this.readDecoded(names, credential);
      if (!file || (reading && 'whose' in reading)) return;
      const swap = { name: names.token, expected: file.bytes, content: null };
      if (await this.directory.swapFile(swap)) return;
    }
  }

  private async readDecoded(names: FileNames, credential: KisCredential): Promise<DecodedFile> {
    const file = await this.directory.readFile(names.token).catch(ofAnotherUser);
    if (!file || 'whose' in file) return { file: null, reading: file };
    return { file, reading: this.codec.decode(withoutByteOrderMark(file.bytes), credential) };
  }

  private async absent(): Promise<FoundToken> {
    return { token: null, absence: (await this.directory.exists()) ? 'missing' : 'no-directory' };
  }

  private reportUndecryptable(names: FileNames, credential: KisCredential, why: string): FoundToken {
    const text = `${this.directory.place.shown(names.token)} cannot be used: ${why}. When a new token is stored, this file is kept as ${names.undecryptable}.`;
    this.directory.notices.report(names.claim, withAlias(credential, text));
    return { token: null, absence: 'undecryptable' };
  }

  private reportForeign(names: FileNames, credential: KisCredential, whose: string): FoundToken {
    this.directory.notices.report(names.claim, withAlias(credential, this.foreignText(names, whose)));
    return { token: null, absence: 'foreign' };
  }

  private foreignText(names: FileNames, whose: string): string {
    const { place } = this.directory;
    return (
      `${place.shown(names.token)} belongs to ${whose} and is left alone. ` +
      `Set ${place.setting} to another directory for this key, or move that file away.`
    );
  }

  /** Keeps a copy of a damaged file for people to look at; the file itself is replaced by the next token. */
  private async keepDamaged(
    names: FileNames,
    credential: KisCredential,
    damage: string,
    file: FoundFile,
  ): Promise<FoundToken> {
    const text = `${this.directory.place.shown(names.token)} cannot be used: ${damage}. A copy is kept as ${names.damaged}.`;
    const notice = withAlias(credential, text);
    if (this.directory.notices.report(names.claim, notice, file.changedAt.toString())) {
      await this.directory.putFile(names.damaged, file.bytes).catch(() => {
        // The copy is optional: what matters is that the damaged file is not used.
      });
    }
    return { token: null, absence: 'damaged' };
  }
}

/** No other user may decide which token is used. */
function ofAnotherUser(error: unknown): { readonly whose: string } {
  if (codeOf(error) !== 'EOWNER') throw error;
  return { whose: 'another user of this machine' };
}

/** PowerShell and Python's `utf-8-sig` write a byte order mark, which `TextDecoder` leaves out. */
function withoutByteOrderMark(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
