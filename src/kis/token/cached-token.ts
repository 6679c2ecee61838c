import type { BrokerageClock } from './brokerage-clock';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import { zoneOf, type TokenZone } from './token-rules';

/**
 * A token in memory whose remaining life is measured by two clocks: the wall clock, which counts suspended hours but
 * may be set wrong, and the monotonic clock, which cannot be set. The smaller result counts.
 *
 * Corrections of the wall clock by `Date` headers apply to a token whose end is not known otherwise. Where the
 * monotonic clock of this boot knows the end, they can only lengthen what remains by the wall clock.
 */
export class CachedToken {
  /** Its end by the monotonic clock of this boot is known since its issue. */
  private readonly isKnownHere: boolean;
  /** Monotonic milliseconds. */
  private readonly endsAt: number;
  /** What was added to the wall clock when the token came, and the correction at that moment. */
  private readonly wallOffsetMs: number;
  private readonly correctionThen: number;

  constructor(
    readonly token: KisToken,
    /** `api`, or the kind of the store. */
    readonly origin: string,
    private readonly brokerage: BrokerageClock,
    /** The cached token before: when it is the same one, what is known of its end is kept. */
    before: CachedToken | null = null,
  ) {
    const monotonic = brokerage.monotonic();
    const here = token.uptime?.bootId === brokerage.bootId ? token.uptime.endsAt : null;
    this.isKnownHere = here !== null;
    const isSame = before?.token.fingerprint === token.fingerprint;
    const same = isSame && (before.isKnownHere || !this.isKnownHere) ? before : null;
    this.endsAt = Math.min(same?.endsAt ?? Infinity, here ?? monotonic + (token.expiresAt - brokerage.now()));
    if (origin === 'api' && here !== null && token.uptime !== before?.token.uptime) {
      // KIS has just stated the remaining life, so the wall clock is compared with it now, whatever it shows.
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

  /** How much longer it stays fresh. */
  freshForMs(): number {
    return this.remainingMs() - (this.token.expiresAt - this.token.refreshAt);
  }

  /** The wall clock with the corrections that apply to this token. */
  private now(): number {
    const changeMs = this.brokerage.correctionMs - this.correctionThen;
    const countedMs = this.isKnownHere ? Math.min(0, changeMs) : changeMs;
    return this.brokerage.wall() + this.wallOffsetMs + countedMs;
  }
}

/** Whether there is a token that may be sent with a request. */
export function isUsable(cached: CachedToken | null): cached is CachedToken {
  return cached !== null && cached.remainingMs() > TOKEN_MARGIN_MS;
}
