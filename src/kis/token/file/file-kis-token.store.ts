import type { OnApplicationShutdown } from '@nestjs/common';
import type { KisClock } from '../../clock';
import { codeOf } from '../../files/careful-open';
import { DirectoryThread } from '../../files/directory-thread';
import { LocalDirectory } from '../../files/local-directory';
import { LOCK_BUSY } from '../../files/store-problem';
import { nameAsOption } from '../../option-names';
import { KisTokenStoreError } from '../../kis.errors';
import type { KisCredential } from '../../kis-credential';
import type { KisTokenPolicy } from '../../kis.options';
import { claimAfterDeletion, claimWithoutDeletion, openClaim, settledClaim, waitFor } from '../claim-rules';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, ClaimView, KisClaim } from '../claim-rules';
import type { KisToken } from '../kis-token';
import { KisTokenStore, type StoredToken, type TokenRemoval } from '../kis-token.store';
import { TokenCodec } from '../token-codec';
import { TokenCipher } from '../token-cipher';
import { FileClaims, type ClaimDecision } from './file-claims';
import { FileTokens, tokenFileNames } from './file-tokens';

/**
 * Stores tokens in files, `token_{first 10 characters of the app key}_{mode}.json`, one for each credential, and claims
 * in a SQLite database beside them. Writes are atomic and durable, and every change is a compare-and-set, so the
 * processes of a machine agree even when some of them are killed or stopped. All file access is in a thread of its own,
 * so a directory that hangs blocks nothing else.
 */
export class FileKisTokenStore extends KisTokenStore implements OnApplicationShutdown {
  readonly kind = 'file';
  private readonly ownsThread: boolean;
  private readonly thread: DirectoryThread;
  private readonly directory: LocalDirectory;
  private readonly claims: FileClaims;
  private readonly tokens: FileTokens;
  /** The test of the directory; `null` before it and after a failure. */
  private probed: Promise<void> | null = null;

  /**
   * @param directory as configured; a leading `~` is the home directory.
   * @param setting the name of the option for the directory, for messages.
   * @param thread one that others use too; without it the store has one of its own.
   * @throws KisTokenStoreError for a directory below `~` where the user has no home directory.
   */
  constructor(
    directory: string,
    policy: KisTokenPolicy,
    private readonly clock: KisClock,
    cipher = new TokenCipher(),
    thread?: DirectoryThread,
    setting = nameAsOption('tokenDir', null),
  ) {
    super();
    const options = {
      directory,
      setting,
      database: DATABASE,
      durable: true,
      alone: policy.shortLived !== true,
      reports: true,
    };
    this.ownsThread = thread === undefined;
    this.thread = thread ?? new DirectoryThread();
    this.directory = new LocalDirectory(options, this.thread);
    this.claims = new FileClaims(this.directory, clock);
    this.tokens = new FileTokens(this.directory, new TokenCodec(policy, cipher), clock);
    this.thread.start();
  }

  /**
   * Makes sure that claims can be shared: without libsql no process can see when another one requests a token.
   *
   * @param otherStore the name of the option that selects a store, for messages.
   * @throws KisTokenStoreError where libsql does not load.
   */
  async requireSqlite(otherStore: string): Promise<void> {
    const failure = await this.thread.sqliteFailure();
    if (failure === null) return;
    throw new KisTokenStoreError(
      `libsql, which keeps apart the token requests and calls of several processes, ${failure}. Install the packages ` +
        `again on this machine, with the optional ones (npm ci). If there is no libsql for it, set ${otherStore} to ` +
        'memory and run one process only.',
    );
  }

  async read(credential: KisCredential): Promise<StoredToken> {
    return this.explained(tokenFileNames(credential).token, async () => {
      // The claim first: a token is saved before its claim is settled, so a settled claim without its token is
      // never seen.
      const view = await this.claims.readAtOnce(credential);
      const { outdated, ...found } = await this.tokens.read(credential);
      // The token is usable in either form; when it cannot be rewritten now, the next read tries again.
      if (outdated && found.token)
        await this.tokens.rewrite(credential, found.token, outdated).catch(() => undefined);
      return { ...view, ...found };
    });
  }

