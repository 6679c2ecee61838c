import type { KisErrorCode } from '../kis.errors';
import { koreanDay } from '../protocol/korean-time';

/** Why an attempt failed, in words for the log and for callers that have to wait because of it. */
export interface ClaimFailure {
  readonly code: KisErrorCode;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * The right to ask KIS for a token, and the memory of the last attempt. A claim is lease and rate limiter in one:
 * nobody asks before it ends, whether the holder succeeded, failed, was killed, or sleeps. It is never deleted.
 */
export interface KisClaim {
  /** Counts attempts upwards, over all processes; the token that an attempt brings carries it. */
  readonly generation: number;
  /** Who holds it: an identifier of one service in one process. */
  readonly owner: string;
  /** When the attempt began; epoch milliseconds. */
  readonly attemptAt: number;
  /** An attempt is under way (or its holder died): its token may still come. */
  readonly open: boolean;
  /** Failed attempts in a row, over all processes; without those whose request never left. */
  readonly failures: number;
  /** Attempts in a row whose request never left the machine, the last one included. */
  readonly unsent: number;
  readonly lastError: ClaimFailure | null;
  /** The pause after the last attempt; 0 while it is open. */
  readonly cooldownMs: number;
  /** Tells the app secret of the last attempt from others, without telling it. */
  readonly secret: string;
  /** Fingerprint of a token that KIS has refused: not to be used again, also after a restart. */
  readonly rejected: string | null;
  /**
   * Somebody has deleted the token. Tokens of this generation and of older ones, from attempts that had begun before,
   * are not stored any more; the next attempt ends that.
   */
  readonly tokenDeleted: boolean;
  /** When a token last replaced one that KIS had refused; epoch milliseconds, 0: never. */
  readonly replacedAt: number;
  /** Issue requests sent on the Korean day of {@link attemptAt}; people get a KakaoTalk message for each. */
  readonly issuedToday: number;
}

/** A claim together with what its store says is left of it, by the store's own clock. */
export interface ClaimView {
  readonly claim: KisClaim;
  /** Until the next attempt is allowed; 0 when it is allowed now. */
  readonly remainingMs: number;
}

export interface ClaimRequest {
  readonly owner: string;
  /** How long the claim holds when nobody settles it. */
  readonly holdMs: number;
  /** The newest generation that the claimant knows of; the claim gets a higher one. */
  readonly above: number;
  /** Epoch milliseconds, for the record. */
  readonly at: number;
  /** The newest token was refused by KIS, and this attempt is to replace it. */
  readonly replaces: boolean;
  /** As {@link KisClaim.secret}. */
  readonly secret?: string;
  /** The shortest pause after an attempt whose request was sent, whatever came of it. */
  readonly shortestPauseMs?: number;
  /** A person asks for a token now: only the shortest pause is kept. */
  readonly forced?: boolean;
  /** There is no token to go on with: where the shared place is away, the next best count of turns will do. */
  readonly alone?: boolean;
}

export interface ClaimAnswer extends ClaimView {
  readonly won: boolean;
}

/** How an attempt ended. */
export interface ClaimSettlement {
  /** From now on, by the store's clock, nobody asks for this long. */
  readonly cooldownMs: number;
  /** `null`: it succeeded, or it was given back without an attempt. */
  readonly failure: ClaimFailure | null;
  /** No request was sent after all: the turn is given back as if it had not been taken. */
  readonly unused?: boolean;
  /** Where no token came of it: what {@link KisClaim.replacedAt} was before; `null` or missing: it stays. */
  readonly replacedAt?: number | null;
}

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
  tokenDeleted: false,
  replacedAt: 0,
  issuedToday: 0,
};

/**
 * How long this claimant has to wait. A pause beyond the shortest one does not hold for a person who asks for a token
 * now, and after KIS refused key or secret not for a claimant with another secret.
 */
export function waitFor({ claim, remainingMs }: ClaimView, request: ClaimRequest): number {
  const { shortestPauseMs } = request;
  if (shortestPauseMs === undefined || !passesLongPauses(claim, request)) return remainingMs;
  const keptMs = claim.unsent > 0 ? 0 : shortestPauseMs;
  return Math.max(0, remainingMs - Math.max(0, claim.cooldownMs - keptMs));
}

function passesLongPauses(claim: KisClaim, { forced, secret }: ClaimRequest): boolean {
  if (claim.open) return false;
  const wasRefused = claim.lastError?.code === 'KIS_CREDENTIALS_REJECTED';
  return forced === true || (wasRefused && secret !== undefined && secret !== claim.secret);
}

/** How many issue requests were sent on the Korean day of `at`. */
export function issuesOn(at: number, { attemptAt, issuedToday }: KisClaim): number {
  return koreanDay(at) === koreanDay(attemptAt) ? issuedToday : 0;
}

/** The record that a claim writes over the one before. */
export function openClaim(before: KisClaim, request: ClaimRequest): KisClaim {
  return {
    ...before,
    generation: Math.max(before.generation, request.above) + 1,
    owner: request.owner,
    attemptAt: request.at,
    open: true,
    cooldownMs: 0,
    secret: request.secret ?? '',
    tokenDeleted: false,
    replacedAt: request.replaces ? request.at : before.replacedAt,
    issuedToday: issuesOn(request.at, before) + 1,
  };
}

/** The record that a settlement writes, `null` when the claim is another's by now. */
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

/** The record that the deletion of a token writes; `null` when no attempt has been made yet. */
export function claimAfterDeletion(before: KisClaim): KisClaim | null {
  return before.generation === 0 ? null : { ...before, tokenDeleted: true };
}
