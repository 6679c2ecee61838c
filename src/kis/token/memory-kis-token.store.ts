import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, KisClaim } from './claim';
import type { KisToken } from './kis-token';
import { KisTokenStore, type StoredToken } from './kis-token.store';
import { MemoryClaim } from './memory-claim';
import { isSuperseded } from './token-rules';

/** What is kept for one credential. */
class Shelf extends MemoryClaim {
  token: KisToken | null = null;
}

/** Keeps tokens in this process only: for tests, and for programs that may not write files. */
export class MemoryKisTokenStore extends KisTokenStore {
  readonly kind = 'memory';
  private readonly shelves = new Map<string, Shelf>();

  constructor(private readonly clock: KisClock) {
    super();
  }

  read(credential: KisCredential): Promise<StoredToken> {
    const shelf = this.shelf(credential);
    const { token } = shelf;
    const { claim, remainingMs } = shelf.view(this.clock.monotonic());
    return Promise.resolve({ token, absence: token ? null : 'missing', claim, remainingMs });
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    const shelf = this.shelf(credential);
    const { claim } = shelf.view(this.clock.monotonic());
    if (isSuperseded(shelf.token, claim, token)) return Promise.resolve('superseded');
    shelf.token = token;
    return Promise.resolve('saved');
  }

  remove(credential: KisCredential, isOutdatedCopy = false): Promise<void> {
    const shelf = this.shelf(credential);
    if (!isOutdatedCopy) shelf.tokenDeleted();
    shelf.token = null;
    return Promise.resolve();
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    const shelf = this.shelf(credential);
    const above = Math.max(request.above, shelf.token?.generation ?? 0);
    return Promise.resolve(shelf.take({ ...request, above }, this.clock.monotonic()));
  }

  settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    this.shelf(credential).settle(claim, settlement, this.clock.monotonic());
    return Promise.resolve();
  }

  reject(credential: KisCredential, fingerprint: string): Promise<void> {
    this.shelf(credential).reject(fingerprint);
    return Promise.resolve();
  }

  locate(): null {
    return null;
  }

  probe(): Promise<void> {
    return Promise.resolve();
  }

  protected shelf(credential: KisCredential): Shelf {
    const known = this.shelves.get(credential.id);
    if (known) return known;
    const shelf = new Shelf();
    this.shelves.set(credential.id, shelf);
    return shelf;
  }
}
