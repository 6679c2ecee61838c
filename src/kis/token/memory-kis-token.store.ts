import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import {
  NO_CLAIM,
  openClaim,
  settledClaim,
  waitFor,
  type ClaimAnswer,
  type ClaimRequest,
  type ClaimSettlement,
  type KisClaim,
} from './claim';
import type { KisToken } from './kis-token';
import { KisTokenStore, type StoredToken } from './kis-token.store';
import { isGuarded } from './token-rules';

interface Shelf {
  token: KisToken | null;
  claim: KisClaim;
  /** Monotonic milliseconds: no clock step can shorten a claim. */
  claimUntil: number;
}

/** Keeps tokens in this process only: for tests, and for programs that may not write files. */
export class MemoryKisTokenStore extends KisTokenStore {
  readonly kind = 'memory';
  private readonly shelves = new Map<string, Shelf>();

  constructor(private readonly clock: KisClock) {
    super();
  }

  read(credential: KisCredential): Promise<StoredToken> {
    const { token, claim } = this.shelf(credential);
    const absence = token ? null : 'missing';
    return Promise.resolve({ token, absence, claim, remainingMs: this.remaining(credential) });
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    const shelf = this.shelf(credential);
    if (isGuarded(shelf.token, shelf.claim, token)) return Promise.resolve('superseded');
    shelf.token = token;
    return Promise.resolve('saved');
  }

  remove(credential: KisCredential): Promise<void> {
    this.shelf(credential).token = null;
    return Promise.resolve();
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    const shelf = this.shelf(credential);
    const remainingMs = waitFor({ claim: shelf.claim, remainingMs: this.remaining(credential) }, request);
    if (remainingMs > 0) return Promise.resolve({ won: false, claim: shelf.claim, remainingMs });
    const above = Math.max(request.above, shelf.token?.generation ?? 0);
    shelf.claim = openClaim(shelf.claim, { ...request, above });
    shelf.claimUntil = this.clock.monotonic() + request.holdMs;
    return Promise.resolve({ won: true, claim: shelf.claim, remainingMs: request.holdMs });
  }

  settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    const shelf = this.shelf(credential);
    const settled = settledClaim(shelf.claim, claim, settlement);
    if (settled) {
      shelf.claim = settled;
      shelf.claimUntil = this.clock.monotonic() + settlement.cooldownMs;
    }
    return Promise.resolve();
  }

  reject(credential: KisCredential, fingerprint: string): Promise<void> {
    const shelf = this.shelf(credential);
    shelf.claim = { ...shelf.claim, rejected: fingerprint };
    return Promise.resolve();
  }

  locate(): null {
    return null;
  }

  probe(): Promise<void> {
    return Promise.resolve();
  }

  private remaining(credential: KisCredential): number {
    return Math.max(0, this.shelf(credential).claimUntil - this.clock.monotonic());
  }

  private shelf(credential: KisCredential): Shelf {
    const shelf = this.shelves.get(credential.id) ?? { token: null, claim: NO_CLAIM, claimUntil: 0 };
    this.shelves.set(credential.id, shelf);
    return shelf;
  }
}
