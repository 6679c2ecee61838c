import { Logger } from '@nestjs/common';
import { copyFileSync, lstatSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { KisTokenStoreError } from '../../kis.errors';
import type { KisTokenPolicy } from '../../kis.options';
import { openClaim, settledClaim } from '../claim';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, ClaimView, KisClaim } from '../claim';
import type { KisToken } from '../kis-token';
import { KisTokenStore, type StoredToken, type TokenAbsence } from '../kis-token.store';
import { isGuarded } from '../token-rules';
import { ClaimReader, encodeClaimFile } from './claim-file';
import { removeQuietly, replaceNow, syncDirectory, writeTemporary } from './durable-write';
import { LockBusyError, underKernelLock } from './kernel-lock';
import { storeProblem } from './store-problem';
import { TokenDirectory } from './token-directory';
import { decodeTokenFile, encodeTokenFile, type TokenFileReading } from './token-file';

/** A Python program that truncates and writes is seen in between now and then; it is done in a moment. */
const HALF_WRITTEN_LOOKS = 3;
const HALF_WRITTEN_PAUSE_MS = 40;
/** While a stopped process keeps the lock, the turn is taken to be somebody else's. */
const BUSY_MS = 1000;

interface Names {
  readonly token: string;
  readonly claim: string;
  readonly lock: string;
  readonly damaged: string;
}

/**
 * Tokens in files, `token_{first 10 characters of the app key}_{mode}.json`, one for each credential; claims beside
 * them. Writes are atomic and durable; the turn to ask KIS, and the decision which of two tokens is newer, are taken
 * under a lock of the kernel, so processes on one machine agree even when some of them are killed or stopped.
 */
export class FileKisTokenStore extends KisTokenStore {
  readonly kind = 'file';
  private readonly logger = new Logger('TokenManager');
  private readonly directory: TokenDirectory;
  private readonly claims: ClaimReader;
  /** What was last said about a file that cannot be used, so that it is said once. */
  private readonly told = new Map<string, string>();

  constructor(
    directory: string,
    private readonly policy: KisTokenPolicy,
    private readonly clock: KisClock,
  ) {
    super();
    this.directory = new TokenDirectory(directory);
    this.claims = new ClaimReader(clock);
  }

  async read(credential: KisCredential): Promise<StoredToken> {
    const names = namesFor(credential);
    try {
      const [found, claim] = await Promise.all([this.readToken(names, credential), this.readClaim(names)]);
      return { ...found, ...claim };
    } catch (error) {
      throw storeProblem(this.directory.shown(names.token), error);
    }
  }

