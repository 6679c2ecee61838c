import type { KisAuthClient } from '../auth/kis-auth.client';
import type { KisClock, KisRandom } from '../clock';
import type { KisRequestPolicy } from '../kis-account.options';
import type { KisCredential } from '../kis-credential';
import type { KisError } from '../kis.errors';
import type { KisTokenEvents } from '../kis.events';
import type { KisTokenPolicy } from '../kis.options';
import type { BrokerageClock } from './brokerage-clock';
import type { CachedToken } from './cached-token';
import type { KisToken } from './kis-token';
import type { KisTokenStore } from './kis-token.store';

/** What the objects of all credentials share. */
export interface TokenServices {
  /** Identifies the token service in claims, in all processes. */
  readonly owner: string;
  readonly policy: KisTokenPolicy;
  readonly store: KisTokenStore;
  readonly auth: KisAuthClient;
  readonly events: KisTokenEvents;
  readonly clock: KisClock;
  readonly random: KisRandom;
}

/** What the objects of one credential are built from. Immutable: their state is in private fields of their own. */
export interface TokenContext extends TokenServices {
  readonly credential: KisCredential;
  readonly request: KisRequestPolicy;
  /** The time at the host of this credential; credentials at one host share it. */
  readonly brokerage: BrokerageClock;
}

/** One attempt to get another token: the situation in which it began. */
export interface TokenAttempt {
  /** The token in the cache at that moment, if any. */
  readonly previous: CachedToken | null;
  /** The cache was empty because KIS had refused the last token. */
  readonly previousRejected: boolean;
  /** The cached token remains valid for a while, so no caller depends on the result. */
  readonly background: boolean;
  /** Requested by a person: only the interval between two requests delays it. */
  readonly forced: boolean;
}

/** The result of an attempt. */
export interface AcquiredToken {
  readonly token: KisToken;
  /** `adopted` from the store, `refreshed` by KIS, or `unchanged`: KIS returned the cached token again. */
  readonly outcome: 'adopted' | 'refreshed' | 'unchanged';
}

/** An attempt that has failed, with no successful one since. */
export interface FailedAttempt {
  readonly error: KisError;
  readonly at: Date;
  /** Monotonic milliseconds: before this no background attempt begins. */
  readonly quietUntil: number;
  /** Monotonic milliseconds: before this a caller without a token gets the same error. */
  readonly sharedUntil: number;
}