  async save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    return this.explained(tokenFileNames(credential).token, async () => {
      for (;;) {
        const claim = await this.claims.read(credential);
        const outcome = await this.tokens.save(credential, token, claim);
        if (outcome !== null) return outcome;
      }
    });
  }

  async remove(credential: KisCredential, removal?: TokenRemoval): Promise<void> {
    await this.explained(tokenFileNames(credential).token, async () => {
      if (!(await this.directory.exists())) return;
      const decided = removal ?? {
        token: await this.tokens.stored(credential),
        upTo: (await this.claims.read(credential)).claim.generation,
      };
      // First, so that a concurrent save sees it; after a crash in between the token counts as deleted.
      await this.claims.change(credential, ({ claim, remainingMs }) => {
        const deleted = claimAfterDeletion(claim, decided.upTo);
        return { answer: undefined, change: deleted && { claim: deleted, lengthMs: remainingMs } };
      });
      await this.tokens.remove(credential, decided);
    });
  }

  async claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    return this.explained('', async () => {
      const stored = await this.tokens.stored(credential);
      const above = Math.max(request.above, stored?.generation ?? 0);
      const decide = (before: ClaimView): ClaimDecision<ClaimAnswer> =>
        decideClaim(before, { ...request, above });
      try {
        return await this.claims.change(credential, decide, request.holdMs);
      } catch (error) {
        return await this.lostToLock(credential, error);
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

  override async forgetDeletion(
    credential: KisCredential,
    recorded: number,
    generation: number,
  ): Promise<void> {
    await this.changeClaim(credential, ({ claim, remainingMs }) => {
      const after = claimWithoutDeletion(claim, recorded, generation);
      return { answer: undefined, change: after && { claim: after, lengthMs: remainingMs } };
    });
  }

  locate(credential: KisCredential): string {
    return this.directory.place.shown(tokenFileNames(credential).token);
  }

  /** Tests the directory once for all credentials, and again after a failure. */
  async probe(): Promise<void> {
    this.probed ??= this.explained('', () => this.directory.prepare(this.clock.now()));
    await this.probed;
  }

  onApplicationShutdown(): void {
    if (this.ownsThread) this.thread.close();
    else this.directory.close();
  }

  private async changeClaim(
    credential: KisCredential,
    decide: (before: ClaimView) => ClaimDecision<void>,
  ): Promise<void> {
    await this.explained(DATABASE, () => this.claims.change(credential, decide));
  }

  /** A process that holds the lock is about to take the claim. */
  private async lostToLock(credential: KisCredential, error: unknown): Promise<ClaimAnswer> {
    if (codeOf(error) !== LOCK_BUSY) throw error;
    const { message } = this.directory.problem(DATABASE, error);
    this.directory.notices.report(DATABASE, `${message} Until then no token is requested.`);
    const standing = await this.claims.readAtOnce(credential);
    if (standing.remainingMs > 0) return { ...standing, won: false };
    const claim = { ...standing.claim, open: true };
    return { won: false, claim, remainingMs: BUSY_MS, obstacle: message };
  }

  private async explained<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.probed = null;
      throw this.directory.problem(name, error);
    }
  }
}

/** While a stopped process holds the lock, it is assumed to hold a claim that ends in this time. */
const BUSY_MS = 1000;
/** The database with the claims. Its name begins like that of all state in the token directory. */
const DATABASE = '.token_state.db';

function decideClaim(before: ClaimView, request: ClaimRequest): ClaimDecision<ClaimAnswer> {
  const remainingMs = waitFor(before, request);
  if (remainingMs > 0) return { answer: { ...before, remainingMs, won: false }, change: null };
  const claim = openClaim(before.claim, request);
  const lengthMs = request.holdMs;
  return { answer: { won: true, claim, remainingMs: lengthMs }, change: { claim, lengthMs } };
}
