import { randomUUID } from 'node:crypto';
import { AccountLogger } from '../account-logger';
import type { ClaimSettlement, ClaimView, KisClaim } from './claim';
import { MemoryClaim } from './memory-claim';
import { messageOf } from './message-of';
import { TokenStoreTimeoutError } from './time-limited-token.store';
import type { TokenParts } from './token-parts';
import type { TokenState } from './token-state';

/** A place that is silent for longer than this hangs: it will not be used by others either. */
const HANGS_AFTER_MS = 15_000;

/** A claim that was won, with the moment from which its time counts. */
export interface WonClaim {
  readonly won: true;
  readonly claim: KisClaim;
  /** Monotonic milliseconds, read before the claim was written: the claim cannot have begun earlier. */
  readonly takenAt: number;
  /** The claim that goes with it in this process. */
  readonly here: KisClaim;
  /** The store does not know of it: it failed, and this process goes by its own count. */
  readonly isAlone: boolean;
}

/** Somebody else's turn, or nobody's yet. */
export interface LostClaim extends ClaimView {
  readonly won: false;
}

export interface ClaimWish {
  readonly holdMs: number;
  readonly above: number;
  readonly replaces: boolean;
  readonly shortestPauseMs: number;
  /** As {@link ClaimRequest.forced}. */
  readonly forced: boolean;
  /** Whether this process may go by its own count when the store fails; else that failure is thrown. */
  readonly alone: boolean;
}

/**
 * The one door to the token endpoint. A claim is taken here first and in the store second: the store makes processes
 * take turns, the one here keeps this process in turn when the store is lost, emptied or unwritable.
 */
export class ClaimGate {
  private readonly logger = new AccountLogger('TokenManager');
  private readonly owner = `${process.pid.toString()}-${randomUUID()}`;

  constructor(private readonly parts: TokenParts) {}

  /**
   * Takes the right to send one issue request, or tells whose it is and for how long.
   * @throws what the store throws, unless the wish is to go `alone`.
   */
  async take(state: TokenState, wish: ClaimWish): Promise<WonClaim | LostClaim> {
    const { clock, store } = this.parts;
    const takenAt = clock.monotonic();
    const { owner } = this;
    const secret = state.credential.secretFingerprint;
    const request = { ...wish, owner, at: clock.now(), secret };
    state.claim ??= new MemoryClaim();
    const here = state.claim.take(request, takenAt);
    if (!here.won) return { won: false, claim: here.claim, remainingMs: here.remainingMs };
    try {
      const { won, claim, remainingMs } = await store.claim(state.credential, request);
      if (won) return { won, claim, takenAt, here: here.claim, isAlone: false };
      this.release(state, here.claim);
      return { won, claim, remainingMs };
    } catch (error) {
      const waitMs = untilItHangs(error);
      if (!wish.alone || waitMs > 0) {
        this.release(state, here.claim);
        if (waitMs > 0) (error as TokenStoreTimeoutError).retryAt = new Date(clock.now() + waitMs);
        throw error;
      }
      this.logger.warn(state.credential, `Claims are kept in memory only for now: ${messageOf(error)}`);
      return { won: true, claim: here.claim, takenAt, here: here.claim, isAlone: true };
    }
  }

  /**
   * Records how the attempt ended, here and in the store. The pause after a request that never left is for this process
   * only: the network of another may work. Never rejects.
   */
  async settle(state: TokenState, won: WonClaim, settlement: ClaimSettlement): Promise<void> {
    this.settleHere(state, won.here, settlement);
    const shared = settlement.unused ? { ...settlement, cooldownMs: 0 } : settlement;
    try {
      await this.parts.store.settle(state.credential, won.claim, shared);
    } catch (error) {
      this.logger.warn(
        state.credential,
        `The end of a token request could not be recorded: ${messageOf(error)}`,
      );
    }
  }

  /** Lets go of a claim that is over and went well: for most of its life a token has none. */
  forgetSpent(state: TokenState): void {
    if (state.claim?.isSpent(this.parts.clock.monotonic())) state.claim = null;
  }

  /** Gives the turn back: nothing was sent in it. */
  private release(state: TokenState, claim: KisClaim): void {
    this.settleHere(state, claim, { cooldownMs: 0, failure: null, unused: true });
  }

  private settleHere(state: TokenState, claim: KisClaim, settlement: ClaimSettlement): void {
    state.claim?.settle(claim, settlement, this.parts.clock.monotonic());
  }
}

/** A place that is only slow may be just about to give somebody the turn. */
function untilItHangs(error: unknown): number {
  return error instanceof TokenStoreTimeoutError ? HANGS_AFTER_MS - error.silentMs : 0;
}
