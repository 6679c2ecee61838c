import { Logger } from '@nestjs/common';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { KisTokenPolicy } from '../../kis.options';
import { NO_CLAIM, claimAfterDeletion, openClaim, settledClaim, waitFor } from '../claim';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, ClaimView, KisClaim } from '../claim';
import type { KisToken } from '../kis-token';
import { KisTokenStore, type StoredToken } from '../kis-token.store';
import { removeQuietly, syncDirectory, writeTemporary } from './durable-write';
import type { ClaimStep, FileClaims } from './file-claims';
import { namesFor, type FileNames } from './file-names';
import { FileTokens, type OutdatedFile } from './file-tokens';
import { LockBusyError, hasKernelLock } from './kernel-lock';
import { LinkedClaims } from './linked-claims';
import { LockedClaims } from './locked-claims';
import { Notices } from './notices';
import { storeProblem } from './store-problem';
import { TokenDirectory } from './token-directory';
import { TokenCodec } from '../token-codec';
import { TokenSeal } from '../token-seal';

/** While a stopped process keeps the lock, the turn is taken to be somebody else's. */
const BUSY_MS = 1000;

/**
 * Tokens in files, `token_{first 10 characters of the app key}_{mode}.json`, one for each credential; claims beside
 * them. Writes are atomic and durable; the turn to ask KIS, and the decision which of two tokens is newer, are taken
 * under a lock of the kernel, so processes on one machine agree even when some of them are killed or stopped. Where
 * that lock does not load, claims are linked; see {@link LinkedClaims}.
 */
export class FileKisTokenStore extends KisTokenStore {
  readonly kind = 'file';
  private readonly directory: TokenDirectory;
  private readonly tokens: FileTokens;
  private chosenClaims: Promise<FileClaims> | null = null;

  /** @param turns how processes take turns, for tests; all that share a directory must do it in the same way. */
  constructor(
    directory: string,
    policy: KisTokenPolicy,
    private readonly clock: KisClock,
    seal = new TokenSeal(),
    private readonly turns: 'by lock' | 'by links' | 'as it goes' = 'as it goes',
  ) {
    super();
    const notices = new Notices();
    this.directory = new TokenDirectory(directory, notices);
    this.tokens = new FileTokens(this.directory, notices, new TokenCodec(policy, seal), clock);
  }

  async read(credential: KisCredential): Promise<StoredToken> {
    const names = namesFor(credential);
    return this.explained(names.token, async (claims) => {
      // The claim first: a token is saved before its claim is settled, so a settled claim without its token is
      // never seen.
      const claim = await claims.read(names);
      const { outdated, ...found } = await this.tokens.read(names, credential);
      if (outdated && found.token) await this.rewrite(claims, credential, found.token, outdated);
      return { ...claim, ...found };
    });
  }