  async save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    const names = namesFor(credential);
    const place = this.directory.shown(names.token);
    try {
      this.directory.ensure();
      const temporary = await writeTemporary(this.directory.path, encodeTokenFile(token));
      try {
        const outcome = await this.locked(names, () => this.putInPlace(names, credential, token, temporary));
        if (outcome === 'saved') syncDirectory(this.directory.path);
        return outcome;
      } finally {
        removeQuietly(temporary);
      }
    } catch (error) {
      if (error instanceof LockBusyError) throw stopped(place);
      throw storeProblem(place, error);
    }
  }

  async remove(credential: KisCredential): Promise<void> {
    const names = namesFor(credential);
    try {
      if (!this.directory.exists) return;
      await this.locked(names, () => {
        const reading = this.decodeNow(names, credential);
        if (reading && 'whose' in reading) return;
        rmSync(this.directory.file(names.token), { force: true });
        syncDirectory(this.directory.path);
      });
    } catch (error) {
      throw storeProblem(this.directory.shown(names.token), error);
    }
  }

  async claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    const names = namesFor(credential);
    try {
      this.directory.ensure();
      return await this.locked(names, () => this.claimNow(names, credential, request));
    } catch (error) {
      if (!(error instanceof LockBusyError)) throw storeProblem(this.directory.shown(names.claim), error);
      const { claim } = await this.readClaim(names);
      return { won: false, claim: { ...claim, open: true }, remainingMs: BUSY_MS };
    }
  }

  settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    return this.changeClaim(credential, (before) => {
      const settled = settledClaim(before.claim, claim, settlement);
      return settled && { claim: settled, lengthMs: settlement.cooldownMs };
    });
  }

  reject(credential: KisCredential, fingerprint: string): Promise<void> {
    return this.changeClaim(credential, (before) => ({
      claim: { ...before.claim, rejected: fingerprint },
      lengthMs: before.remainingMs,
    }));
  }

  locate(credential: KisCredential): string {
    return this.directory.shown(namesFor(credential).token);
  }

  async probe(): Promise<void> {
    try {
      this.directory.ensure();
      this.directory.tighten();
      this.directory.sweepTemporaries(this.clock.now());
      removeQuietly(await writeTemporary(this.directory.path, 'write test\n'));
    } catch (error) {
      throw storeProblem(this.directory.shown(''), error);
    }
  }

  private locked<T>(names: Names, section: () => T): Promise<T> {
    return underKernelLock(this.directory.file(names.lock), this.clock, section);
  }

  private async readToken(
    names: Names,
    credential: KisCredential,
  ): Promise<{ token: KisToken | null; absence: TokenAbsence | null }> {
    for (let look = 1; ; look += 1) {
      const file = await this.directory.read(names.token);
      if (!file) return { token: null, absence: this.directory.exists ? 'missing' : 'no-place' };
      const reading = decodeTokenFile(file.text, credential, this.policy);
      if ('token' in reading) return { token: reading.token, absence: null };
      if ('whose' in reading) return this.leaveAlone(names, reading.whose);
      if (look === HALF_WRITTEN_LOOKS) return this.setAside(names, reading.damage, file.changedAt);
      await this.clock.sleep(HALF_WRITTEN_PAUSE_MS);
    }
  }

  private leaveAlone(names: Names, whose: string): { token: null; absence: 'foreign' } {
    this.tell(
      names.token,
      `${this.directory.shown(names.token)} belongs to ${whose} and is left alone. ` +
        'Set KIS_TOKEN_DIR to another directory for this key, or move that file away.',
    );
    return { token: null, absence: 'foreign' };
  }

  /** Keeps a copy of a damaged file for whoever wants to know; the file itself is replaced by the next token. */
  private setAside(names: Names, damage: string, changedAt: number): { token: null; absence: 'damaged' } {
    const fresh = this.tell(
      names.token,
      `${this.directory.shown(names.token)} cannot be used: ${damage}. A copy is kept as ${names.damaged}.`,
      changedAt.toString(),
    );
    if (fresh) {
      try {
        copyFileSync(this.directory.file(names.token), this.directory.file(names.damaged));
      } catch {
        // A copy is a courtesy: what matters is that the damaged file is not used.
      }
    }
    return { token: null, absence: 'damaged' };
  }

  private tell(name: string, text: string, occasion = ''): boolean {
    if (this.told.get(name) === text + occasion) return false;
    this.told.set(name, text + occasion);
    this.logger.warn(text);
    return true;
  }

  private async readClaim(names: Names): Promise<ClaimView> {
    const file = await this.directory.read(names.claim);
    return this.claims.read(names.claim, file?.text ?? null, file?.changedAt ?? 0);
  }

  private readClaimNow(names: Names): ClaimView {
    const text = this.textNow(names.claim);
    const changedAt = text === null ? 0 : statSync(this.directory.file(names.claim)).mtimeMs;
    return this.claims.read(names.claim, text, changedAt);
  }

  private textNow(name: string): string | null {
    try {
      return readFileSync(this.directory.file(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  private decodeNow(names: Names, credential: KisCredential): TokenFileReading | null {
    const text = this.textNow(names.token);
    return text === null ? null : decodeTokenFile(text, credential, this.policy);
  }

  private claimNow(names: Names, credential: KisCredential, request: ClaimRequest): ClaimAnswer {
    const before = this.readClaimNow(names);
    if (before.remainingMs > 0) return { ...before, won: false };
    const reading = this.decodeNow(names, credential);
    const stored = reading && 'token' in reading ? reading.token.generation : 0;
    const claim = openClaim(before.claim, { ...request, above: Math.max(request.above, stored) });
    this.writeClaim(names, claim, request.holdMs);
    return { won: true, claim, remainingMs: request.holdMs };
  }

  private async changeClaim(
    credential: KisCredential,
    change: (before: ClaimView) => { claim: KisClaim; lengthMs: number } | null,
  ): Promise<void> {
    const names = namesFor(credential);
    try {
      this.directory.ensure();
      await this.locked(names, () => {
        const after = change(this.readClaimNow(names));
        if (after) this.writeClaim(names, after.claim, after.lengthMs);
      });
    } catch (error) {
      throw storeProblem(this.directory.shown(names.claim), error);
    }
  }

  private writeClaim(names: Names, claim: KisClaim, lengthMs: number): void {
    replaceNow(this.directory.path, this.directory.file(names.claim), encodeClaimFile(claim, lengthMs, this.clock));
  }

  /** Under the lock: decides which of two tokens is newer, and renames. */
  private putInPlace(
    names: Names,
    credential: KisCredential,
    token: KisToken,
    temporary: string,
  ): 'saved' | 'superseded' {
    const target = this.directory.file(names.token);
    if (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw Object.assign(new Error('symbolic link'), { code: 'ELOOP' });
    }
    const reading = this.decodeNow(names, credential);
    if (reading && 'whose' in reading) {
      throw new KisTokenStoreError(
        `${this.directory.shown(names.token)} belongs to ${reading.whose} and is left alone. ` +
          'Set KIS_TOKEN_DIR to another directory for this key, or move that file away.',
      );
    }
    const stored = reading && 'token' in reading ? reading.token : null;
    if (isGuarded(stored, this.readClaimNow(names).claim, token)) return 'superseded';
    renameSync(temporary, target);
    return 'saved';
  }
}

function namesFor(credential: KisCredential): Names {
  const own = `.token_${credential.fileStem}_${credential.id.slice(0, 8)}`;
  return {
    token: `token_${credential.fileStem}.json`,
    claim: `${own}.claim`,
    lock: `${own}.lock`,
    damaged: `${own}.damaged`,
  };
}

function stopped(place: string): KisTokenStoreError {
  return new KisTokenStoreError(
    `${place} cannot be written now: another process holds its lock and does not go on. ` +
      'If it repeats, look for a stopped process (ps, state T) that uses the same directory.',
  );
}
