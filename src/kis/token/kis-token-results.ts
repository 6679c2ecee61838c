import type { KisTokenStatus } from './kis-token-status';
import type { RefreshOutcome } from './token-refresher';

/**
 * The result of a forced refresh: a token requested by this process, one that another process has stored since, or the
 * same token again (KIS returns it within six hours of its issue).
 */
export interface KisRefreshResult {
  readonly outcome: 'refreshed' | 'adopted' | 'unchanged';
  readonly status: KisTokenStatus;
}

/** The result of an import: stored, already stored, or not stored because a stored one ends later. */
export type KisSaveResult = 'saved' | 'unchanged' | 'superseded';

/** What the scheduled job found, or did, for one credential. */
export interface KisSweepResult {
  /** The first alias of the credential. */
  readonly alias: string;
  readonly outcome: RefreshOutcome;
}

/** Whether the token of one account can be served. */
export interface KisTokenReadiness {
  readonly alias: string;
  /** As in `KisTokenStatus`. */
  readonly status: KisTokenStatus['status'];
  /** A call can be sent with this token now. */
  readonly ready: boolean;
  /** Why the token is in memory only; `null` when it is stored. */
  readonly degraded: string | null;
  /** Why there is no token; `null` when there is one or when none has been requested yet. */
  readonly problem: string | null;
  /** Life left of the token in memory; `null` without one. */
  readonly remainingSeconds: number | null;
}

/** Whether tokens can be served without a request to KIS. */
export interface KisReadiness {
  /** At least one account can be served. */
  readonly ready: boolean;
  /** One entry for each account. */
  readonly tokens: readonly KisTokenReadiness[];
}
