import type { KisErrorCode } from '../kis.errors';
import { koreanDay } from '../protocol/market-time';

/**
 * The rules of claims, pure functions that all stores share: who may take one, how long it lasts, and what an attempt
 * makes of it.
 */

/** Why an attempt failed, for the log and for callers that have to wait because of it. */
export interface ClaimFailure {
  readonly code: KisErrorCode;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * The right to request a token from KIS, and the record of the last attempt. A claim is lease and rate limiter in one:
 * no process sends a request before it ends, whether its holder succeeded, failed, was killed or was suspended. It is
 * never deleted.
 */
export interface KisClaim {
  /** Counts the attempts of all processes; the token that results from an attempt has the same generation. */
  readonly generation: number;
  /** Identifies the token service that took it. */
  readonly owner: string;
  /** When the attempt began; epoch milliseconds. */
  readonly attemptAt: number;
  /** The attempt is under way, or its holder died: its token may still be stored. */
  readonly open: boolean;
  /** Failed attempts in a row, over all processes; without those whose request never left. */
  readonly failures: number;
  /** Attempts in a row whose request never left the machine, including the last one. */
  readonly unsent: number;
  readonly lastError: ClaimFailure | null;
  /** The pause after the last attempt; 0 while it is open. */
  readonly cooldownMs: number;
  /** Fingerprint of the app secret that the last attempt used. */
  readonly secret: string;
  /** Fingerprint of a token that KIS has refused: it is never used again, not even after a restart. */
  readonly rejected: string | null;
  /**
   * Generation up to which tokens were deleted last, 0 before the first deletion: that of the claim when it was decided
   * upon. Tokens of this generation and older ones, from attempts that began before the deletion, are no longer stored.
   * Later claims keep it, because a process that was stopped or cut off may offer a deleted token at any later time;
   * their own tokens have higher generations.
   */
  readonly deletedGeneration: number;
  /** When a token last replaced one that KIS had refused; epoch milliseconds, 0 if never. */
  readonly replacedAt: number;
  /** Issue requests sent on the Korean day of {@link attemptAt}; the account's owner gets a KakaoTalk message for each. */
  readonly issuedToday: number;
}

/** A claim with its remaining time by the clock of its store. */
export interface ClaimView {
  readonly claim: KisClaim;
  /** Until the next attempt is allowed; 0 when it is allowed now. */
  readonly remainingMs: number;
  /** `true`: the record was damaged or lost, so the longest claim is assumed to hold from then on. Default: `false`. */
  readonly assumed?: boolean;
}

/** A request for the right to send one token request, and its conditions. */
export interface ClaimRequest {
  readonly owner: string;
  /** How long the claim lasts when it is not settled. */
  readonly holdMs: number;
  /** The highest generation that the claimant knows; the claim gets a higher one. */
  readonly above: number;
  /** Epoch milliseconds, for the record. */
  readonly at: number;
  /** KIS has refused the newest token, and this attempt is to replace it. */
  readonly replaces: boolean;
  /** As {@link KisClaim.secret}. */
  readonly secret?: string;
  /** The shortest pause after an attempt whose request was sent, whatever came of it. */
  readonly shortestPauseMs?: number;
  /** A person requests a token now: only the shortest pause applies. */
  readonly forced?: boolean;
  /** No usable token is left: while the shared store is unavailable, a claim in a local store or in memory will do. */
  readonly localAllowed?: boolean;
}

/** What became of a claim, and the claim that holds now: the own one when it was won. */
export interface ClaimAnswer extends ClaimView {
  readonly won: boolean;
  /** Won in the replica of this machine alone: the shared store failed, and knows nothing of this claim. */
  readonly localOnly?: boolean;
  /** Why no claim can be taken at the moment, and what to do; missing when only an earlier claim prevents it. */
  readonly obstacle?: string;
}

/** How an attempt ended. */
export interface ClaimSettlement {
  /** No process sends a request for this long from now on, by the clock of the store. */
  readonly cooldownMs: number;
  /** `null`: it succeeded, or the claim was released without an attempt. */
  readonly failure: ClaimFailure | null;
  /** No request was sent: the claim is released as if it had not been taken. */
  readonly unused?: boolean;
  /** For an attempt without a token: {@link KisClaim.replacedAt} before it; `null` or missing: unchanged. */
  readonly replacedAt?: number | null;
}

/** The claim of a credential for which no token was ever requested. */
export const NO_CLAIM: KisClaim = {
  generation: 0,
  owner: '',
  attemptAt: 0,
  open: false,
  failures: 0,
  unsent: 0,
  lastError: null,
  cooldownMs: 0,
  secret: '',
  rejected: null,
  deletedGeneration: 0,
  replacedAt: 0,
  issuedToday: 0,
};

/** The shortest time after the end of one request until the next, whatever came of it. */
export function shortestPause(issueIntervalMs: number): number {
  return issueIntervalMs + SETTLE_MS;
}

/** Added to the interval for the resolution of the brokerage's clock and for network delays. */
const SETTLE_MS = 1000;

/**
 * How long the claimant has to wait. A pause beyond the shortest one does not apply to a request forced by a person,
 * nor, after KIS refused the key or secret, to a claimant with another secret.
 */
export function waitFor({ claim, remainingMs }: ClaimView, request: ClaimRequest): number {
  const { shortestPauseMs } = request;
  if (shortestPauseMs === undefined || !isExemptFromLongPause(claim, request)) return remainingMs;
  const keptMs = claim.unsent > 0 ? 0 : shortestPauseMs;
  return Math.max(0, remainingMs - Math.max(0, claim.cooldownMs - keptMs));
}

function isExemptFromLongPause(claim: KisClaim, { forced, secret }: ClaimRequest): boolean {
  if (claim.open) return false;
  const wasRefused = claim.lastError?.code === 'KIS_CREDENTIALS_REJECTED';
  return forced === true || (wasRefused && secret !== undefined && secret !== claim.secret);
}

/** Issue requests sent on the Korean day of `at`. */
export function issuesOn(at: number, { attemptAt, issuedToday }: KisClaim): number {
  return koreanDay(at) === koreanDay(attemptAt) ? issuedToday : 0;
}

/** The record that a new claim writes over the one before. */
export function openClaim(before: KisClaim, request: ClaimRequest): KisClaim {
  return {
    ...before,
    generation: Math.max(before.generation, request.above) + 1,
    owner: request.owner,
    attemptAt: request.at,
    open: true,
    cooldownMs: 0,
    secret: request.secret ?? '',
    replacedAt: request.replaces ? request.at : before.replacedAt,
    issuedToday: issuesOn(request.at, before) + 1,
  };
}

/** The record that a settlement writes; `null` when another claim has been taken since. */
export function settledClaim(before: KisClaim, mine: KisClaim, settlement: ClaimSettlement): KisClaim | null {
  if (before.generation !== mine.generation || before.owner !== mine.owner) return null;
  const { cooldownMs, failure } = settlement;
  const replacedAt = settlement.replacedAt ?? before.replacedAt;
  const ended = { ...before, open: false, replacedAt, cooldownMs };
  if (settlement.unused) {
    return {
      ...ended,
      unsent: failure ? before.unsent + 1 : before.unsent,
      lastError: failure ?? before.lastError,
      issuedToday: Math.max(0, before.issuedToday - 1),
    };
  }
  return { ...ended, failures: failure ? before.failures + 1 : 0, unsent: 0, lastError: failure };
}

/**
 * The record that the deletion of a token writes; `null` when there is nothing to record.
 *
 * @param upTo as `TokenRemoval.upTo`; default: all attempts that have begun.
 */
export function claimAfterDeletion(
  before: KisClaim,
  upTo: number | null = before.generation,
): KisClaim | null {
  const deletedGeneration = Math.min(upTo ?? 0, before.generation);
  return deletedGeneration > before.deletedGeneration ? { ...before, deletedGeneration } : null;
}

/**
 * The record after a deletion that no longer counts, so that a token of this generation is stored again; `null` when
 * another deletion has been recorded since.
 *
 * @param recorded the `deletedGeneration` that no longer counts.
 */
export function claimWithoutDeletion(
  before: KisClaim,
  recorded: number,
  generation: number,
): KisClaim | null {
  if (before.deletedGeneration !== recorded || generation > recorded) return null;
  return { ...before, deletedGeneration: Math.max(0, generation - 1) };
}

/** A claim in memory. Its end is in monotonic milliseconds, so that no clock step shortens it. */
export class MemoryClaim {
  private claim: KisClaim = NO_CLAIM;
  private until = 0;

  view(now: number): ClaimView {
    return { claim: this.claim, remainingMs: Math.max(0, this.until - now) };
  }

  take(request: ClaimRequest, now: number): ClaimAnswer {
    const standing = this.view(now);
    const remainingMs = waitFor(standing, request);
    if (remainingMs > 0) return { won: false, claim: standing.claim, remainingMs };
    this.claim = openClaim(standing.claim, request);
    this.until = now + request.holdMs;
    return { won: true, claim: this.claim, remainingMs: request.holdMs };
  }

  settle(mine: KisClaim, settlement: ClaimSettlement, now: number): void {
    const settled = settledClaim(this.claim, mine, settlement);
    if (!settled) return;
    this.claim = settled;
    this.until = now + settlement.cooldownMs;
  }

  /** Changes the record and not its end; a change to `null` leaves it. */
  change(change: (before: KisClaim) => KisClaim | null): void {
    this.claim = change(this.claim) ?? this.claim;
  }

  /** It has ended, and holds no failure that the next attempt depends on. */
  hasEnded(now: number): boolean {
    const { open, failures, unsent } = this.claim;
    return !open && failures === 0 && unsent === 0 && this.until <= now;
  }
}
