import { withAlias } from '../../account-logger';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { KisTokenStoreError } from '../../kis.errors';
import { codeOf, type FoundFile } from '../../files/careful-open';
import { BRIEF_LOCK_TIMEOUT_MS, type LocalDirectory } from '../../files/local-directory';
import type { KisToken } from '../kis-token';
import type { StoredToken, TokenRemoval } from '../kis-token.store';
import type { TokenCodec, TokenReading } from '../token-codec';
import { isRemoved, isSuperseded } from '../token-rules';
import type { CurrentClaim } from './file-claims';

/** The token files of a directory. Each change is a compare-and-set, so all processes may make changes concurrently. */
export class FileTokens {
  constructor(
    private readonly directory: LocalDirectory,
    private readonly codec: TokenCodec,
    private readonly clock: KisClock,
  ) {}

  async read(credential: KisCredential): Promise<FoundToken & { readonly outdated?: OutdatedFile }> {
    for (let reads = 1; ; reads += 1) {
      const { file, reading } = await this.readDecoded(credential);
      if (reading && 'whose' in reading) return this.reportForeign(credential, reading.whose);
      if (!file || !reading) return this.absent();
      if ('undecryptable' in reading) return this.reportUndecryptable(credential, reading.undecryptable);
      if ('token' in reading) {
        this.directory.notices.forget(credential.id);
        const { token, outdated } = reading;
        return { token, absence: null, ...(outdated && { outdated: { bytes: file.bytes, why: outdated } }) };
      }
      if (reads === HALF_WRITTEN_READS) return this.keepDamaged(credential, reading.damage, file);
      await this.clock.sleep(HALF_WRITTEN_PAUSE_MS);
    }
  }

  /** The token that is stored now; `null` when there is none that can be read. Reports and repairs nothing. */
  async stored(credential: KisCredential): Promise<KisToken | null> {
    const { reading } = await this.readDecoded(credential).catch(() => ({ reading: null }));
    return tokenIn(reading);
  }

  /**
   * Stores a token unless the stored one is newer.
   * @returns `null` when the file or the claim changed in between: then the caller decides again.
   * @throws KisTokenStoreError when the file belongs to another app key.
   */
  async save(
    credential: KisCredential,
    token: KisToken,
    { claim, record }: CurrentClaim,
  ): Promise<'saved' | 'superseded' | null> {
    const names = tokenFileNames(credential);
    const { file, reading } = await this.readDecoded(credential);
    if (reading && 'whose' in reading)
      throw new KisTokenStoreError(this.foreignText(names.token, reading.whose));
    if (isSuperseded(tokenIn(reading), claim, token)) return 'superseded';
    // A person who has the key can still restore the encrypted file.
    const keepAs = reading && 'undecryptable' in reading ? { keepAs: names.undecryptable } : {};
    const swapped = await this.directory.swapFile({
      name: names.token,
      expected: file?.bytes ?? null,
      content: this.codec.encode(token, credential),
      record,
      ...keepAs,
    });
    return swapped ? 'saved' : null;
  }

  /** Writes the same token in the current form, unless the file has changed in between. */
  async rewrite(credential: KisCredential, token: KisToken, { bytes, why }: OutdatedFile): Promise<void> {
    const name = tokenFileNames(credential).token;
    const swap = { name, expected: bytes, content: this.codec.encode(token, credential) };
    const swapped = await this.directory.swapFile(swap, BRIEF_LOCK_TIMEOUT_MS);
    const text = `${this.directory.place.shown(name)} is rewritten: ${why}.`;
    if (swapped) this.directory.notices.report(name, withAlias(credential, text));
  }

  /** Deletes the token file, unless it belongs to another app key or is not to be removed. */
  async remove(credential: KisCredential, removal: TokenRemoval): Promise<void> {
    const name = tokenFileNames(credential).token;
    for (;;) {
      const { file, reading } = await this.readDecoded(credential);
      if (!file || (reading && 'whose' in reading)) return;
      if (!isRemoved(tokenIn(reading), removal)) return;
      const swap = { name, expected: file.bytes, content: null };
      if (await this.directory.swapFile(swap)) return;
    }
  }

  private async readDecoded(credential: KisCredential): Promise<DecodedFile> {
    const file = await this.directory.readFile(tokenFileNames(credential).token).catch(ofAnotherUser);
    if (!file || 'whose' in file) return { file: null, reading: file };
    return { file, reading: this.codec.decode(withoutByteOrderMark(file.bytes), credential) };
  }

  private async absent(): Promise<FoundToken> {
    return { token: null, absence: (await this.directory.exists()) ? 'missing' : 'no-directory' };
  }

  private reportUndecryptable(credential: KisCredential, why: string): FoundToken {
    const { token, undecryptable } = tokenFileNames(credential);
    const text = `${this.directory.place.shown(token)} cannot be used: ${why}. When a new token is stored, this file is kept as ${undecryptable}.`;
    this.directory.notices.report(credential.id, withAlias(credential, text));
    return { token: null, absence: 'undecryptable' };
  }

  private reportForeign(credential: KisCredential, whose: string): FoundToken {
    const text = this.foreignText(tokenFileNames(credential).token, whose);
    this.directory.notices.report(credential.id, withAlias(credential, text));
    return { token: null, absence: 'foreign' };
  }

  private foreignText(name: string, whose: string): string {
    const { place } = this.directory;
    return (
      `${place.shown(name)} belongs to ${whose} and is left alone. ` +
      `Set ${place.setting} to another directory for this key, or move that file away.`
    );
  }

  /** Keeps a copy of a damaged file for inspection; the file itself is replaced by the next token. */
  private async keepDamaged(credential: KisCredential, damage: string, file: FoundFile): Promise<FoundToken> {
    const { token, damaged } = tokenFileNames(credential);
    const text = `${this.directory.place.shown(token)} cannot be used: ${damage}. A copy is kept as ${damaged}.`;
    const notice = withAlias(credential, text);
    if (this.directory.notices.report(credential.id, notice, file.changedAt.toString())) {
      await this.directory.putFile(damaged, file.bytes).catch(() => {
        // The copy is optional: what matters is that the damaged file is not used.
      });
    }
    return { token: null, absence: 'damaged' };
  }
}

/** The token files of one credential. */
export interface TokenFileNames {
  /** Shared with other programs: `token_PStoMm5NMd_mock.json`. */
  readonly token: string;
  /** A copy of the last token file that was damaged. */
  readonly damaged: string;
  /** The last token file that could not be decrypted, moved here when another token was stored. */
  readonly undecryptable: string;
}

export function tokenFileNames({ fileStem, id }: KisCredential): TokenFileNames {
  const own = `.token_${fileStem}_${id.slice(0, 8)}`;
  return { token: `token_${fileStem}.json`, damaged: `${own}.damaged`, undecryptable: `${own}.sealed` };
}

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

/** `null` when there is none that can be read. */
function tokenIn(reading: TokenReading | null): KisToken | null {
  return reading && 'token' in reading ? reading.token : null;
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
