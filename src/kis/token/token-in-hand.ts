import { AccountLogger } from '../account-logger';
import { KisInvalidRequestError, KisTokenRejectedError } from '../kis.errors';
import { CachedToken } from './cached-token';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { localTime } from './local-time';
import type { TokenAttempt } from './token-attempt';
import type { TokenParts } from './token-parts';
import { CLOCK_TOLERANCE_MS, isBarred, isDeleted, supersedes, type TokenZone } from './token-rules';
import type { ObtainedToken, TokenState } from './token-state';

/** The hot path trusts its arithmetic this long before both clocks are asked again. */
const RECHECK_MS = 30_000;
/** So many refused tokens are remembered: a store that cannot write may offer an old one again. */
const REMEMBERED_REFUSALS = 20;

/** The token in memory, and which token may take its place. */
export class TokenInHand {
  private readonly logger = new AccountLogger('KISClient');

  constructor(private readonly parts: TokenParts) {}

  /** The token when it may be sent. */
  usable({ held }: TokenState): KisToken | null {
    return isUsable(held) ? held.token : null;
  }

  zone({ held }: TokenState): TokenZone | 'absent' {
    return held?.zone(this.parts.policy.bufferMs) ?? 'absent';
  }

  isRefused(state: TokenState, token: KisToken): boolean {
    return state.refused.includes(token.fingerprint);
  }

  /** Opens the hot path for a while. */
  confirmFresh(state: TokenState, held: CachedToken): void {
    state.freshFrom = this.parts.clock.now();
    state.freshForMs = Math.floor(Math.min(RECHECK_MS, held.freshForMs()));
  }

  /** Looks at what the store has, and takes over what is better. */
  learn(state: TokenState, stored: StoredToken | null): void {
    // A window of long ago must not open again when the wall clock is set back into it: every sweep closes it.
    state.freshForMs = 0;
    if (!stored) return;
    const { held } = state;
    if (held && stored.claim.rejected === held.token.fingerprint) this.refuse(state, held.token);
    else if (held && cameAfterItsDeletion(state, held.token, stored)) drop(state);
    const { token } = stored;
    if (!token || (state.held && isSame(state.held.token, token))) return;
    if (!this.isAcceptable(state, token, stored)) return;
    if (this.tookThePlace(state, token, stored)) drop(state);
    if (this.isNews(state, token)) this.hold(state, { token, outcome: 'adopted' });
  }

  /**
   * The token that makes a request to KIS needless: in the store, or in hand by now because another look has found it
   * there, while this one may have failed.
   */
  adoptable(attempt: TokenAttempt, stored: StoredToken | null): ObtainedToken | null {
    const { state, since } = attempt;
    const { held } = state;
    const arrived = isUsable(held) && held !== since ? held.token : null;
    const inStore = stored?.token && this.isAcceptable(state, stored.token, stored) ? stored.token : null;
    const token = [inStore, arrived].find((each) => each !== null && this.suffices(attempt, each));
    return token ? { token, outcome: 'adopted' } : null;
  }

  hold(state: TokenState, { token, outcome }: ObtainedToken): void {
    const { held, brokerage, credential } = state;
    if (outcome === 'adopted' && held && isSame(held.token, token)) return;
    // Whoever stood still on the way to this one may have been given a newer token since.
    if (isUsable(held) && supersedes(held.token, token) && !supersedes(token, held.token)) return;
    const { store } = this.parts;
    const origin = outcome === 'adopted' ? (store.originOf?.(token) ?? store.kind) : 'api';
    state.held = new CachedToken(token, origin, brokerage, held);
    state.freshForMs = 0;
    state.generation = Math.max(state.generation, token.generation);
    if (outcome !== 'adopted') return;
    state.seen = token.fingerprint;
    this.parts.events.emit('adopted', { credential, expiresAt: token.getExpiryDatetime() });
    this.logger.log(
      credential,
      `Using cached token from ${origin}, valid for ${Math.floor(state.held.remainingMs() / 1000)} seconds`,
    );
  }

