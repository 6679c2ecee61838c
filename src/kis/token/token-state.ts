import type { KisCredential } from '../kis-credential';
import type { KisError } from '../kis.errors';
import type { KisRequestPolicy } from '../kis.options';
import type { BrokerageClock } from './brokerage-clock';
import type { CachedToken } from './cached-token';
import type { KisToken } from './kis-token';
import type { MemoryClaim } from './memory-claim';

/** What an attempt brings. */
export interface ObtainedToken {
  readonly token: KisToken;
  /** `adopted` from the store, `refreshed` by KIS, or `unchanged`: KIS answered with the token in hand. */
  readonly outcome: 'adopted' | 'refreshed' | 'unchanged';
}

/** The last attempt, when it failed. */
export interface FailedFlight {
  readonly error: KisError;
  readonly at: Date;
  /** Monotonic milliseconds: before this no background attempt begins. */
  readonly quietUntil: number;
  /** Monotonic milliseconds: before this a caller without a token gets the same error. */
  readonly sharedUntil: number;
}

const NONE: readonly string[] = [];

/**
 * All that this process knows of the token of one credential: data only, and little of it, because there may be
 * ten thousand of these. The rules are classes of which there is one each, and which are handed the state that they
 * work on; each changes only the part that stands under its name.
 */
export class TokenState {
  // TokenInHand
  held: CachedToken | null = null;
  /** Epoch milliseconds: from here on `held` is fresh for `freshForMs`, as both clocks said then. */
  freshFrom = 0;
  freshForMs = 0;
  /** Fingerprints of tokens that KIS has refused, the latest last. */
  refused = NONE;
  /** The highest generation that was ever in hand. */
  generation = 0;
  /** How often the token was deleted here: what began before the last time must not bring a token back. */
  deletions = 0;

  // TokenKeeper
  flight: Promise<ObtainedToken> | null = null;
  /** The refusal that is being looked into. */
  discarding: Promise<void> | null = null;
  failed: FailedFlight | null = null;

  // TokenSource: when this process last replaced a token that KIS had refused; monotonic milliseconds
  replacedAt: number | null = null;

  // TokenIssue
  /** The token that KIS has issued is being stored, and its claim settled. */
  keeping: Promise<void> | null = null;
  /** Whether KIS was asked in the attempt under way, or else in the last one. */
  asked = false;

  // ClaimGate: the claim as this process counts it; `null` when it is over and went well
  claim: MemoryClaim | null = null;

  // TokenVault
  /** Why the token is in memory only. */
  degraded: string | null = null;
  /** Fingerprint of the last token of this process, in hand or saved, that the store was known to have. */
  seen: string | null = null;
  /** Fingerprint of a token that came by a claim in the store, and is not known to be stored. */
  unsaved: string | null = null;

  // TokenSweep
  /** The token that was last asked for because one had been deleted, and when; monotonic milliseconds. */
  restored: { readonly fingerprint: string; readonly at: number } | null = null;
  /** A look before the next sweep is planned, because a request has not left. */
  retryPlanned = false;

  constructor(
    /** The first account of the credential: its name in reports. */
    readonly alias: string,
    readonly credential: KisCredential,
    readonly request: KisRequestPolicy,
    readonly brokerage: BrokerageClock,
  ) {}

  /** The hot path: two comparisons. `null` says nothing: ask the {@link TokenKeeper}. */
  fresh(now: number): KisToken | null {
    const sinceMs = now - this.freshFrom;
    return sinceMs < this.freshForMs && sinceMs >= 0 && this.held !== null ? this.held.token : null;
  }
}
