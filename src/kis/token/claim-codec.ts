import { createHash } from 'node:crypto';
import type { KisClock } from '../clock';
import type { FoundFile } from '../files/careful-open';
import { NO_CLAIM, type ClaimFailure, type ClaimView, type KisClaim } from './claim-rules';

/**
 * Claims as they are stored: their text, and every field checked when it is read, because anything may have written
 * it.
 */

/**
 * No claim is obeyed for longer than this, whatever its record says: the longest pause is an hour plus 20 % jitter, and the request
 * timeout and the interval together are shorter.
 */
export const LONGEST_CLAIM_MS = 2 * 3_600_000;

/** Counts in a genuine record are far lower; far above it, adding one no longer changes a number. */
const LARGEST_COUNT = 1e12;
/** The last moment that `Date` can represent. */
const END_OF_TIME = 8.64e15;
const LONGEST_NAME = 200;
const LONGEST_MESSAGE = 4000;
/** Also codes of newer versions, which may share the store. */
const ERROR_CODE = /^[A-Z][A-Z_]{2,39}$/;

const CHECKS: { readonly [Field in keyof KisClaim]: (value: unknown) => boolean } = {
  generation: isCount,
  owner: isName,
  attemptAt: isNumber,
  open: (value) => typeof value === 'boolean',
  failures: isCount,
  unsent: isCount,
  lastError: (value) => value === null || isFailure(value),
  cooldownMs: isNumber,
  secret: isName,
  rejected: (value) => value === null || isName(value),
  deletedGeneration: isCount,
  replacedAt: isNumber,
  issuedToday: isCount,
};

/**
 * The claim in a stored record; `null` when a field is invalid, because anything may have written to the store. Fields that an older version did not write have their value in {@link NO_CLAIM}; unknown ones are ignored.
 */
export function claimFrom(record: unknown): KisClaim | null {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return null;
  const found = record as Readonly<Record<string, unknown>>;
  const fields = Object.entries(CHECKS).filter(([name]) => name in found);
  if (!fields.every(([name, isRight]) => isRight(found[name]))) return null;
  const claim: KisClaim = {
    ...NO_CLAIM,
    ...Object.fromEntries(fields.map(([name]) => [name, found[name]])),
  };
  // A deletion of tokens that are still to come would keep every new token out of the store.
  return claim.deletedGeneration <= claim.generation ? claim : null;
}

/** Whether a genuine record can have this number of attempts or tokens. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST_COUNT;
}

/** A time or a duration; a clock that was set wrong may make it negative. */
function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= END_OF_TIME;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_NAME;
}

function isFailure(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, at } = value as Partial<Record<keyof ClaimFailure, unknown>>;
  const isKnown = typeof code === 'string' && ERROR_CODE.test(code);
  return isKnown && typeof message === 'string' && message.length <= LONGEST_MESSAGE && isNumber(at);
}

/** A claim with its end, as the file store keeps it. */
interface ClaimRecord {
  readonly claim: KisClaim;
  /** Its duration when it was written. */
  readonly lengthMs: number;
  /** Its end by the wall clock, epoch milliseconds. */
  readonly until: number;
  /** Its end by the monotonic clock of `bootId`. */
  readonly untilMonotonic: number;
  readonly bootId: string | null;
}

/** A stored claim as it was last read, and since when it has been unchanged. */
interface SeenClaim extends FoundFile {
  /** `null` when it cannot be decoded. */
  readonly decoded: ClaimRecord | null;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** How long an unreadable claim is obeyed: longer than a claim lasts with the usual settings. */
const UNREADABLE_HOLD_MS = 90_000;

export function encodeClaim(claim: KisClaim, lengthMs: number, clock: KisClock): string {
  const record: ClaimRecord = {
    claim,
    lengthMs,
    until: clock.now() + lengthMs,
    untilMonotonic: clock.monotonic() + lengthMs,
    bootId: clock.bootId,
  };
  return `${JSON.stringify({ ...record, checksum: checksumOf(record) }, null, 2)}\n`;
}

/**
 * Reads stored claims and computes their remaining time. On the boot that wrote a claim the monotonic clock decides,
 * which cannot be set; elsewhere the wall clock does, but a claim that has been seen unchanged for its whole duration
 * has ended: a clock that was set back cannot delay requests for hours.
 */
export class ClaimReader {
  private readonly seen = new Map<string, SeenClaim>();

  constructor(private readonly clock: KisClock) {}

  /**
   * @param file `null` when there is none.
   * @param usualHoldMs duration of the reader's own claims: a damaged one is assumed to last at least as long.
   */
  read(name: string, file: FoundFile | null, usualHoldMs = 0): ClaimView {
    if (file === null) return { claim: NO_CLAIM, remainingMs: 0 };
    const { decoded, at } = this.recognize(name, file);
    const record = decoded ?? unreadable(file.changedAt, Math.max(usualHoldMs, UNREADABLE_HOLD_MS));
    const seenMs = this.clock.monotonic() - at;
    return {
      claim: record.claim,
      remainingMs: Math.max(0, Math.min(this.leftOf(record), record.lengthMs - seenMs, LONGEST_CLAIM_MS)),
      ...(decoded ? {} : { assumed: true }),
    };
  }

  private leftOf(record: ClaimRecord): number {
    const sameBoot = record.bootId !== null && record.bootId === this.clock.bootId;
    return sameBoot ? record.untilMonotonic - this.clock.monotonic() : record.until - this.clock.now();
  }

  private recognize(name: string, { bytes, changedAt }: FoundFile): SeenClaim {
    const before = this.seen.get(name);
    if (before?.changedAt === changedAt && before.bytes.equals(bytes)) return before;
    const seen = {
      bytes,
      changedAt,
      decoded: decode(bytes.toString('utf8')),
      at: this.clock.monotonic(),
    };
    this.seen.set(name, seen);
    return seen;
  }
}

function decode(text: string): ClaimRecord | null {
  try {
    const { checksum, ...record } = JSON.parse(text) as ClaimRecord & { checksum: string };
    const times = [record.lengthMs, record.until, record.untilMonotonic];
    if (checksum !== checksumOf(record) || !times.every(Number.isFinite)) return null;
    const claim = claimFrom(record.claim);
    // A claim seen for this long has ended, whatever end it states.
    return claim && { ...record, claim, lengthMs: Math.min(record.lengthMs, LONGEST_CLAIM_MS) };
  } catch {
    return null;
  }
}

/** Whatever the record was, it has ended when the longest claim has. */
function unreadable(changedAt: number, lengthMs: number): ClaimRecord {
  return {
    claim: { ...NO_CLAIM, open: true },
    lengthMs,
    until: changedAt + lengthMs,
    untilMonotonic: 0,
    bootId: null,
  };
}

function checksumOf(record: object): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('hex');
}
