import { createHash } from 'node:crypto';
import type { KisClock } from '../../clock';
import { NO_CLAIM, type ClaimView, type KisClaim } from '../claim';

/** A claim with its end, as the file holds it. */
interface ClaimRecord {
  readonly claim: KisClaim;
  /** How long it was to hold when it was written. */
  readonly lengthMs: number;
  /** Its end by the wall clock, epoch milliseconds. */
  readonly until: number;
  /** Its end by the monotonic clock of `bootId`. */
  readonly untilMonotonic: number;
  readonly bootId: string | null;
}

/** The longest that a claim of which nothing can be read is obeyed: longer than any claim holds. */
const UNREADABLE_HOLD_MS = 90_000;

export function encodeClaimFile(claim: KisClaim, lengthMs: number, clock: KisClock): string {
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
 * Reads claim files and tells what is left of them. On the boot that wrote a claim the monotonic clock decides, which
 * nobody can set; elsewhere the wall clock does, but a claim that has been seen for its whole length is over in any
 * case: a clock that was set back cannot keep everybody waiting for hours.
 */
export class ClaimReader {
  private readonly firstSeen = new Map<string, { text: string; at: number }>();

  constructor(private readonly clock: KisClock) {}

  /** @param text `null` when there is no file; @param changedAt its modification time, epoch milliseconds. */
  read(name: string, text: string | null, changedAt: number): ClaimView {
    if (text === null) return { claim: NO_CLAIM, remainingMs: 0 };
    const record = decode(text) ?? unreadable(changedAt);
    const seenMs = this.seenForMs(name, text);
    return { claim: record.claim, remainingMs: Math.max(0, Math.min(this.leftOf(record), record.lengthMs - seenMs)) };
  }

  private leftOf(record: ClaimRecord): number {
    const sameBoot = record.bootId !== null && record.bootId === this.clock.bootId;
    return sameBoot ? record.untilMonotonic - this.clock.monotonic() : record.until - this.clock.now();
  }

  private seenForMs(name: string, text: string): number {
    const now = this.clock.monotonic();
    const seen = this.firstSeen.get(name);
    if (seen?.text === text) return now - seen.at;
    this.firstSeen.set(name, { text, at: now });
    return 0;
  }
}

function decode(text: string): ClaimRecord | null {
  try {
    const { checksum, ...record } = JSON.parse(text) as ClaimRecord & { checksum: string };
    return checksum === checksumOf(record) ? record : null;
  } catch {
    return null;
  }
}

/** Somebody damaged the file: whatever stood there, it has ended when the longest claim has. */
function unreadable(changedAt: number): ClaimRecord {
  return {
    claim: { ...NO_CLAIM, open: true },
    lengthMs: UNREADABLE_HOLD_MS,
    until: changedAt + UNREADABLE_HOLD_MS,
    untilMonotonic: 0,
    bootId: null,
  };
}

function checksumOf(record: object): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('hex');
}
