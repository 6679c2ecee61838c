import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { koreanDay } from '../protocol/korean-time';
import type { ClaimRequest, ClaimSettlement, ClaimView, KisClaim } from './claim';
import type { KisTokenStore } from './kis-token.store';
import { MemoryKisTokenStore } from './memory-kis-token.store';

/** A claim that was won, with the moment from which its time counts. */
export interface WonClaim {
  readonly won: true;
  readonly claim: KisClaim;
  /** Monotonic milliseconds, read before the claim was written: the claim cannot have begun earlier. */
  readonly takenAt: number;
  /** The claim that goes with it in this process. */
  readonly here: KisClaim;
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
  /** Whether this process may go by its own count when the store fails; else that failure is thrown. */
  readonly alone: boolean;
}

/**
 * The one door to the token endpoint. A claim is taken here first and in the store second: the store makes processes
 * take turns, the one here keeps this process in turn when the store is lost, emptied or unwritable.
 */
export class ClaimGate {
  private readonly logger = new Logger('TokenManager');
  private readonly owner = `${process.pid.toString()}-${randomUUID()}`;
  private readonly here: MemoryKisTokenStore;

  constructor(
    private readonly store: KisTokenStore,
    private readonly clock: KisClock,
  ) {
    this.here = new MemoryKisTokenStore(clock);
  }

  /**
   * Takes the right to send one issue request, or tells whose it is and for how long.
   * @throws what the store throws, unless the wish is to go `alone`.
   */
  async take(credential: KisCredential, wish: ClaimWish): Promise<WonClaim | LostClaim> {
    const takenAt = this.clock.monotonic();
    const at = this.clock.now();
    const request: ClaimRequest = {
      ...wish,
      owner: this.owner,
      at,
      day: koreanDay(at),
      secret: credential.secretFingerprint,
    };
    const here = await this.here.claim(credential, request);
    if (!here.won) return { won: false, claim: here.claim, remainingMs: here.remainingMs };
    try {
      const { won, claim, remainingMs } = await this.store.claim(credential, request);
      if (won) return { won, claim, takenAt, here: here.claim };
      await this.release(credential, here.claim);
      return { won, claim, remainingMs };
    } catch (error) {
      if (!wish.alone) {
        await this.release(credential, here.claim);
        throw error;
      }
      this.logger.warn(`Claims are kept in memory only for now: ${messageOf(error)}`);
      return { won: true, claim: here.claim, takenAt, here: here.claim };
    }
  }

  /** Records how the attempt ended, here and in the store. Never rejects. */
  async settle(credential: KisCredential, won: WonClaim, settlement: ClaimSettlement): Promise<void> {
    await this.here.settle(credential, won.here, settlement);
    try {
      await this.store.settle(credential, won.claim, settlement);
    } catch (error) {
      this.logger.warn(`The end of a token request could not be recorded: ${messageOf(error)}`);
    }
  }

  /** Gives the turn back: nothing was sent in it. */
  private async release(credential: KisCredential, claim: KisClaim): Promise<void> {
    await this.here.settle(credential, claim, { cooldownMs: 0, failure: null, unused: true });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