  async save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    const names = namesFor(credential);
    return this.explained(names.token, async (claims) => {
      this.directory.ensure();
      const temporary = await writeTemporary(this.directory.path, this.tokens.encode(token, credential));
      try {
        const outcome = await claims.inTurn(names, (claim) =>
          this.tokens.putInPlace(names, credential, { token, temporary }, claim),
        );
        if (outcome === 'saved') await syncDirectory(this.directory.path);
        return outcome;
      } finally {
        removeQuietly(temporary);
      }
    });
  }

  async remove(credential: KisCredential): Promise<void> {
    const names = namesFor(credential);
    await this.explained(names.token, async (claims) => {
      if (!this.directory.exists) return;
      // First, so that a save in between finds out; after a crash in between the token counts as deleted.
      await claims.change(names, ({ claim, remainingMs }) => {
        const deleted = claimAfterDeletion(claim);
        return { answer: undefined, change: deleted && { claim: deleted, lengthMs: remainingMs } };
      });
      await claims.inTurn(names, () => {
        this.tokens.removeNow(names, credential);
      });
      await syncDirectory(this.directory.path);
    });
  }

  async claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    const names = namesFor(credential);
    return this.explained(names.claim, async (claims) => {
      try {
        this.directory.ensure();
        const decide = (before: ClaimView): ClaimStep<ClaimAnswer> => {
          const stored = this.tokens.generationNow(names, credential);
          return decideTurn(before, { ...request, above: Math.max(request.above, stored) });
        };
        const answer = await claims.change(names, decide, request.holdMs);
        if (answer.won) await keepQuietly(claims, names);
        return answer;
      } catch (error) {
        return await lostTo(claims, names, error);
      }
    });
  }

  async settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    await this.changeClaim(credential, (before) => {
      const settled = settledClaim(before.claim, claim, settlement);
      return { answer: undefined, change: settled && { claim: settled, lengthMs: settlement.cooldownMs } };
    });
  }

  async reject(credential: KisCredential, fingerprint: string): Promise<void> {
    await this.changeClaim(credential, ({ claim, remainingMs }) => ({
      answer: undefined,
      change: { claim: { ...claim, rejected: fingerprint }, lengthMs: remainingMs },
    }));
  }

  locate(credential: KisCredential): string {
    return this.directory.shown(namesFor(credential).token);
  }

  async probe(): Promise<void> {
    await this.explained('', async () => {
      this.directory.ensure();
      this.directory.tighten();
      this.directory.sweepTemporaries(this.clock.now());
      removeQuietly(await writeTemporary(this.directory.path, 'write test\n'));
    });
  }

  /** Brings a file into the form in which this process writes, if that can be done now. */
  private async rewrite(
    claims: FileClaims,
    credential: KisCredential,
    token: KisToken,
    outdated: OutdatedFile,
  ): Promise<void> {
    const names = namesFor(credential);
    const text = this.tokens.encode(token, credential);
    const temporary = await writeTemporary(this.directory.path, text).catch(() => null);
    if (temporary === null) return;
    try {
      await claims.inTurn(names, () => {
        this.tokens.rewrite(names, outdated, temporary);
      });
    } catch {
      // The token is good in either form; the next look tries again.
    } finally {
      removeQuietly(temporary);
    }
  }

  private async changeClaim(
    credential: KisCredential,
    decide: (before: ClaimView) => ClaimStep<void>,
  ): Promise<void> {
    const names = namesFor(credential);
    await this.explained(names.claim, async (claims) => {
      this.directory.ensure();
      await claims.change(names, decide);
    });
  }

  private async explained<T>(name: string, work: (claims: FileClaims) => Promise<T>): Promise<T> {
    try {
      this.chosenClaims ??= this.chooseClaims();
      return await work(await this.chosenClaims);
    } catch (error) {
      throw storeProblem(this.directory.shown(name), error);
    }
  }

  private async chooseClaims(): Promise<FileClaims> {
    if (this.turns === 'by lock') return new LockedClaims(this.directory, this.clock);
    if (this.turns === 'as it goes') {
      if (await hasKernelLock()) return new LockedClaims(this.directory, this.clock);
      new Logger('TokenManager').warn(
        `fs-native-extensions does not load on ${process.platform}-${process.arch}: processes take turns by hard ` +
          'links instead of a lock. Every program that shares this token directory must do so too.',
      );
    }
    return new LinkedClaims(this.directory, this.clock);
  }
}

function decideTurn(before: ClaimView, request: ClaimRequest): ClaimStep<ClaimAnswer> {
  const remainingMs = waitFor(before, request);
  if (remainingMs > 0) return { answer: { claim: before.claim, remainingMs, won: false }, change: null };
  const claim = openClaim(before.claim, request);
  const lengthMs = request.holdMs;
  return { answer: { won: true, claim, remainingMs: lengthMs }, change: { claim, lengthMs } };
}

/** A claim must outlive a loss of power too: a machine may be back within the minute. */
async function keepQuietly(claims: FileClaims, names: FileNames): Promise<void> {
  try {
    await claims.keep(names);
  } catch {
    // The claim stands for every process that lives; a disk that cannot keep it is told of when a token is saved.
  }
}

/** A store that can be read but not changed still tells that it is somebody else's turn. */
async function lostTo(claims: FileClaims, names: FileNames, error: unknown): Promise<ClaimAnswer> {
  const standing = await claims.read(names).catch(() => ({ claim: NO_CLAIM, remainingMs: 0 }));
  if (standing.remainingMs > 0) return { ...standing, won: false };
  if (!(error instanceof LockBusyError)) throw error;
  return { won: false, claim: { ...standing.claim, open: true }, remainingMs: BUSY_MS };
}
