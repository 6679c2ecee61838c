import type { BrokerageClock } from './brokerage-clock';
import type { KisToken } from './kis-token';
import { zoneOf, type TokenZone } from './token-rules';

/**
 * A token in memory, watched by two clocks: the wall clock, which knows of suspended hours but may be set wrong, and
 * the monotonic clock, which nobody can set. What is left of the token is the smaller of what the two say.
 *
 * Corrections of the wall clock by `Date` headers count for a token whose end is not known otherwise. Where the
 * monotonic clock of this boot knows it, they can add to what the wall clock says, and never take away.
 */
export class CachedToken {
  /** The end by the monotonic clock of this boot is known from its issue. */
  private readonly isKnownHere: boolean;
  /** Monotonic milliseconds. */
  private readonly endsAt: number;
  /** What was to be added to the wall clock when the token came, and what the correction was then. */
  private readonly wallOffsetMs: number;
  private readonly correctionThen: number;

  constructor(
    readonly token: KisToken,
    /** `api`, or the kind of the store. */
    readonly origin: string,
    private readonly brokerage: BrokerageClock,
    /** The one before: when it is the same token, what was known of its end goes on. */
    before: CachedToken | null = null,
  ) {
    const monotonic = brokerage.monotonic();
    const here = token.uptime?.bootId === brokerage.bootId ? token.uptime.endsAt : null;
    this.isKnownHere = here !== null;
    const isSame = before?.token.fingerprint === token.fingerprint;
    const same = isSame && (before.isKnownHere || !this.isKnownHere) ? before : null;
    this.endsAt = Math.min(same?.endsAt ?? Infinity, here ?? monotonic + (token.expiresAt - brokerage.now()));
    if (origin === 'api' && here !== null && token.uptime !== before?.token.uptime) {
      // KIS has just said what is left of it: whatever the wall clock shows, it shows it now.
      this.correctionThen = brokerage.correctionMs;
      this.wallOffsetMs = token.expiresAt - (here - monotonic) - brokerage.wall();
    } else {
      this.correctionThen = same?.correctionThen ?? brokerage.correctionMs;
      this.wallOffsetMs = same?.wallOffsetMs ?? brokerage.correctionMs;
    }
  }

  remainingMs(): number {
    const byMonotonic = this.endsAt - this.brokerage.monotonic();
    return Math.min(byMonotonic, this.token.expiresAt - this.now());
  }

  zone(bufferMs: number): TokenZone {
    return zoneOf(this.token, this.remainingMs(), bufferMs);
  }

  /** How long it stays fresh. */
  freshForMs(): number {
    return this.remainingMs() - (this.token.expiresAt - this.token.refreshAt);
  }

  /** The time by the wall clock, as it counts for this token. */
  private now(): number {
    const changeMs = this.brokerage.correctionMs - this.correctionThen;
    const countedMs = this.isKnownHere ? Math.min(0, changeMs) : changeMs;
    return this.brokerage.wall() + this.wallOffsetMs + countedMs;
  }
}
