import { AccountLogger } from '../account-logger';
import type { KisCredential } from '../kis-credential';
import { KisTokenStoreError } from '../kis.errors';
import {
  MemoryClaim,
  NO_CLAIM,
  type ClaimAnswer,
  type ClaimRequest,
  type ClaimSettlement,
  type ClaimView,
  type KisClaim,
} from './claim-rules';
import { messageOf } from './token-errors';
import { TokenStoreTimeoutError } from './time-limited-token.store';
import type { TokenContext } from './token-context';

/**
 * The claims under which this process requests tokens of one credential. Each is taken in memory first and in the store
 * second: the store coordinates the processes, and the claim in memory keeps the interval of this process when the
 * store is lost, emptied or not writable.
 */
export class IssueClaims {
  private readonly logger = new AccountLogger('TokenManager');
  /** `null` when the last one has ended well. */
  private local: MemoryClaim | null = null;
  /** The last one that was forgotten. */
  private ended: KisClaim = NO_CLAIM;
  private reportedFailureAt: number | null = null;

  constructor(private readonly context: TokenContext) {}

  /** The claim of this process alone, for when the store cannot be read. */
  get own(): ClaimView {
    return this.local?.view(this.context.clock.monotonic()) ?? { claim: this.ended, remainingMs: 0 };
  }

  /**
   * Notes that a failed request is reported now. It is logged once, even if many callers get the error during the pause
   * that follows.
   * @param at when it failed, as recorded in the claim.
   * @returns whether it had not been reported before.
   */
  noteFailure(at: number): boolean {
    const isNew = at !== this.reportedFailureAt;
    this.reportedFailureAt = at;
    return isNew;
  }

  /**
   * Takes the right to send one issue request, or returns the claim that prevents it and its remaining time.
   * @throws what the store throws, unless the terms allow a claim of this process alone.
   */
  async take(terms: ClaimTerms): Promise<WonClaim | LostClaim> {
    const { clock, credential, policy, store } = this.context;
    if (policy.shortLived && store.kind === 'memory') throw notRecorded(memoryOnly(credential));
    const takenAt = clock.monotonic();
    const request = {
      ...terms,
      owner: this.context.owner,
      at: clock.now(),
      secret: credential.secretFingerprint,
    };
    this.local ??= new MemoryClaim();
    const local = this.local.take(request, takenAt);
    if (!local.won) return { ...local, won: false };
    try {
      const { localOnly = false, ...answer } = await store.claim(credential, request);
      if (answer.won) return { won: true, claim: answer.claim, takenAt, local: local.claim, localOnly };
      this.release(local.claim);
      return { ...answer, won: false };
    } catch (error) {
      const waitMs = untilItHangs(error);
      if (waitMs > 0) (error as TokenStoreTimeoutError).retryAt = new Date(clock.now() + waitMs);
      if (!terms.localAllowed || namesTime(error)) {
        this.release(local.claim);
        throw policy.shortLived && !namesTime(error) ? notRecorded(messageOf(error)) : error;
      }
      this.logger.warn(credential, `Claims are kept in memory only for now: ${messageOf(error)}`);
      return { won: true, claim: local.claim, takenAt, local: local.claim, localOnly: true };
    }
  }

  /**
   * Records how the attempt ended, in memory and in the store. The pause after a request that never left applies to
   * this process only: the network of another one may work. Never rejects.
   */
  async settle(won: WonClaim, settlement: ClaimSettlement): Promise<void> {
    const { credential, store } = this.context;
    this.settleLocally(won.local, settlement);
    const shared = settlement.unused ? { ...settlement, cooldownMs: 0 } : settlement;
    try {
      await store.settle(credential, won.claim, shared);
    } catch (error) {
      this.logger.warn(credential, `The end of a token request could not be recorded: ${messageOf(error)}`);
    }
  }

  /**
   * Forgets the claim in memory when it has ended well, so that the next one counts its generation from what the store
   * knows and not from earlier attempts of this process.
   */
  forgetEnded(): void {
    if (!this.local?.hasEnded(this.context.clock.monotonic())) return;
    this.ended = this.own.claim;
    this.local = null;
  }

  /** Nothing was sent under this claim. */
  private release(claim: KisClaim): void {
    this.settleLocally(claim, { cooldownMs: 0, failure: null, unused: true });
  }

  private settleLocally(claim: KisClaim, settlement: ClaimSettlement): void {
    this.local?.settle(claim, settlement, this.context.clock.monotonic());
  }
}

/** A claim that was won, with the moment from which its time counts. */
export interface WonClaim {
  readonly won: true;
  readonly claim: KisClaim;
  /** Monotonic milliseconds, read before the claim was written: the claim cannot have begun earlier. */
  readonly takenAt: number;
  /** The claim of this process that goes with it. */
  readonly local: KisClaim;
  /** The store failed, so the claim is recorded in this process, or on this machine, only. */
  readonly localOnly: boolean;
}

/** A claim of another process or attempt that has not ended. */
export interface LostClaim extends Omit<ClaimAnswer, 'localOnly'> {
  readonly won: false;
}

export type ClaimTerms = Required<Omit<ClaimRequest, 'owner' | 'at' | 'secret'>>;

/** A store that has not answered for longer hangs: other processes cannot use it either. */
const HANGS_AFTER_MS = 15_000;

function memoryOnly({ nameOption }: KisCredential): string {
  return `Tokens are kept in memory, which ends with this process. Change ${nameOption('tokenStore')}.`;
}

function notRecorded(why: string): KisTokenStoreError {
  return new KisTokenStoreError(
    `No token is requested, because the request cannot be recorded where the next process sees it. ${why}`,
  );
}

/** The error names the time of the next claim: before that no process may use a claim of its own. */
function namesTime(error: unknown): boolean {
  return error instanceof KisTokenStoreError && error.retryAt !== undefined;
}

/** A store that is merely slow may be about to grant another process the claim. */
function untilItHangs(error: unknown): number {
  return error instanceof TokenStoreTimeoutError ? HANGS_AFTER_MS - error.unansweredMs : 0;
}