  /** @throws KisInvalidRequestError, KisTokenRejectedError for a token that would never be handed out. */
  mustBeUsable(state: TokenState, token: KisToken, stored: StoredToken | null): void {
    if (this.isRefused(state, token) || stored?.claim.rejected === token.fingerprint) {
      throw new KisTokenRejectedError('KIS has refused or revoked this token, so it was not stored.');
    }
    if (this.isFromFuture(state, token)) {
      throw new KisInvalidRequestError(
        `This token is dated ${localTime(token.issuedAt)}, which is in the future: it was not stored. Check the clock ` +
          'and the time zone of this machine.',
      );
    }
    if (this.judged(state, token).remainingMs() > TOKEN_MARGIN_MS) return;
    throw new KisInvalidRequestError(
      `This token expired at ${localTime(token.expiresAt)}, so it was not stored.`,
    );
  }

  /** From now on this token is neither handed out nor taken over. */
  refuse(state: TokenState, { fingerprint }: KisToken): void {
    state.refused = [...state.refused, fingerprint].slice(-REMEMBERED_REFUSALS);
    if (state.held?.token.fingerprint === fingerprint) drop(state);
  }

  /** Forgets the token, what KIS has refused, and whatever attempts and looks bring that began before. */
  forget(state: TokenState): void {
    state.deletions += 1;
    state.refused = [];
    drop(state);
  }

  /** Newer than the token that was in hand when the wish for another arose; fresh, too, unless that one was of no use. */
  private suffices({ state, since }: TokenAttempt, token: KisToken): boolean {
    if (!isUsable(since)) return true;
    return (
      supersedes(token, since.token) && this.judged(state, token).zone(this.parts.policy.bufferMs) === 'fresh'
    );
  }

  private isAcceptable(state: TokenState, token: KisToken, stored: StoredToken): boolean {
    if (this.isRefused(state, token) || isBarred(token, stored.claim)) return false;
    return !this.isFromFuture(state, token) && this.judged(state, token).remainingMs() > TOKEN_MARGIN_MS;
  }

  /** The clock went back since its issue: what is left of it is known on the boot that stored it only. */
  private isFromFuture({ brokerage }: TokenState, token: KisToken): boolean {
    const isLater = token.issuedAt > brokerage.now() + CLOCK_TOLERANCE_MS;
    return isLater && token.uptime?.bootId !== brokerage.bootId;
  }

  /**
   * A token of another program stands where ours has been. No store replaces a token by an older one, so somebody has
   * deleted ours and wants that one, even if it is older. One that is to be renewed anyway is not worth it, unless ours
   * is known to be deleted.
   */
  private tookThePlace(state: TokenState, token: KisToken, { claim }: StoredToken): boolean {
    const { held, seen } = state;
    if (held === null || token.generation > 0) return false;
    if (seen !== held.token.fingerprint || seen === token.fingerprint) return false;
    const isFresh = this.judged(state, token).zone(this.parts.policy.bufferMs) === 'fresh';
    return isFresh || isDeleted(held.token, claim);
  }

  /** A stored token by the clocks of this process. */
  private judged({ brokerage }: TokenState, token: KisToken): CachedToken {
    return new CachedToken(token, this.parts.store.kind, brokerage);
  }

  private isNews(state: TokenState, token: KisToken): boolean {
    const usable = this.usable(state);
    return usable === null || supersedes(token, usable);
  }
}

function isUsable(held: CachedToken | null): held is CachedToken {
  return held !== null && held.remainingMs() > TOKEN_MARGIN_MS;
}

function isSame(one: KisToken, other: KisToken): boolean {
  return one.fingerprint === other.fingerprint && one.generation === other.generation;
}

/**
 * Another process has deleted the token while this one was being requested. One that came without a claim in the store
 * has nothing to do with that, whatever its generation.
 */
function cameAfterItsDeletion(
  { unsaved, seen }: TokenState,
  token: KisToken,
  { claim }: StoredToken,
): boolean {
  return isDeleted(token, claim) && unsaved === token.fingerprint && seen !== token.fingerprint;
}

function drop(state: TokenState): void {
  state.held = null;
  state.freshForMs = 0;
}
