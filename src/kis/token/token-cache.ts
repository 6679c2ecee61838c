import { AccountLogger } from '../account-logger';
import { CachedToken, isUsable } from './cached-token';
import { TOKEN_MARGIN_MS, type KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import type { AcquiredToken, TokenAttempt, TokenContext } from './token-context';
import { isDeleted, isFromFuture, isUnusable, isSameToken, supersedes, type TokenZone } from './token-rules';

/**
 * The token of one credential in memory, and the decision which token may replace it. Does no I/O: tokens that were read
 * from the store or received from KIS are passed to it.
 */
export class TokenCache {
  private readonly logger = new AccountLogger('KISClient');
  private cached: CachedToken | null = null;
  /** The issued token that was replaced by one of another program; it is used again when KIS refuses that one. */
  private displaced: CachedToken | null = null;
  /** Epoch milliseconds: from then on `cached` is fresh for `freshForMs`, by both clocks. */
  private freshFrom = 0;
  private freshForMs = 0;
  /**
   * Fingerprints of tokens that KIS has refused or revoked, as far as this process knows, the latest last. The claim in
   * the store names only the last one; a machine that was cut off may offer an earlier one later, even after a deletion.
   */
  private refused: readonly string[] = [];
  private emptiedByRefusal = false;
  private highestGeneration = 0;
  private deletionCount = 0;
  /** Fingerprint of the last token of this process that the store is known to have had. */
  private stored: string | null = null;
  /** Fingerprint of a token that was requested under a claim of the store and is not known to be stored. */
  private unsaved: string | null = null;
  /** Fingerprint of a token that was requested without a claim of the store, whose generation means nothing there. */
  private unclaimed: string | null = null;

  constructor(private readonly context: TokenContext) {}

  /**
   * The hot path: two comparisons, no I/O. `null` does not mean that there is no token: see `TokenManager.getToken`.
   */
  fresh(now: number): KisToken | null {
    const sinceMs = now - this.freshFrom;
    return sinceMs < this.freshForMs && sinceMs >= 0 && this.cached !== null ? this.cached.token : null;
  }

  get current(): CachedToken | null {
    return this.cached;
  }

  /** The token, if it may be sent with a request. */
  get usable(): KisToken | null {
    return isUsable(this.cached) ? this.cached.token : null;
  }

  get zone(): TokenZone | 'absent' {
    return this.cached?.zone(this.context.policy.bufferMs) ?? 'absent';
  }

  /** The highest generation that was ever cached. */
  get generation(): number {
    return this.highestGeneration;
  }

  /** How often the token was deleted by this process: what began before the last time must not restore a token. */
  get deletions(): number {
    return this.deletionCount;
  }

  isRefused({ fingerprint }: KisToken): boolean {
    return this.refused.includes(fingerprint);
  }

  /** The situation in which an attempt begins now. */
  attempt(forced: boolean): TokenAttempt {
    const { cached: previous, zone } = this;
    const previousRejected = previous === null && this.emptiedByRefusal;
    return { previous, previousRejected, background: zone === 'fresh' || zone === 'due', forced };
  }

  /** Opens the hot path for as long as the token stays fresh, {@link RECHECK_MS} at most. */
  confirmFresh(cached: CachedToken): void {
    this.freshFrom = this.context.clock.now();
    this.freshForMs = Math.floor(Math.min(RECHECK_MS, cached.freshForMs()));
  }

  /** Compares with what the store has, and adopts a better token. @param stored `null`: the store could not be read. */
  reconcile(stored: StoredToken | null): void {
    // Closes the hot path at every look: a wall clock that is set back must not reopen a window of long ago.
    this.freshForMs = 0;
    if (!stored) return;
    const { cached } = this;
    const { rejected } = stored.claim;
    if (cached && rejected === cached.token.fingerprint) this.refuse(cached.token);
    else if (cached && this.cameAfterItsDeletion(cached.token, stored)) this.clear();
    if (rejected !== null) this.rememberRefused(rejected);
    const { token } = stored;
    if (!token || (this.cached && isSameToken(this.cached.token, token))) return;
    if (!this.isAcceptable(token, stored)) return;
    if (this.wasReplacedByHand(token, stored)) this.displace(stored);
    const { usable } = this;
    if (usable === null || supersedes(token, usable)) this.put({ token, outcome: 'adopted' });
  }

  /**
   * The token that makes a request to KIS unnecessary: the stored one, or one that has been cached since the attempt
   * began, by a look at the store that succeeded where that of the attempt failed.
   */
  adoptable(attempt: TokenAttempt, stored: StoredToken | null): AcquiredToken | null {
    const { cached } = this;
    const arrived = isUsable(cached) && cached !== attempt.previous ? cached.token : null;
    const inStore = stored?.token && this.isAcceptable(stored.token, stored) ? stored.token : null;
    const token = [inStore, arrived].find((each) => each !== null && this.suffices(attempt, each));
    return token ? { token, outcome: 'adopted' } : null;
  }

  put({ token, outcome }: AcquiredToken): void {
    const { cached } = this;
    const { brokerage, credential, events, store } = this.context;
    if (outcome === 'adopted' && cached && isSameToken(cached.token, token)) return;
    // A process that was stopped on its way here may have adopted a newer token since.
    if (isUsable(cached) && supersedes(cached.token, token) && !supersedes(token, cached.token)) return;
    const origin = outcome === 'adopted' ? (store.originOf?.(token) ?? store.kind) : 'api';
    const next = new CachedToken(token, origin, brokerage, cached);
    if (token.generation > 0) this.displaced = null;
    else if (isUsable(cached) && cached.token.generation > 0) this.displaced = cached;
    this.cached = next;
    this.freshForMs = 0;
    this.highestGeneration = Math.max(this.highestGeneration, token.generation);
    if (outcome !== 'adopted') return;
    this.stored = token.fingerprint;
    events.emit('adopted', { credential, expiresAt: token.getExpiryDatetime() });
    const seconds = Math.floor(next.remainingMs() / 1000);
    this.logger.log(credential, `Using cached token from ${origin}, valid for ${seconds} seconds`);
  }

  /** KIS refuses this token: from now on it is neither served nor adopted. */
  refuse({ fingerprint }: KisToken): void {
    this.rememberRefused(fingerprint);
    if (this.cached !== null && this.cached.token.fingerprint !== fingerprint) return;
    this.clear(true);
    const { displaced } = this;
    this.displaced = null;
    if (isUsable(displaced) && !this.isRefused(displaced.token)) this.cached = displaced;
  }

  /** After a deletion: attempts and looks that began before it are recognized by {@link deletions}. */
  delete(): void {
    this.deletionCount += 1;
    this.displaced = null;
    this.stored = null;
    this.clear();
  }

  /** The store has this token. Another one that has replaced the cached token there does not count. */
  noteFound(token: KisToken | null): void {
    const fingerprint = this.cached?.token.fingerprint;
    if (token?.fingerprint === fingerprint) this.stored = fingerprint ?? this.stored;
  }

  noteSaved({ fingerprint }: KisToken): void {
    this.stored = fingerprint;
    this.unsaved = null;
    this.unclaimed = null;
  }

  /**
   * This token is about to be saved.
   * @param localOnly the store has not granted the claim for it, so a deletion recorded there does not concern it.
   */
  noteSaving({ fingerprint }: KisToken, localOnly: boolean): void {
    this.unsaved = localOnly ? null : fingerprint;
    this.unclaimed = localOnly ? fingerprint : null;
  }

  /** The cached token was deleted, which is the supported way to force a new one, even if its removal was cut short. */
  wasDeletedFrom({ absence, claim, token, localOnly = false }: StoredToken): boolean {
    const { cached, stored, unclaimed } = this;
    if (cached === null || stored !== cached.token.fingerprint) return false;
    const isRecorded = isDeleted(cached.token, claim);
    if (absence !== 'missing' && !(isRecorded && token && isDeleted(token, claim))) return false;
    // A replica has stored it, and the shared store refuses it for an older deletion that does not concern it.
    return isRecorded ? unclaimed !== stored : !localOnly;
  }

  /** Whether the store has another token that may be used, even if it is not newer than this one. */
  hasOther({ fingerprint }: KisToken, stored: StoredToken | null): boolean {
    if (!stored?.token || stored.token.fingerprint === fingerprint) return false;
    return this.isAcceptable(stored.token, stored);
  }

  /** Newer than the token before the attempt; and fresh, unless that one was unusable. */
  private suffices({ previous }: TokenAttempt, token: KisToken): boolean {
    if (!isUsable(previous)) return true;
    return supersedes(token, previous.token) && this.isFresh(token);
  }

  private isAcceptable(token: KisToken, stored: StoredToken): boolean {
    if (this.isRefused(token) || isUnusable(token, stored.claim)) return false;
    return !isFromFuture(token, this.context.brokerage) && this.timed(token).remainingMs() > TOKEN_MARGIN_MS;
  }

  /**
   * The store has a token of another program in place of the cached one. No store replaces a token by an older one, so
   * a person has deleted the cached one in favour of it, even if it is older. One that is due for renewal, or that only
   * the replica of this machine has, is not adopted unless the cached one is known to be deleted.
   */
  private wasReplacedByHand(token: KisToken, { claim, localOnly = false }: StoredToken): boolean {
    const { cached, stored } = this;
    if (cached === null || token.generation > 0) return false;
    if (stored !== cached.token.fingerprint || stored === token.fingerprint) return false;
    return isDeleted(cached.token, claim) || (!localOnly && this.isFresh(token));
  }

  /** Another process has deleted the token while this one was requesting it, under a claim in the store. */
  private cameAfterItsDeletion(token: KisToken, { claim }: StoredToken): boolean {
    const { fingerprint } = token;
    return isDeleted(token, claim) && this.unsaved === fingerprint && this.stored !== fingerprint;
  }

  private isFresh(token: KisToken): boolean {
    return this.timed(token).zone(this.context.policy.bufferMs) === 'fresh';
  }

  private timed(token: KisToken): CachedToken {
    return new CachedToken(token, this.context.store.kind, this.context.brokerage);
  }

  /** The cached token gives way to one of another program, unless it was deleted for good. */
  private displace({ claim }: StoredToken): void {
    const { cached } = this;
    this.clear();
    this.displaced = cached && !isDeleted(cached.token, claim) ? cached : null;
  }

  private rememberRefused(fingerprint: string): void {
    const others = this.refused.filter((each) => each !== fingerprint);
    this.refused = [...others, fingerprint].slice(-REMEMBERED_REFUSALS);
  }

  private clear(byRefusal = false): void {
    this.cached = null;
    this.emptiedByRefusal = byRefusal;
    this.freshForMs = 0;
  }
}

/** How long {@link TokenCache.fresh} answers without reading both clocks again. */
const RECHECK_MS = 30_000;
/** A store that cannot be written may offer a refused token again, so the latest refusals are remembered. */
const REMEMBERED_REFUSALS = 20;
