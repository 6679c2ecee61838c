import type { KisCredential } from '../kis-credential';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, ClaimView, KisClaim } from './claim-rules';
import type { KisToken } from './kis-token';

/**
 * The port to the store of tokens and claims, through which the processes that share it coordinate.
 *
 * Every method may be called concurrently, from any number of processes. Every method rejects with
 * `KisTokenStoreError` when the store cannot be read or written; a record that is merely damaged or belongs to another
 * key is reported in the log and counts as absent. All stores pass one contract suite.
 */
export abstract class KisTokenStore {
  /** What the token status calls it: `file`, `memory`, `redis`, or a word for a store of the application's own. */
  abstract readonly kind: string;

  /** Reads token and claim. */
  abstract read(credential: KisCredential): Promise<StoredToken>;

  /**
   * Stores a token durably: once this resolves, it survives a crash. An older token never replaces a newer one, and
   * one that was deleted before it came is not stored (see `isSuperseded`): then this resolves with `superseded`.
   */
  abstract save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'>;

  /**
   * Deletes the token. The claim stays, so that the interval between two requests is kept, and records the deletion: a
   * token from an attempt that began before is no longer stored (see `claimAfterDeletion`). A token that is stored while
   * this is under way stays, unless it is from such an attempt (see `isRemoved`).
   *
   * @param removal what is to be removed. Default: what the store has now, and the attempts that have begun.
   */
  abstract remove(credential: KisCredential, removal?: TokenRemoval): Promise<void>;

  /**
   * Takes the right to request a token from KIS, by compare-and-set: of concurrent callers exactly one wins, and none
   * before an earlier claim has ended, by a clock that cannot be set (`KisClock.monotonic`, or a server's own). The claim
   * that is won is `openClaim` of the one before, with a generation above that of the stored token, too. For a caller
   * that did not win, `remainingMs` is what `waitFor` returns.
   */
  abstract claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer>;

  /** Records how the attempt under `claim` ended; does nothing when another claim has been taken since. */
  abstract settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void>;

  /** Records that KIS refuses the token with this fingerprint. */
  abstract reject(credential: KisCredential, fingerprint: string): Promise<void>;

  /**
   * For the local store of a replicated one: takes the record of a deletion back, as far as it applies to tokens of this
   * generation and later ones. The shared store counts anew after it has lost its data, and its tokens would count as
   * deleted here. Does nothing when another deletion has been recorded since. Optional.
   *
   * @param recorded the `deletedGeneration` of the claim.
   */
  forgetDeletion?(credential: KisCredential, recorded: number, generation: number): Promise<void>;

  /** The path of the token file, as a person would write it; `null` for a store without files. */
  abstract locate(credential: KisCredential): string | null;

  /** Tests that tokens can be stored. Rejects with the cause and the remedy. */
  abstract probe(): Promise<void>;

  /**
   * Calls `listener` with the id of each credential for which any process stores a token, as far as the store learns of
   * it; with `null` when an announcement may have been lost. Optional: the scheduled job reads the store anyway.
   */
  watch?(listener: (credentialId: string | null) => void): void;

  /** For a store that consists of several: the kind of the one in which {@link read} found this token. */
  originOf?(token: KisToken): string;
}

/**
 * Why a store returns no token: none was stored or it was deleted, it is damaged, it belongs to another app key, it is
 * encrypted with a key that this process does not have, or the directory itself does not exist.
 */
export type KisTokenAbsence = 'missing' | 'damaged' | 'foreign' | 'undecryptable' | 'no-directory';

/** The two records that a store keeps for a credential, as they were read. */
export interface StoredToken extends ClaimView {
  /** `null` when there is none, or none that can be trusted. It may have expired. */
  readonly token: KisToken | null;
  /** `null` exactly when there is a token. */
  readonly absence: KisTokenAbsence | null;
  /**
   * `true`: read from the replica of this machine alone, because the shared store failed. A token that is missing or
   * older here may still be stored there. Default: `false`.
   */
  readonly localOnly?: boolean;
}

/**
 * What a removal covers, as it was decided upon. A removal may be carried out in several steps, and between them its
 * process may be stopped for minutes: what has come into the store meanwhile stays.
 */
export interface TokenRemoval {
  /** The token that was found, and is removed whatever its generation; `null`: none that can be read. */
  readonly token: KisToken | null;
  /**
   * Generation of the claim at that time: tokens of this generation and older ones are deleted, and none of them is
   * stored any more. `null`: only this copy of `token` is removed, because it is out of date, and nothing is recorded.
   */
  readonly upTo: number | null;
}
