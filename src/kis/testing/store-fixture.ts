import type { ClaimAnswer, ClaimRequest, ClaimSettlement } from '../token/claim-rules';
import type { KisToken, KisTokenParts } from '../token/kis-token';
import type { KisTokenStore } from '../token/kis-token.store';
import { ManualKisClock } from './manual-clock';
import { sampleCredential, sampleToken } from './sample-tokens';

export const HOUR_MS = 3_600_000;
/** How long an unsettled claim of the suite holds. */
export const HOLD_MS = 81_000;
export const COOLDOWN_MS = 61_000;
export const SUCCESS: ClaimSettlement = { cooldownMs: COOLDOWN_MS, failure: null };
export const UNUSED: ClaimSettlement = { cooldownMs: 0, failure: null, unused: true };

/** A store under test, as the contract suite receives it. */
export interface StoreUnderTest {
  readonly store: KisTokenStore;
  /** The same directory as another process sees it, or this one after a restart. */
  another(): KisTokenStore;
  close(): Promise<void>;
}

/** Opens an empty store whose time is that of `clock`. */
export type OpenStore = (clock: ManualKisClock) => Promise<StoreUnderTest>;

/** One empty store, and the operations of the suite on it. */
export class StoreFixture {
  readonly credential = sampleCredential();
  readonly store: KisTokenStore;

  private constructor(
    readonly clock: ManualKisClock,
    private readonly place: StoreUnderTest,
  ) {
    this.store = place.store;
  }

  static async open(open: OpenStore): Promise<StoreFixture> {
    const clock = new ManualKisClock();
    return new StoreFixture(clock, await open(clock));
  }

  another(): KisTokenStore {
    return this.place.another();
  }

  close(): Promise<void> {
    return this.place.close();
  }

  token(change: Partial<KisTokenParts> = {}): KisToken {
    return sampleToken(this.credential, change);
  }

  claim(
    change: Partial<ClaimRequest> = {},
    by = this.store,
    credential = this.credential,
  ): Promise<ClaimAnswer> {
    const at = this.clock.now();
    const request = { owner: 'owner', holdMs: HOLD_MS, above: 0, at, replaces: false };
    return by.claim(credential, { ...request, ...change });
  }
}
