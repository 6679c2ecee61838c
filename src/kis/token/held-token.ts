import type { BrokerageClock } from './brokerage-clock';
import type { KisToken } from './kis-token';
import { zoneOf, type TokenZone } from './token-rules';

/** Where the token in memory came from. */
export type TokenOrigin = 'memory' | 'file' | 'redis' | 'api';

/**
 * A token in memory, watched by two clocks: the wall clock, which knows of suspended hours but may be set wrong, and
 * the monotonic clock, which nobody can set. What is left of the token is the smaller of what the two say.
 */
export class HeldToken {
  /** Monotonic milliseconds. */
  private readonly endsAt: number;

  constructor(
    readonly token: KisToken,
    readonly origin: TokenOrigin,
    private readonly brokerage: BrokerageClock,
    /** The one before: when it is the same token, what was known of its end goes on. */
    before: HeldToken | null = null,
  ) {
    const known = before?.token.fingerprint === token.fingerprint ? before.endsAt : Infinity;
    const here = token.uptime?.bootId === brokerage.bootId ? token.uptime : null;
    const byWall = brokerage.monotonic() + (token.expiresAt - brokerage.now());
    this.endsAt = Math.min(known, here?.endsAt ?? byWall);
  }

  remainingMs(): number {
    const byWall = this.token.expiresAt - this.brokerage.now();
    return Math.min(byWall, this.endsAt - this.brokerage.monotonic());
  }

  zone(bufferMs: number): TokenZone {
    return zoneOf(this.token, this.remainingMs(), bufferMs);
  }

  /** How long it stays fresh. */
  freshForMs(): number {
    return this.remainingMs() - (this.token.expiresAt - this.token.refreshAt);
  }
}
