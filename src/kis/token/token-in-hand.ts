import { Logger } from '@nestjs/common';
import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import type { KisTokenEvents } from '../kis.events';
import type { KisTokenPolicy } from '../kis.options';
import type { BrokerageClock } from './brokerage-clock';
import { HeldToken } from './held-token';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import type { ObtainedToken } from './token-goal';
import { CLOCK_TOLERANCE_MS, supersedes, type TokenZone } from './token-rules';
import type { TokenVault } from './token-vault';

/** The hot path trusts its arithmetic this long before both clocks are asked again. */
const RECHECK_MS = 30_000;
/** So many refused tokens are remembered: a store that cannot write may offer an old one again. */
const REMEMBERED_REFUSALS = 20;

export interface TokenInHandParts {
  readonly credential: KisCredential;
  readonly policy: KisTokenPolicy;
  readonly vault: TokenVault;
  readonly brokerage: BrokerageClock;
  readonly events: KisTokenEvents;
  readonly clock: KisClock;
}

/** The token of one credential in memory, and which token may take its place. */
export class TokenInHand {
  private readonly logger = new Logger('KISClient');
  private held: HeldToken | null = null;
  /** Between these wall clock times `held` is fresh, as both clocks said at the first of them. */
  private freshFrom = 0;
  private freshTo = 0;
  /** Fingerprints of tokens that KIS has refused, the latest last. */
  private refused: readonly string[] = [];

  constructor(private readonly parts: TokenInHandParts) {}

  /** The hot path: two comparisons. `null` says nothing: ask {@link zone}. */
  fresh(now: number): KisToken | null {
    return now < this.freshTo && now >= this.freshFrom && this.held !== null ? this.held.token : null;
  }

  /** Opens the hot path for a while. */
  confirmFresh(held: HeldToken): void {
    this.freshFrom = this.parts.clock.now();
    this.freshTo = this.freshFrom + Math.min(RECHECK_MS, held.freshForMs());
  }

  /** The token, whatever its age. */
  get current(): HeldToken | null {
    return this.held;
  }

  /** The token when it may be sent. */
  get usable(): KisToken | null {
    return isUsable(this.held) ? this.held.token : null;
  }

  get zone(): TokenZone | 'absent' {
    return this.held?.zone(this.parts.policy.bufferMs) ?? 'absent';
  }

  /** There is none because KIS has refused the last one. */
  get lost(): boolean {
    return this.held === null && this.refused.length > 0;
  }

  isRefused(token: KisToken): boolean {
    return this.refused.includes(token.fingerprint);
  }

  /** Looks at what the store has, and takes over what is better. */
  learn(stored: StoredToken | null): void {
    // A window of long ago must not open again when the wall clock is set back into it: every sweep closes it.
    this.freshTo = 0;
    if (!stored) return;
    if (this.held && stored.claim.rejected === this.held.token.fingerprint) this.refuse(this.held.token);
    const { token } = stored;
    if (token && this.isAcceptable(token, stored) && this.isNews(token))
      this.hold({ token, outcome: 'adopted' });
  }

  /**
   * Whether a stored token makes a request to KIS needless: it is newer than the token that was in hand when the wish
   * for another arose, and fresh itself unless that one was of no use. What is in hand by now does not matter: it may
   * be this very token, which another look at the store has brought meanwhile.
   */
  wants(token: KisToken, stored: StoredToken, since: HeldToken | null): boolean {
    if (!this.isAcceptable(token, stored)) return false;
    if (!isUsable(since)) return true;
    return supersedes(token, since.token) && this.judged(token).zone(this.parts.policy.bufferMs) === 'fresh';
  }

  hold({ token, outcome }: ObtainedToken): void {
    if (outcome === 'adopted' && this.has(token)) return;
    const { clock, brokerage, credential, events, vault } = this.parts;
    const origin = outcome === 'adopted' ? vault.kind : 'api';
    // An answer of KIS comes with its time; a token from the store does not tell whether the clock was set since.
    this.held = new HeldToken(token, origin, clock, brokerage, outcome === 'adopted' ? this.held : null);
    this.freshTo = 0;
    if (outcome !== 'adopted') return;
    events.emit('adopted', { credential, expiresAt: token.getExpiryDatetime() });
    this.logger.log(
      `Using cached token from ${origin}, valid for ${Math.floor(this.held.remainingMs() / 1000)} seconds`,
    );
  }

  /** From now on this token is neither handed out nor taken over. */
  refuse(token: KisToken): void {
    this.refused = [...this.refused, token.fingerprint].slice(-REMEMBERED_REFUSALS);
    if (this.held?.token.fingerprint === token.fingerprint) this.drop();
  }

  /** Forgets the token, and what KIS has refused: somebody wants to begin anew. */
  forget(): void {
    this.refused = [];
    this.drop();
  }

  private has({ fingerprint, generation }: KisToken): boolean {
    return this.held?.token.fingerprint === fingerprint && this.held.token.generation === generation;
  }

  private drop(): void {
    this.held = null;
    this.freshTo = 0;
  }

  private isAcceptable(token: KisToken, stored: StoredToken): boolean {
    const { brokerage, clock } = this.parts;
    if (this.isRefused(token) || stored.claim.rejected === token.fingerprint) return false;
    // From the future: the clock went back, and what is left of the token is known on the boot that stored it only.
    const fromFuture = token.issuedAt > brokerage.now() + CLOCK_TOLERANCE_MS;
    if (fromFuture && token.uptime?.bootId !== clock.bootId) return false;
    return this.judged(token).remainingMs() > TOKEN_MARGIN_MS;
  }

  /** A stored token by the clocks of this process. */
  private judged(token: KisToken): HeldToken {
    const { brokerage, clock, vault } = this.parts;
    return new HeldToken(token, vault.kind, clock, brokerage);
  }

  private isNews(token: KisToken): boolean {
    return this.held === null || this.usable === null || supersedes(token, this.held.token);
  }
}

function isUsable(held: HeldToken | null): held is HeldToken {
  return held !== null && held.remainingMs() > TOKEN_MARGIN_MS;
}
