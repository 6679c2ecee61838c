import type { KisCredential } from '../kis-credential';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, ClaimView, KisClaim } from './claim';
import type { KisToken } from './kis-token';

/**
 * Why a store has no token to give: none was stored (or somebody deleted it), what is there is damaged, it belongs to
 * another key, it is encrypted with a key that is not known here, or the place itself is gone.
 */
export type KisTokenAbsence = 'missing' | 'damaged' | 'foreign' | 'sealed' | 'no-place';

/** The pair of records that a store keeps for a credential, as it found them. */
export interface StoredToken extends ClaimView {
  /** `null` when there is none, or none that can be trusted; expiry is not looked at. */
  readonly token: KisToken | null;
  /** `null` exactly when there is a token. */
  readonly absence: KisTokenAbsence | null;
}

/**
 * Where tokens and claims are kept, and what makes several processes one: as a port.
 *
 * Every method may be called concurrently, from any number of processes. Every method rejects with
 * `KisTokenStoreError` when the place cannot be read or written; what is merely damaged or not ours is reported in
 * the log and counts as absent. All stores pass one contract suite.
 */
export abstract class KisTokenStore {
  /** What the token status calls it: `file`, `memory`, `redis`, or a word for a store of the application's own. */
  abstract readonly kind: string;

  /** Reads token and claim. */
  abstract read(credential: KisCredential): Promise<StoredToken>;

  /**
   * Keeps a token durably: when this resolves, a crash loses nothing. An older token never replaces a newer one, and
   * a deleted one is not stored again (see `isGuarded`): then this resolves with `superseded`.
   */
  abstract save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'>;

  /**
   * Deletes the token. The claim stays, so that the one-a-minute rule goes on, and records the deletion: a token of an
   * attempt that began before is not saved any more (see `claimAfterDeletion`).
   *
   * @param isOutdatedCopy nobody deletes the token; this copy of it is out of date. Then nothing is recorded.
   */
  abstract remove(credential: KisCredential, isOutdatedCopy?: boolean): Promise<void>;

  /**
   * Takes the right to ask KIS, by compare-and-set: of all that call this at one time exactly one wins, and none
   * before an earlier claim has ended.
   */
  abstract claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer>;

  /** Records how the attempt of `claim` ended; does nothing when another claim was taken meanwhile. */
  abstract settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void>;

  /** Remembers that KIS refused the token with this fingerprint. */
  abstract reject(credential: KisCredential, fingerprint: string): Promise<void>;

  /** Where a person would look for the token; `null` when there is no such place. */
  abstract locate(credential: KisCredential): string | null;

  /** Tries whether tokens can be kept. Rejects with the cause and the remedy. */
  abstract probe(): Promise<void>;

  /**
   * Calls `listener` with the id of each credential for which a token is stored, by whomever, as far as the store hears
   * of it; `null`: it may have missed something. Many stores hear nothing: the scheduled job looks all the same.
   */
  watch?(listener: (credentialId: string | null) => void): void;

  /** For a store that consists of several: the kind of the one in which {@link read} has found this token. */
  originOf?(token: KisToken): string;
}
